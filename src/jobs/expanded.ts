import type { RawObject } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';

/** An object together with the workloads that its expander made of it. */
export interface Expanded {
  readonly object: RawObject;
  readonly workloads: readonly Workload[];
  /** Whether its pods end when their work is done, so that a finished one is not made again. */
  readonly endsWhenDone: boolean;
}
