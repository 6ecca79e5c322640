import type { Finding } from './finding.ts';
import type { IamTaken } from './iam-report.ts';
import type { Ignored } from './ignored.ts';

/** What the lints say of some policies. */
export interface IamLintReport {
  readonly findings: readonly Finding[];
  readonly ignored: readonly Ignored[];
  readonly taken: readonly IamTaken[];
}
