import type { Result } from '../kernel/result.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import type { SharedSpecs } from './shared-specs.ts';

/** What an object is expanded in: the other objects of the input. */
export interface Surroundings {
  /** What was read of pod specs before, when many objects are read. */
  readonly shared?: SharedSpecs;
  /** The object of the input with this group (without version), kind and name; `namespace` is null for kinds that live in none. */
  find(group: string, kind: string, namespace: string | null, name: string): RawObject | undefined;
  /** LimitRanges of a namespace, which give requests to containers that state none. */
  limitRanges?(namespace: string): readonly RawObject[];
}

/** Kinds of training operators. */
export interface TrainingMark {
  /** The label that the operator writes on each pod of an object to name the object, where it does. */
  readonly label: string | null;
  readonly source: string;
}

/** Turns one kind of object into the workloads (sorts of pods) that it makes, with the labels, names and index labels its controller adds. */
export interface JobExpander {
  /** Kinds it takes; `group` is the API group without version, '' for core. */
  readonly kinds: readonly { readonly group: string; readonly kind: string }[];
  /** Kinds that make nothing by themselves: what they say is read with the objects that name them. */
  readonly supports?: readonly { readonly group: string; readonly kind: string }[];
  /** Whether its pods end when their work is done, so that a finished one is not made again. */
  readonly endsWhenDone?: boolean;
  /** Given where objects of these kinds are training by nature. */
  readonly training?: TrainingMark;
  expand(object: RawObject, around: Surroundings): Result<readonly Workload[]>;
  /**
   * Services and NetworkPolicies that its controller makes for an object, as manifests. Total, and never a fault of its own: what `expand` refuses makes nothing.
   * They stand at the place of the object, and one that is in the input by itself counts instead.
   */
  makes?(object: RawObject, around: Surroundings): readonly RawObject[];
}
