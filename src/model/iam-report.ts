import type { Origin } from '../kernel/origin.ts';
import type { ClaimGroup } from './claim.ts';

/** A statement that is about a request. */
export interface IamStep {
  /** Policy and statement. */
  readonly title: string;
  readonly effect: 'Allow' | 'Deny';
  /** What sort of policy it stands in, in words. */
  readonly policy: string;
  /** Whether it is known to be about the request. */
  readonly certain: boolean;
  readonly origin: Origin;
}

/** One request, what becomes of it and by which statements. `story` says it in one sentence; `actions` are all that share its fate. */
export interface IamWitness {
  readonly caller: string;
  readonly action: string;
  readonly resource: string;
  /** The account of the resource, where it is another than the caller's. */
  readonly foreignAccount: string | null;
  readonly keys: readonly { readonly key: string; readonly values: readonly string[] }[];
  readonly decision: 'allowed' | 'explicitly-denied' | 'implicitly-denied' | 'unknown';
  readonly because: string;
  readonly steps: readonly IamStep[];
  readonly actions: readonly string[];
  readonly story: string;
}

/** One claim about identities, and what became of it. Undecided claims do not hold. */
export interface IamClaim {
  /** Stable: `safety/iam-reads/pretrain`. */
  readonly id: string;
  readonly group: ClaimGroup;
  readonly title: string;
  readonly status: 'holds' | 'fails' | 'undecided';
  readonly witnesses: readonly IamWitness[];
  readonly reasons: readonly string[];
  readonly evidence: readonly string[];
  readonly fix: string | null;
  /** Where the zone asks for it. */
  readonly origin: Origin | null;
}

/** What each policy document was taken for. */
export interface IamTaken {
  readonly name: string;
  readonly as: string;
  readonly origin: Origin;
}

/** What `iam verify` answers. */
export interface IamReport {
  readonly zones: readonly { readonly zone: string; readonly claims: readonly IamClaim[]; readonly notCovered: readonly string[] }[];
  readonly taken: readonly IamTaken[];
  readonly assumptions: readonly string[];
}
