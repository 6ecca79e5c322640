import type { Protocol } from '../space/transport-set.ts';
import type { Direction } from './policy.ts';

/** Where flows come from: one reader each. */
export type FlowFormat = 'hubble' | 'goldmane' | 'calico' | 'aws-vpc' | 'gcp-vpc' | 'azure' | 'conntrack' | 'csv';

/**
 * What became of it. `audit`: a policy would have dropped it and is not enforced. `unknown`: the record does not say (a trace point, a connection that nobody
 * has answered yet).
 */
export type FlowVerdict = 'forwarded' | 'dropped' | 'audit' | 'unknown';

/** What an end is, as the record says it. `apiserver` and `node` are those of the cluster. */
export type FlowEndKind = 'pod' | 'node' | 'apiserver' | 'outside' | 'unknown';

/** One end of a flow. What the record does not say is the empty text, and port 0. */
export interface FlowEnd {
  readonly kind: FlowEndKind;
  readonly namespace: string;
  readonly pod: string;
  readonly workload: string;
  /** `key=value`, sorted, with commas between. */
  readonly labels: string;
  readonly ip: string;
  readonly port: number;
  /** DNS names that the recorder knew for the address, commas between. */
  readonly names: string;
}

/**
 * One observation of a connection, or of a packet of one, in one schema whatever recorded it. `source` is who dialled: replies are turned round. Nothing is
 * null: what a record does not say is empty or 0, and where 0 is also a value a flag stands beside it. Units: nanoseconds and bytes.
 */
export interface ObservedFlow {
  readonly format: FlowFormat;
  /** Since 1970, UTC. */
  readonly timeNs: bigint;
  /** 0: not said. */
  readonly durationNs: number;
  readonly source: FlowEnd;
  /** For ICMP the port is the type. */
  readonly destination: FlowEnd;
  readonly protocol: Protocol;
  readonly verdict: FlowVerdict;
  /** Why it was dropped, in the recorder's word. */
  readonly reason: string;
  /** At whose side it was seen; empty: not said. */
  readonly direction: Direction | '';
  readonly isReply: boolean;
  /** Whether the record says which end dialled; where it does not, ports told (`isReply`), or nothing did. */
  readonly knowsInitiator: boolean;
  /** From source to destination, and back. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly hasBytes: boolean;
  /** Connections that the record stands for; 0 for a further packet of one. */
  readonly connections: number;
  /** Whether a proxy that reads requests saw it. */
  readonly isLayer7: boolean;
  /** The name asked for, without the final dot, lower case; empty: no DNS query. */
  readonly dnsQuery: string;
  readonly dnsTypes: string;
  readonly dnsCode: string;
  /** `namespace/name` of the Service that was dialled. */
  readonly service: string;
  /** Policies that the record names as having decided, commas between. */
  readonly policies: string;
  readonly node: string;
  readonly cluster: string;
}

/** An end of which nothing is known. */
export const noEnd: FlowEnd = { kind: 'unknown', namespace: '', pod: '', workload: '', labels: '', ip: '', port: 0, names: '' };
