import type { ClaimResult } from './claim.ts';
import type { Finding } from './finding.ts';
import type { IfPromoted } from './staged-policy.ts';

/** What `verify` answers: each claim of each zone, with the findings of checks on the same input beside them. */
export interface VerifyReport {
  readonly profile: string;
  readonly zones: readonly { readonly zone: string; readonly claims: readonly ClaimResult[]; readonly notCovered: readonly string[] }[];
  /** Kinds nothing reads: `apiVersion/kind` with how many. What they make is not in the picture. */
  readonly unread: readonly { readonly kind: string; readonly count: number }[];
  readonly findings: readonly Finding[];
  /** Whether what is not known counted as reachable. */
  readonly strict: boolean;
  /** Where staged policies counted as promoted: what that changes. Null where they did not count. */
  readonly staged: IfPromoted | null;
  readonly assumptions: readonly string[];
}
