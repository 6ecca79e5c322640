import type { Origin } from '../kernel/origin.ts';
import type { Direction } from './policy.ts';

/** Where the rule belongs that would open the shut side of a passage. */
export interface MissingRule {
  /** The side that is shut, and the namespace of its pod. */
  readonly direction: Direction;
  readonly namespace: string;
  /**
   * `add-to`: into this policy of that side, which has rules for the same pod. `before`: before the rule at `origin`, which denies it. `new`: no policy
   * of that side is the place for it, so one with this kind and name.
   */
  readonly how: 'add-to' | 'before' | 'new';
  /** Id of the policy, or of the one to write. */
  readonly policy: string;
  /** The policy or the rule; null for a new one. */
  readonly origin: Origin | null;
}
