import type { Labels } from '../model/labels.ts';
import type { AttachedFabric } from './attached-fabric.ts';

/** What a zone wants of the fabrics that carry RDMA. */
export interface ZoneFabric extends AttachedFabric {
  readonly infiniband: InfinibandFabric | null;
}

/** The zone's place on an InfiniBand fabric: partitions, which the subnet manager puts into ports and switches. */
export interface InfinibandFabric {
  readonly partition: ZonePartition;
  readonly hosts: {
    /** Labels of the nodes whose ports are the zone's; null: those of `spec.nodes`, unless ports are listed. */
    readonly nodes: Labels | null;
    readonly ports: readonly FabricPort[];
  };
  /** What several zones use: its servers are full members of a partition of its own, the hosts of a zone limited ones. */
  readonly hubs: readonly FabricHub[];
  /** Ports of the subnet manager, of UFM and the like: they alone are full members of the default partition. */
  readonly infrastructure: readonly FabricPort[];
  /** Others on the fabric, of which no zone tells. */
  readonly neighbours: readonly FabricNeighbour[];
  /** Extended resource of the virtual functions that pods ask for; null: no NetworkAttachmentDefinition is made. */
  readonly resource: string | null;
}

export interface ZonePartition {
  /** Null: the name of the zone. */
  readonly name: string | null;
  /** 15 bits: without the bit that says full member. */
  readonly pkey: number;
  /** Whether the key stands at index 0, where NCCL looks when it is told nothing. */
  readonly indexZero: boolean;
  readonly ipoib: boolean;
}

/** A port by its GUID, and the host that it is in, for people. */
export interface FabricPort {
  readonly host: string;
  /** 16 lower-case hex digits. */
  readonly guid: string;
}

export interface FabricHub {
  readonly name: string;
  readonly pkey: number;
  readonly ports: readonly FabricPort[];
}

export interface FabricNeighbour {
  readonly name: string;
  readonly pkey: number;
  readonly ports: readonly FabricPort[];
  /** Names of hubs that they use too. */
  readonly hubs: readonly string[];
}
