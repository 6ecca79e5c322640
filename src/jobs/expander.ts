import type { Result } from '../kernel/result.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import type { SharedSpecs } from './shared-specs.ts';

/** Turns one kind of object into the workloads (sorts of pods) that it makes, with the labels, names and index labels its controller adds. */
export interface JobExpander {
  /** Kinds it takes; `group` is the API group without version, '' for core. */
  readonly kinds: readonly { readonly group: string; readonly kind: string }[];
  /** `shared`: what was read of pod specs before, when many objects are read. */
  expand(object: RawObject, shared?: SharedSpecs): Result<readonly Workload[]>;
}
