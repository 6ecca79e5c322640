import type { Origin } from '../kernel/origin.ts';
import type { DiffReport } from './diff-report.ts';

/** One ClusterNetworkPolicy that takes the place, alone or with others, of an older policy. */
export interface MigratedPolicy {
  readonly name: string;
  /** Id of the policy that it was made of, and where that stands. */
  readonly from: string;
  readonly origin: Origin;
  readonly tier: string;
  readonly priority: number;
  /** Its manifest, as YAML. */
  readonly text: string;
}

/** What `migrate` answers. */
export interface MigrationReport {
  readonly policies: readonly MigratedPolicy[];
  /** The comparison of the cluster before and after, pods to come among it. It proves the migration when no traffic changes and `left` is empty. */
  readonly difference: DiffReport;
  /** Sorts of pod to come, in existing namespaces and in ones to come, that were compared beside the pods of the input. */
  readonly sorts: number;
  /** Why some sort of pod may be missing, in a line each. */
  readonly left: readonly string[];
}
