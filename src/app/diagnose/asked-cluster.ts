import type { Seen } from '../../engine/seen-by.ts';
import type { PreflightReport } from '../../model/preflight-report.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import type { Patched } from './opening-patch.ts';
import type { Pods } from './suspects.ts';

/** A cluster that can be asked. */
export interface AskedCluster extends Seen {
  /** Whether policies were given, and not the job alone. */
  readonly hasCluster: boolean;
  readonly jobs: readonly TrainingJob[];
  readonly preflight: PreflightReport;
  readonly pods: Pods;
  readonly patched: Patched;
}
