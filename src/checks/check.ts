import type { Reachability } from '../engine/reach.ts';
import type { ExposedWorkload } from '../model/exposure-report.ts';
import type { Finding, Severity } from '../model/finding.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** What a check may look at. `training` are the ids of workloads that count as training (see src/app/training.ts). */
export interface CheckContext {
  readonly snapshot: Snapshot;
  readonly profile: Profile;
  readonly reach: Reachability;
  readonly training: ReadonlySet<string>;
  /** Workloads to which something leads from outside, with the ways in (see src/app/exposure.ts). Worked out when first asked for. */
  exposed(): readonly ExposedWorkload[];
}

/** A worked example: manifests as YAML text. In `bad` the check must fire, in `good` it must be silent; both are executed by the tests. */
export interface CheckExample {
  readonly bad: string;
  readonly good: string;
  /** Profile the example is judged under; `kubernetes` when left out. */
  readonly profile?: string;
}

/** One check. Its slug is its file name, its docs page, its SARIF rule id and the word in `ringfence ignore` comments. */
export interface Check {
  readonly slug: string;
  /** A few words, for tables. */
  readonly title: string;
  readonly severity: Severity;
  readonly plane: 'network' | 'node' | 'fabric' | 'identity' | 'scheduling' | 'detection';
  /** Whether it is about pods that do not start or do not work; the others are about what pods may do, and keep none from running. */
  readonly running?: true;
  /** Why it matters, in Markdown: what breaks or leaks, and how. */
  readonly why: string;
  /** How to mend it, in Markdown. */
  readonly fix: string;
  /** Where the facts come from: one line each. */
  readonly sources: readonly string[];
  readonly example: CheckExample;
  run(context: CheckContext): Iterable<Omit<Finding, 'check'>>;
}
