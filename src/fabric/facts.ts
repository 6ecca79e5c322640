import type { Origin } from '../kernel/origin.ts';
import type { Guid } from './guid.ts';
import type { NodeKind } from './subnet.ts';

/** How a dump names a port. `port` null: the end port that has the LID. */
export type PortName = { readonly guid: Guid } | { readonly lid: number; readonly port: number | null };

/** A port as a dump shows it; null: the dump does not say. */
export interface PortFact {
  readonly kind: 'port';
  readonly guid: Guid;
  readonly nodeGuid: Guid | null;
  readonly nodeKind: NodeKind | null;
  readonly number: number | null;
  readonly lid: number | null;
  readonly description: string | null;
  readonly capacity: number | null;
  readonly origin: Origin;
}

/** The far end of a link, as the near end names it: what shows the whole fabric shows that node too. */
export interface PeerFact {
  readonly kind: 'peer';
  /** The port; null: ports of a switch have none of their own. */
  readonly guid: Guid | null;
  /** Null: the dump does not say. */
  readonly nodeGuid: Guid | null;
  readonly nodeKind: NodeKind;
  readonly number: number;
  readonly lid: number;
  readonly description: string | null;
  readonly origin: Origin;
}

/** A part of the P_Key table of a port, as the fabric has it now. */
export interface TableFact {
  readonly kind: 'table';
  readonly port: PortName;
  /** Index of the first of `keys`. */
  readonly from: number;
  readonly keys: readonly number[];
  /** How many the table holds, where the dump says so. */
  readonly capacity: number | null;
  readonly origin: Origin;
}

/** A subnet manager that answers. */
export interface SmFact {
  readonly kind: 'sm';
  readonly guid: Guid;
  readonly lid: number | null;
  readonly priority: number | null;
  /** As `sminfo` prints it: `SMINFO_MASTER`. */
  readonly state: string;
  readonly origin: Origin;
}

/** A line of an opensm log that bears on partitions. */
export interface LogFact {
  readonly kind: 'log';
  readonly event: 'parse-error' | 'retried' | 'enforcement-cleared' | 'table-full' | 'bad-key' | 'bad-key-of' | 'sm-port' | 'up';
  /** What it says, as logged. */
  readonly text: string;
  /** For `sm-port`: the port. */
  readonly guid: Guid | null;
  /** For `bad-key`: the number of the trap. */
  readonly trap: number | null;
  readonly origin: Origin;
}

/** An option of `opensm.conf`. Of an option that stands there twice the last counts. */
export interface SettingFact {
  readonly kind: 'setting';
  readonly name: string;
  readonly value: string;
  readonly origin: Origin;
}

/** Which host a port or an adapter is in, as its owner's records say. */
export interface HostFact {
  readonly kind: 'host';
  readonly host: string;
  readonly guid: Guid;
  readonly origin: Origin;
}

/** A member of a partition, as UFM answers. */
export interface MemberFact {
  readonly kind: 'member';
  readonly base: number;
  readonly guid: Guid;
  readonly membership: 'full' | 'limited';
  readonly origin: Origin;
}

/** A counter of packets that a port turned down for their key. */
export interface CounterFact {
  readonly kind: 'counter';
  readonly lid: number;
  readonly port: number;
  readonly name: string;
  readonly value: number;
  readonly origin: Origin;
}

export type Fact = PortFact | PeerFact | TableFact | SmFact | LogFact | SettingFact | HostFact | MemberFact | CounterFact;
