import type { Origin } from '../kernel/origin.ts';
import type { Guid } from './guid.ts';

export type NodeKind = 'ca' | 'switch' | 'router';

/** A port that has a P_Key table of its own: a port of a channel adapter or router, or port 0 of a switch. */
export interface EndPort {
  readonly guid: Guid;
  readonly nodeGuid: Guid | null;
  readonly kind: NodeKind;
  /** Number of the port on its node; 0 for a switch. */
  readonly number: number;
  readonly lid: number | null;
  /** The node description, as its owner set it: `train-01 mlx5_0`. Anybody may write anything there. */
  readonly description: string;
  /** How many P_Keys its table holds; null: not known. */
  readonly capacity: number | null;
  readonly origin: Origin | null;
}

/** A fabric with one subnet manager, as far as the dumps show it. */
export interface Subnet {
  readonly ports: readonly EndPort[];
}
