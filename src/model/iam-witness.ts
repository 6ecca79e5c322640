import type { Origin } from '../kernel/origin.ts';

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
