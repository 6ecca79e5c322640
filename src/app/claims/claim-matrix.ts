import type { Reachability } from '../../engine/reach.ts';

/** What claims ask of a matrix: the engine's answers, or those of a certificate that were decided packet by packet. */
export type ClaimMatrix = Pick<Reachability, 'snapshot' | 'profile' | 'parties' | 'between' | 'isolated'>;
