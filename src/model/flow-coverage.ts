import type { FlowFormat } from './observed-flow.ts';

/** What was read of one file. */
export interface FlowFile {
  readonly file: string;
  readonly format: FlowFormat | null;
  readonly flows: number;
  readonly bad: number;
}

/** What stands behind an answer about flows: without it no number means anything. */
export interface FlowCoverage {
  readonly flows: number;
  /** Records that are no flows, and lie among them by right. */
  readonly others: number;
  /** Lines that could not be read: counted, and kept aside. */
  readonly bad: number;
  /** Second records of one drop. */
  readonly merged: number;
  /** Events that the recorder says it lost; where it does not say how many, each such record counts 1. */
  readonly lost: number;
  /** The first and last moment, RFC 3339; null: no flow. */
  readonly window: { readonly from: string; readonly to: string; readonly seconds: number } | null;
  /** Places of recording, sorted; at most 100, and `nodesOmitted` more. */
  readonly nodes: readonly string[];
  readonly nodesOmitted: number;
  readonly dropped: number;
  /** Flows that carry bytes. */
  readonly withBytes: number;
  /** Flows of which neither end has a name, labels or an address. */
  readonly nameless: number;
  /** Flows whose record does not say which end dialled. */
  readonly unsureInitiator: number;
  /** DNS queries that carry their name. */
  readonly dnsQueries: number;
  /** Flows of a node more than a minute before its latest, and flows more than five minutes in the future: a clock jumped. */
  readonly clockBack: number;
  readonly clockAhead: number;
  readonly files: readonly FlowFile[];
}
