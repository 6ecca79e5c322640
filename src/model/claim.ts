import type { Origin } from '../kernel/origin.ts';
import type { Advice } from './advice.ts';
import type { FabricWay } from './fabric-reach.ts';
import type { IamWitness } from './iam-witness.ts';
import type { Packet, Verdict } from './verdict.ts';

export type ClaimGroup = 'safety' | 'liveness' | 'hygiene';

/** A packet that refutes a claim (or would be needed and is stopped), with the walk that decides it. `story` says it in one sentence. */
export interface Counterexample {
  readonly packet: Packet;
  readonly verdict: Verdict;
  readonly story: string;
}

/**
 * What to change where a claim fails: at most one proposal, carried out and every claim of every zone proven again. `outcome` is what becomes of the claim
 * with it (null without a proposal), `breaks` are claims that held and then no longer do, as `zone claim`.
 */
export interface ClaimAdvice extends Advice {
  readonly outcome: ClaimResult['status'] | null;
  readonly breaks: readonly string[];
}

/** A pod template and a node that its pods may come to run on, with the lines that let them. */
export interface PodLanding {
  readonly pod: string;
  readonly node: string;
  readonly through: readonly { readonly text: string; readonly origin: Origin | null }[];
}

/**
 * One claim of a zone and what became of it. `undecided` claims do not hold: unknown is never yes.
 * `evidence` is what was looked at, in a line each; `fix` what would make it hold.
 */
export interface ClaimResult {
  /** Stable: `safety/protected-unreachable/databases`. */
  readonly id: string;
  readonly group: ClaimGroup;
  /** The claim in one sentence. */
  readonly title: string;
  readonly status: 'holds' | 'fails' | 'undecided';
  readonly counterexamples: readonly Counterexample[];
  /** For a claim about identities: requests that refute it. */
  readonly requests?: readonly IamWitness[];
  /** For a claim about the fabric: ways that refute it. */
  readonly ways?: readonly FabricWay[];
  /** What shows it where the claim is about placement. */
  readonly landings?: readonly PodLanding[];
  /** What is missing when undecided, or why it fails when no packet shows it. */
  readonly reasons: readonly string[];
  readonly evidence: readonly string[];
  readonly fix: string | null;
  /** Where advice was sought: for claims that fail with a packet, the first few of a report. */
  readonly advice?: ClaimAdvice;
  /** Where the zone asks for it. */
  readonly origin: Origin | null;
}
