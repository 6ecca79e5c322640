import type { Origin } from '../kernel/origin.ts';
import type { Policy } from './policy.ts';

/**
 * What a network's configuration says of the devices that it hands out. Null is not said. Sources: k8snetworkplumbingwg/sriov-cni
 * docs/configuration-reference.md, ib-sriov-cni README, rdma-cni README, containernetworking/plugins macvlan, ipvlan, vlan, bridge.
 */
export interface NetworkSettings {
  /** 802.1Q tag that the network card or the bridge puts on; 0 is none. */
  readonly vlan: number | null;
  readonly trust: boolean | null;
  readonly spoofCheck: boolean | null;
  /** Partition key of ib-sriov as it is written, 15 bits and the membership bit. */
  readonly pkey: number | null;
  /** Whether the pod is to get its RDMA device alone: rdmaIsolation of ib-sriov, or the plugin rdma behind another. */
  readonly rdmaIsolation: boolean;
  /** The interface of the node that it is made on. */
  readonly master: string | null;
  /** The extended resource that its devices come from; without a prefix where the operator adds it. */
  readonly resource: string | null;
  /** Whether the plugin leaves GUIDs and partitions to ib-kubernetes. */
  readonly ibKubernetes: boolean;
}

export const noSettings: NetworkSettings = {
  vlan: null,
  trust: null,
  spoofCheck: null,
  pkey: null,
  rdmaIsolation: false,
  master: null,
  resource: null,
  ibKubernetes: false,
};

/**
 * A network beside the pod network, as a NetworkAttachmentDefinition, or the object that an operator makes one from, describes it. `plugin` is the type of its
 * (first) CNI plugin; null where that is not known.
 */
export interface SecondaryNetwork {
  /** `namespace/name`. */
  readonly name: string;
  readonly plugin: string | null;
  readonly settings: NetworkSettings;
  readonly origin: Origin;
  /** Where its settings stand: fields of an operator's object are below it. */
  readonly settingsAt: Origin;
}

/** Networks beside the pod network, and the policies about them; each names its networks. None of these has a say on the pod network. */
export interface SecondaryNetworks {
  readonly networks: readonly SecondaryNetwork[];
  readonly policies: readonly Policy[];
}

export const noSecondaryNetworks: SecondaryNetworks = { networks: [], policies: [] };

/** What keeps traffic of one secondary network to its policies. Each says why in words for people. */
export type Governance =
  | { readonly kind: 'enforced'; readonly by: string }
  /** No policy can. */
  | { readonly kind: 'never'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string; readonly mend: string };
