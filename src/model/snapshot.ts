import type { Origin } from '../kernel/origin.ts';
import { type Alerting, noAlerting } from './alerting.ts';
import type { ClusterNode, Namespace, ResourceQuota, Service, ServiceAccount } from './cluster.ts';
import { type Exposure, noExposure } from './exposure.ts';
import { type FabricFacts, noFabricFacts } from './fabric-facts.ts';
import type { Policy } from './policy.ts';
import type { PrimaryNetwork } from './primary-network.ts';
import { noSecondaryNetworks, type SecondaryNetworks } from './secondary-network.ts';
import type { Workload } from './workload.ts';

/** A Kubernetes object as parsed: plain data plus where it stands. Nothing in it has been checked. */
export interface RawObject {
  readonly apiVersion: string;
  readonly kind: string;
  /** Null for cluster-scoped kinds; `default` when a namespaced kind leaves it out. */
  readonly namespace: string | null;
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly origin: Origin;
}

/** Address ranges of the cluster, where they are known (zone file, Node objects, flags). Empty means not known. CIDR text. */
export interface ClusterRanges {
  readonly pods: readonly string[];
  readonly nodes: readonly string[];
  readonly services: readonly string[];
}

/** An immutable picture of one cluster, with what is missing from it. */
export interface Snapshot {
  readonly namespaces: ReadonlyMap<string, Namespace>;
  readonly workloads: readonly Workload[];
  readonly services: readonly Service[];
  readonly nodes: readonly ClusterNode[];
  readonly serviceAccounts: readonly ServiceAccount[];
  readonly quotas: readonly ResourceQuota[];
  readonly policies: readonly Policy[];
  /** What stands for policies that could not be read; `seenBy` puts it among the policies. Left out: all were read. */
  readonly unreadPolicies?: readonly Policy[];
  /** User-defined networks that are the primary one of their pods; what they do depends on the CNI. */
  readonly primaryNetworks: readonly PrimaryNetwork[];
  readonly secondary: SecondaryNetworks;
  readonly fabric: FabricFacts;
  readonly ranges: ClusterRanges;
  readonly exposure: Exposure;
  readonly alerting: Alerting;
  /** Every object read, known kind or not. */
  readonly objects: readonly RawObject[];
  /** Kinds that nothing reads, with how many there are: `apiVersion/kind` to count. */
  readonly unread: ReadonlyMap<string, number>;
}

export const emptySnapshot: Snapshot = {
  namespaces: new Map(),
  workloads: [],
  services: [],
  nodes: [],
  serviceAccounts: [],
  quotas: [],
  policies: [],
  primaryNetworks: [],
  secondary: noSecondaryNetworks,
  fabric: noFabricFacts,
  ranges: { pods: [], nodes: [], services: [] },
  exposure: noExposure,
  alerting: noAlerting,
  objects: [],
  unread: new Map(),
};
