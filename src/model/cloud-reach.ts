import type { WorkloadId } from './workload.ts';

/** What may be done to storage, in the words of a report. */
export type StorageDeed = 'read' | 'write' | 'delete' | 'change permissions';

/** Resources of storage to which a role may do something, with one request that shows it. */
export interface StorageAccess {
  readonly deed: StorageDeed;
  /** A resource pattern of a statement; null: what no pattern without variables names, such as all but some (NotResource). */
  readonly resources: string | null;
  /** Whether that is so in some account of others; of which, where a condition names some, is not told apart. Never for a bucket that is named in full. */
  readonly otherAccounts: boolean;
  /** The data sets of the zone that are there for this; null: no zone says that it should be possible. */
  readonly intended: string | null;
  readonly certainty: 'allowed' | 'unknown';
  /** One request; null where none could be found. */
  readonly example: { readonly action: string; readonly resource: string } | null;
  /** Statements about it, or why it is not known. */
  readonly because: string;
}

/** What the training pods of one ServiceAccount may do with one role of AWS, joined with what the network lets them reach. */
export interface CloudReach {
  readonly serviceAccount: string;
  readonly workloads: readonly WorkloadId[];
  /** Null: the input does not say. */
  readonly role: string | null;
  /** How pods come to the role: IRSA, EKS Pod Identity, or the metadata service, which hands out that of the node. Null: it is not known which they have. */
  readonly by: 'irsa' | 'pod-identity' | 'node' | null;
  /** The zone of the input that knows the ServiceAccount, if one does. */
  readonly zone: string | null;
  /** Whether some pod reaches a front end of the store on TCP 443. */
  readonly network: 'reachable' | 'unknown' | 'unreachable';
  /** Through which party. */
  readonly through: string | null;
  readonly access: readonly StorageAccess[];
  /** What the answer lacks: it is never that nothing is allowed. */
  readonly notKnown: readonly string[];
}
