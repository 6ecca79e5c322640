import type { Origin } from '../kernel/origin.ts';
import type { ClaimGroup, ClaimResult } from './claim.ts';
import type { IamWitness } from './iam-witness.ts';

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

/** A claim about identities among the other claims of its zone: no packet refutes it, requests do. */
export function asClaimResult({ witnesses, ...claim }: IamClaim): ClaimResult {
  return { ...claim, counterexamples: [], requests: witnesses };
}
