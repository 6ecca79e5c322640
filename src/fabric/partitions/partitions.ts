import type { Origin } from '../../kernel/origin.ts';
import type { Guid } from '../guid.ts';
import type { NodeKind } from '../subnet.ts';

export type Membership = 'full' | 'limited' | 'both';

/** Whom an entry is about: one port by its GUID, every port (of a kind of node), or the port of the subnet manager. */
export type Who = { readonly kind: 'port'; readonly guid: Guid } | { readonly kind: 'all'; readonly nodes: NodeKind | null } | { readonly kind: 'self' };

/** A partition as OpenSM ends up with it: equal numbers are one partition, whatever names they were given. */
export interface Partition {
  readonly base: number;
  /** Its name in OpenSM: that of its first definition, or its number in hex. */
  readonly name: string;
  /** Where it was defined, each time; empty: made by OpenSM itself. */
  readonly definitions: readonly Definition[];
}

export interface Definition {
  readonly name: string;
  readonly origin: Origin;
  readonly ipoib: boolean;
  readonly indexZero: boolean;
}

/** One entry of a member list, in the order of the file: later ones win. */
export interface Entry {
  readonly base: number;
  readonly who: Who;
  readonly membership: Membership;
  /** The partition was given `indx0`. */
  readonly indexZero: boolean;
  readonly origin: Origin;
}

/** Something that OpenSM reads otherwise than it looks, without a word. */
export interface Remark {
  readonly code: RemarkCode;
  readonly message: string;
  readonly origin: Origin;
  /** Whether somebody gets more than they were to have, or less. Null: neither is clear. */
  readonly effect: 'more' | 'less' | null;
}

export type RemarkCode =
  | 'membership-unknown'
  | 'membership-empty'
  | 'membership-abbreviated'
  | 'member-abbreviated'
  | 'flag-unknown'
  | 'flag-abbreviated'
  | 'defmember-ignored'
  | 'number-cut'
  | 'number-made-up'
  | 'number-shared'
  | 'multicast-refused'
  | 'reads-past-line'
  | 'line-split';

/** Why OpenSM refuses the file, and with it every partition of it. */
export interface Rejection {
  /** As OpenSM says it in its log: `PARSE ERROR: line 4: bad PortGUID`. */
  readonly says: string;
  /** What is wrong, in our words. */
  readonly cause: string;
  readonly fix: string;
  readonly origin: Origin;
  /** A second place: where the mend belongs. */
  readonly related: Origin | null;
}

/** A `partitions.conf` as OpenSM reads it. */
export interface PartitionsFile {
  readonly file: string;
  readonly partitions: readonly Partition[];
  /** Up to the rejection, where there is one. */
  readonly entries: readonly Entry[];
  /** Not null: OpenSM throws everything away and makes every port a full member of the default partition. */
  readonly rejected: Rejection | null;
  readonly remarks: readonly Remark[];
}
