import type { Origin } from '../kernel/origin.ts';
import type { LabelSelector } from './labels.ts';

/** Devices that a plugin hands out under one extended resource. */
export interface DevicePool {
  /** With its prefix where the object says it; an operator adds one of its own otherwise. */
  readonly resource: string;
  /** `shared`: every pod uses the physical function itself. `virtual`: each gets a device of its own. */
  readonly sort: 'shared' | 'virtual';
  /** Whether its devices speak verbs; null: not said. */
  readonly rdma: boolean | null;
  /** Null: not said. */
  readonly link: 'ethernet' | 'infiniband' | null;
  /** Physical functions, by the name of their interface. Empty: not said. */
  readonly ports: readonly string[];
  /** Nodes that have it, where the object says. */
  readonly nodes: LabelSelector | null;
  readonly origin: Origin;
}

/** NVLink between nodes: members of one domain read and write each other's GPU memory. Source: NVIDIA/k8s-dra-driver-gpu api/nvidia.com/resource/v1beta1. */
export interface ComputeDomain {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string | null;
  /** The ResourceClaimTemplate that is made for it, by which pods become members. */
  readonly template: string | null;
  /** Whether a member gets every channel of its node. */
  readonly allChannels: boolean;
  readonly origin: Origin;
}

/** A claim that somebody wrote by hand for the channels of a domain, by the domain's uid. */
export interface ChannelClaim {
  readonly from: 'ResourceClaim' | 'ResourceClaimTemplate';
  readonly namespace: string;
  readonly name: string;
  readonly domain: string;
  readonly allChannels: boolean;
  readonly origin: Origin;
}

/** A network of GKE beside the default one. Source: GKE documentation, multi-network support for pods; kubernetes/cloud-provider-gcp crd/apis/network/v1. */
export interface GkeNetwork {
  readonly name: string;
  /** `Device`: the network card itself is handed to the pod. */
  readonly type: string | null;
  /** VPC and mode as its GKENetworkParamSet says; null where that is not in the input. */
  readonly vpc: string | null;
  readonly deviceMode: string | null;
  readonly origin: Origin;
}

/** Whom a rule of a security group names: another group, or addresses and prefix lists. */
export type SecurityGroupPeer = { readonly kind: 'group'; readonly id: string } | { readonly kind: 'addresses'; readonly text: string };

/** One permission of a security group, for one peer. */
export interface SecurityGroupRule {
  readonly peer: SecurityGroupPeer;
  /** Whether it is for all traffic: nothing less covers EFA. */
  readonly allTraffic: boolean;
  readonly origin: Origin;
}

/** Source: aws ec2 describe-security-groups, EC2 API SecurityGroup. */
export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly ingress: readonly SecurityGroupRule[];
  readonly egress: readonly SecurityGroupRule[];
  readonly origin: Origin;
}

/** An EC2 instance with the security groups of its EFA interfaces. Source: aws ec2 describe-instances, EC2 API InstanceNetworkInterface. */
export interface EfaInstance {
  readonly id: string;
  readonly privateDnsName: string | null;
  readonly groups: readonly string[];
  readonly origin: Origin;
}

/** What the input says of fabrics beside the networks themselves. */
export interface FabricFacts {
  readonly pools: readonly DevicePool[];
  readonly domains: readonly ComputeDomain[];
  readonly channelClaims: readonly ChannelClaim[];
  readonly gkeNetworks: readonly GkeNetwork[];
  readonly securityGroups: readonly SecurityGroup[];
  readonly instances: readonly EfaInstance[];
  /** Where ib-kubernetes is asked for, which writes the partition keys of pods to the subnet manager; null: nowhere in the input. */
  readonly ibKubernetes: Origin | null;
}

export const noFabricFacts: FabricFacts = {
  pools: [],
  domains: [],
  channelClaims: [],
  gkeNetworks: [],
  securityGroups: [],
  instances: [],
  ibKubernetes: null,
};
