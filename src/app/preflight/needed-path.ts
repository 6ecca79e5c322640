import { cidrSet } from '../../engine/addresses.ts';
import type { Reachability, ReachParty } from '../../engine/reach.ts';
import type { Origin } from '../../kernel/origin.ts';
import type { PassagePurpose } from '../../model/passage.ts';
import type { NameMatch } from '../../model/policy.ts';
import type { Endpoint } from '../../model/verdict.ts';
import type { Workload } from '../../model/workload.ts';
import { hostCidr } from '../../space/ip-set.ts';
import type { TransportSet } from '../../space/transport-set.ts';

/** One destination of a path: a sort of pod, a node, an address or a name, and every port that has to be open there. */
export interface PathEnd {
  readonly party: ReachParty;
  readonly endpoint: Endpoint;
  readonly destination: Workload | null;
  readonly title: string;
  readonly ports: TransportSet;
  /** Of a sort of pod, only the pod of `endpoint` is meant. */
  readonly one?: true;
  /** Ports that may be needed besides: shut, the path is unknown. */
  readonly perhaps?: TransportSet;
}

/** A path that a job needs, before anybody looks whether it is open. Every `from` has to reach every end. */
export interface NeededPath {
  readonly id: string;
  /** Of what a framework does among the job's pods. */
  readonly purpose?: PassagePurpose;
  /** What goes there is neither HTTP nor TLS. */
  readonly ownProtocol?: true;
  /** One of its ports is needed, and which one is not known: where some are open, the path is unknown and not blocked. */
  readonly unread?: true;
  readonly title: string;
  readonly from: readonly Workload[];
  /** Who dials, and whom: for people. */
  readonly fromTitle: string;
  readonly toTitle: string;
  readonly ends: readonly PathEnd[];
  /** Ports that the kernel or the program picks: a witness is then one that it would pick. */
  readonly picked: boolean;
  readonly required: boolean;
  /** Whether the job uses it is not known: shut, it is unknown and not blocked. */
  readonly supposed?: true;
  readonly because: string;
  readonly source: string;
  readonly origin: Origin;
  /** What a filter of names refuses of it under a solved cluster, a line each; `names` are those that a rule would have to let be asked for. */
  readonly refused?: { readonly by: (reach: Reachability) => readonly string[]; readonly names: readonly NameMatch[] };
  /** Why ends have ports that may be needed besides. */
  readonly doubt?: string;
  /** Why the destination cannot be told, a line each: the path is then unknown at best. */
  readonly missing: readonly string[];
}

/** `replica`: the one pod that is meant; null for all of the sort. */
export function podEnd(workload: Workload, ports: TransportSet, title: string, replica: number | null = null): PathEnd {
  const endpoint = { kind: 'pod', workload: workload.id, replica: replica ?? 0 } as const;
  return { party: { kind: 'workload', id: workload.id }, endpoint, destination: workload, title, ports, ...(replica === null ? {} : { one: true }) };
}

export function nameEnd(name: string, ports: TransportSet): PathEnd {
  return { party: { kind: 'name', name }, endpoint: { kind: 'name', name }, destination: null, title: name, ports };
}

/** `ip` is the text of an address. */
export function addressEnd(ip: string, ports: TransportSet): PathEnd {
  return { party: { kind: 'external', addresses: cidrSet([hostCidr(ip)]) }, endpoint: { kind: 'address', ip }, destination: null, title: ip, ports };
}
