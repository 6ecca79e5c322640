import type { Origin } from '../kernel/origin.ts';

/** One change to the policies of a cluster, small enough to be made by hand. */
export interface AdviceEdit {
  /** `add`: a policy that is not there; `insert`: a rule in a policy, at `origin`; `remove`: the rule, or the part of one, at `origin`. */
  readonly how: 'add' | 'insert' | 'remove';
  /** The policy that is added or edited, by its id. */
  readonly policy: string;
  /** Where the edit is made; null for a policy that is not there yet. */
  readonly origin: Origin | null;
  /** What to do, in a sentence without a full stop. */
  readonly text: string;
  /** The policy to add or the rule to insert, as YAML; null where something goes. */
  readonly manifest: string | null;
}

/**
 * Edits that together flip the verdict. They were carried out on the input, in the language of the cluster, and the packet was decided again.
 * `also` are all other traffic that changes with it, a line each; empty: nothing else does.
 */
export interface Proposal {
  readonly edits: readonly AdviceEdit[];
  readonly also: readonly string[];
}

/**
 * What would have to change for another verdict. `open`: for a denied packet; `close`: for an allowed one; `settle`: what input is missing.
 * Proposals are proven, those that change least beside the packet first; there may be none, and then `because` says why.
 */
export interface Advice {
  readonly goal: 'open' | 'close' | 'settle';
  /** Where the path is blocked or open, or what is not known: in a line each. */
  readonly because: readonly string[];
  readonly proposals: readonly Proposal[];
}
