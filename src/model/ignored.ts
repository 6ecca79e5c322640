import type { Origin } from '../kernel/origin.ts';
import type { Finding } from './finding.ts';

/** A finding that somebody chose to live with: why, until when (a day as `2027-01-31`, that day included; null is for good), and where it was said. */
export interface Ignored {
  readonly finding: Finding;
  readonly reason: string;
  readonly until: string | null;
  readonly origin: Origin;
}
