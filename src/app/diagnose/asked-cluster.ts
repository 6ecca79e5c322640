import type { Reachability } from '../../engine/reach.ts';
import type { PreflightReport } from '../../model/preflight-report.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import type { Pods } from './suspects.ts';

/** A cluster that can be asked. */
export interface AskedCluster {
  readonly reach: Reachability;
  readonly jobs: readonly TrainingJob[];
  readonly preflight: PreflightReport;
  readonly pods: Pods;
}
