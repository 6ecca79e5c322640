import type { Origin } from '../kernel/origin.ts';
import type { CloudReach } from './cloud-reach.ts';
import type { ExposedWorkload } from './exposure-report.ts';
import type { AttachmentEvidence, FabricAttachment } from './fabric-attachment.ts';
import type { FabricReach } from './fabric-reach.ts';
import type { Finding } from './finding.ts';
import type { MissingRule } from './missing-rule.ts';
import type { StagedPolicy } from './staged-policy.ts';
import type { Gap, Packet } from './verdict.ts';
import type { WorkloadId } from './workload.ts';

/** Whom a scan line is about. `id` is the workload id, `namespace/name` of a Service, a node name, or an address range; `title` is what people read. */
export interface Party {
  readonly kind: 'workload' | 'service' | 'node' | 'metadata' | 'internet' | 'address' | 'name';
  readonly id: string;
  readonly title: string;
}

/**
 * What passes between two parties. `ports` is the text of a TransportSet (`TCP 80,443`, `everything`).
 * `listening` narrows `ports` to what the destination declares that it listens on, for information only: undeclared ports answer too. Null when it declares nothing.
 */
export interface Passage {
  readonly party: Party;
  readonly certainty: 'allowed' | 'unknown';
  readonly ports: string;
  readonly listening: string | null;
  readonly gaps: readonly Gap[];
}

/** A path that no policy of any kind governs. */
export interface UngovernedPath {
  readonly kind: 'host-network' | 'rdma-device' | 'secondary-interface' | 'host-path' | 'privileged' | 'host-port';
  readonly text: string;
}

/** A workload of another namespace in the same part of a fabric: a path that no NetworkPolicy sees. `through` is what both are in. */
export interface FabricPath {
  readonly party: Party;
  readonly certainty: 'allowed' | 'unknown';
  readonly through: string;
  /** The attachment of the workload itself that leads there, by its name. */
  readonly attachment: string;
  /** Where the other's attachment shows. */
  readonly evidence: readonly AttachmentEvidence[];
}

/** What a workload is attached to beside the pod network, and whom it meets there. */
export interface WorkloadFabric {
  readonly attachments: readonly Omit<FabricAttachment, 'segments'>[];
  readonly shared: readonly FabricPath[];
  /** Paths that are not listed. */
  readonly omitted: number;
}

/** One ring of a blast radius: whom an attacker reaches first at this many hops, and through whom. Hop 1 is direct. `count` is all of the ring, listed or not. */
export interface BlastHop {
  readonly hop: number;
  readonly count: number;
  readonly reached: readonly {
    readonly party: Party;
    readonly via: Party | null;
    readonly ports: string;
    readonly certainty: 'allowed' | 'unknown';
    /** Reached over a fabric, where no NetworkPolicy is: `ports` then says what is shared. */
    readonly fabric?: true | undefined;
  }[];
}

/** Training workloads of which the same is true, described once. Lists are cut at a length that keeps reports readable; `omitted` says how many entries are not there. */
export interface TrainingWorkload {
  /** The first of `members`. */
  readonly id: WorkloadId;
  readonly title: string;
  readonly namespace: string;
  readonly pods: number;
  /** Every workload that this is about. */
  readonly members: readonly WorkloadId[];
  /** Why it counts as training: `requests nvidia.com/gpu: 8`, `kind PyTorchJob`. */
  readonly because: readonly string[];
  readonly reaches: readonly Passage[];
  readonly reachedBy: readonly Passage[];
  readonly blastRadius: readonly BlastHop[];
  /** Other pods that it reaches directly (hop 1) on some port, declared or not: certainly, and possibly; `total` are all other pods. Later hops are in `blastRadius`. */
  readonly podsWithin: { readonly allowed: number; readonly unknown: number; readonly total: number };
  readonly ungoverned: readonly UngovernedPath[];
  readonly fabric: WorkloadFabric;
  readonly omitted: { readonly members: number; readonly reaches: number; readonly reachedBy: number; readonly blastRadius: number };
}

/** A passage open on one side only. `missing` says where the rule that would open it belongs. */
export interface HalfOpenPassage {
  readonly from: Party;
  readonly to: Party;
  readonly openSide: 'egress' | 'ingress';
  readonly ports: string;
  /** One packet of it. */
  readonly example: Packet;
  readonly missing: string;
  /** The rule that opens the one side. */
  readonly opener: Origin;
  readonly belongs: MissingRule;
}

export interface ScanReport {
  readonly profile: string;
  readonly counts: {
    readonly namespaces: number;
    readonly workloads: number;
    readonly pods: number;
    readonly services: number;
    readonly nodes: number;
    readonly policies: number;
  };
  /** Kinds nothing reads: `apiVersion/kind` with how many. */
  readonly unread: readonly { readonly kind: string; readonly count: number }[];
  readonly training: readonly TrainingWorkload[];
  /** With dumps of an InfiniBand fabric in the input: whom training meets there. */
  readonly infiniband?: readonly FabricReach[] | undefined;
  /** With cloud policies in the input: what training may do to storage with its roles. */
  readonly cloud?: readonly CloudReach[] | undefined;
  /** Training workloads that something leads to from outside, most open first. */
  readonly exposed: readonly ExposedWorkload[];
  readonly halfOpen: readonly HalfOpenPassage[];
  /** Policies that decide nothing until they are promoted. */
  readonly staged: readonly StagedPolicy[];
  readonly findings: readonly Finding[];
  /** Workloads and passages that are not described because there are too many; those that reach most come first. */
  readonly omitted: { readonly training: number; readonly exposed: number; readonly halfOpen: number };
  readonly assumptions: readonly string[];
}
