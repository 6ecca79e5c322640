import type { Origin } from '../../kernel/origin.ts';
import type { LabelSelector } from '../../model/labels.ts';
import type { TransportSet } from '../../space/transport-set.ts';

/** Whom a query is about. Origins are where the file says so. */
export type QueryParty =
  | {
      readonly kind: 'pods';
      /** Null: every namespace. */
      readonly namespaces: { readonly kind: 'names'; readonly names: readonly string[] } | { readonly kind: 'labels'; readonly selector: LabelSelector } | null;
      readonly pods: LabelSelector;
      readonly origin: Origin;
    }
  /** `[Kind/]namespace/name`. */
  | { readonly kind: 'workload'; readonly name: string; readonly origin: Origin }
  /** Every pod of a namespace: those of the input and any that could be created there. */
  | { readonly kind: 'any-pod-in'; readonly namespace: string; readonly origin: Origin }
  /** Pods of a zone, of one of its workloads where that is given. */
  | { readonly kind: 'zone'; readonly zone: string; readonly workload: string | null; readonly origin: Origin }
  /** What a zone protects. */
  | { readonly kind: 'protected'; readonly name: string; readonly origin: Origin }
  | { readonly kind: 'cidr'; readonly cidr: string; readonly except: readonly string[]; readonly origin: Origin }
  | { readonly kind: 'host'; readonly host: string; readonly origin: Origin }
  | { readonly kind: 'internet'; readonly origin: Origin }
  /** One node, or (null) all of them. */
  | { readonly kind: 'node'; readonly node: string | null; readonly origin: Origin }
  /** Pods, nodes, addresses and names: all there is. */
  | { readonly kind: 'anyone'; readonly origin: Origin };

/** Ports by number, and names of container ports: each pod that is reached says which number it has under a name. */
export interface QueryPorts {
  readonly numbers: TransportSet;
  readonly names: readonly string[];
}

/** A party with the ports on which it is meant; null where the query says nothing about them. */
export interface QueryTarget {
  readonly party: QueryParty;
  readonly ports: QueryPorts | null;
}

export const assertions = ['must-reach', 'must-not-reach', 'only-reaches'] as const;
export type Assertion = (typeof assertions)[number];

/**
 * One assertion about a cluster. must-reach: every pod of `from` reaches every party of `to`, on every port given (or declared by the destination).
 * must-not-reach: no pod of `from` reaches any party of `to` on any port given (any at all). only-reaches: `from` reaches nothing but `to`.
 */
export interface Query {
  readonly name: string;
  readonly description: string | null;
  readonly assertion: Assertion;
  readonly from: readonly QueryParty[];
  readonly to: readonly QueryTarget[];
  readonly origin: Origin;
}
