import type { Reachability } from '../../engine/reach.ts';
import type { LabelSelector } from '../../model/labels.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import type { Edited } from '../advice/change.ts';
import type { NeededPath } from './needed-path.ts';

/** Everything a patch is made for. Policies are named after the job. */
export interface Wanted {
  readonly job: Pick<TrainingJob, 'namespace' | 'name' | 'label' | 'group' | 'members'>;
  /** The selector of all its members, where somebody has said it; left out: what their labels have in common. */
  readonly pods?: LabelSelector;
  /** The cluster as it is. */
  readonly reach: Reachability;
  /** Paths that are blocked. */
  readonly paths: readonly NeededPath[];
  /** Paths that no edit may make worse: all that the job needs. */
  readonly keeps: readonly NeededPath[];
}

/** The cluster after some policies were added, solved. */
export interface Step {
  readonly edited: Edited;
  readonly reach: Reachability;
}
