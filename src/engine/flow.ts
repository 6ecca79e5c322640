import type { TransportSet } from '../space/transport-set.ts';

/** What may pass: `allowed` for certain, `unknown` perhaps; the two are disjoint and the rest is denied. */
export interface Flow {
  readonly allowed: TransportSet;
  readonly unknown: TransportSet;
}
