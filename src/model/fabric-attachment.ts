import type { Origin } from '../kernel/origin.ts';

/** How a pod is attached to something beside the pod network. */
export type AttachmentKind =
  | 'sriov'
  | 'ib-sriov'
  | 'ipoib'
  | 'macvlan'
  | 'ipvlan'
  | 'host-device'
  | 'other-network'
  | 'shared-rdma'
  | 'rdma-device'
  | 'efa'
  | 'gke-network'
  | 'imex-channel';

/** `governed`: a policy of the cluster that something enforces. `elsewhere`: what keeps it apart is outside of Kubernetes' policies, and named. */
export type AttachmentState = 'governed' | 'elsewhere' | 'ungoverned' | 'unknown';

/** What governs some of the traffic of an attachment, or why nothing does. */
export interface AttachmentRule {
  readonly traffic: 'packets' | 'verbs' | 'all';
  readonly state: AttachmentState;
  readonly text: string;
}

/** Where an attachment shows: an annotation, a network, a pool of devices. */
export interface AttachmentEvidence {
  readonly text: string;
  readonly origin: Origin;
}

/**
 * The part of a fabric that an attachment is in. Two pods that are in one part reach each other, past every policy of the pod network.
 * What is null is not known.
 */
export type FabricSegment =
  /** `vlan` 0: untagged. `tags`: may put a tag of its own on its frames. */
  | { readonly family: 'ethernet'; readonly physical: string | null; readonly vlan: number | null; readonly verbs: boolean; readonly tags: boolean }
  /** `pkey` without the membership bit. */
  | { readonly family: 'infiniband'; readonly pkey: number | null }
  /** Verbs over InfiniBand or Ethernet. */
  | { readonly family: 'rdma' }
  /** A physical function that the pods of a node share. `nodes` null: any. */
  | { readonly family: 'node-device'; readonly resource: string; readonly nodes: readonly string[] | null; readonly pinned: boolean }
  | { readonly family: 'efa'; readonly groups: readonly string[] | null }
  | { readonly family: 'gke'; readonly vpc: string | null; readonly network: string }
  | { readonly family: 'imex'; readonly domain: string };

/** One attachment of a workload's pods. */
export interface FabricAttachment {
  readonly kind: AttachmentKind;
  /** `ml/rail-0`, `rdma/hca_shared_devices_a`, `ComputeDomain ml/llm`. */
  readonly name: string;
  readonly rules: readonly AttachmentRule[];
  readonly segments: readonly FabricSegment[];
  readonly evidence: readonly AttachmentEvidence[];
}
