import type { IamTaken } from './iam-report.ts';
import type { IamWitness } from './iam-witness.ts';

/** Requests that one side allows and the other does not: one of them, with all actions that share its fate. */
export interface IamChange {
  /** Whose: the role that asks, or that is assumed. */
  readonly role: string;
  readonly change: 'gained' | 'lost';
  /** As the side that allows it sees it. */
  readonly witness: IamWitness;
  /** Why the other side does not. */
  readonly other: Pick<IamWitness, 'decision' | 'because' | 'steps'>;
}

/** What `iam diff` answers. What is in neither list is the same on both sides. */
export interface IamDiffReport {
  readonly before: string;
  readonly after: string;
  readonly roles: readonly string[];
  readonly changes: readonly IamChange[];
  /** What could not be compared, in sentences. */
  readonly untold: readonly string[];
  readonly taken: readonly IamTaken[];
  readonly assumptions: readonly string[];
}
