import type { ClaimResult } from './claim.ts';
import type { Finding } from './finding.ts';

/** What `verify` answers: each claim of each zone, with the findings of checks on the same input beside them. */
export interface VerifyReport {
  readonly profile: string;
  readonly zones: readonly { readonly zone: string; readonly claims: readonly ClaimResult[]; readonly notCovered: readonly string[] }[];
  /** Kinds nothing reads: `apiVersion/kind` with how many. What they make is not in the picture. */
  readonly unread: readonly { readonly kind: string; readonly count: number }[];
  readonly findings: readonly Finding[];
  readonly assumptions: readonly string[];
}
