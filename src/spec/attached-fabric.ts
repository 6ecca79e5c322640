/** What a zone is attached to beside its pod network, other than InfiniBand. */
export interface AttachedFabric {
  readonly roce: RoceFabric | null;
  readonly efa: { readonly securityGroups: readonly string[] } | null;
  readonly gke: { readonly networks: readonly string[] } | null;
  readonly nvlink: { readonly computeDomains: readonly string[] } | null;
}

/** RDMA over Ethernet by virtual functions, each rail a network of its own. */
export interface RoceFabric {
  readonly rails: readonly RoceRail[];
}

export interface RoceRail {
  /** Of its NetworkAttachmentDefinition, in the zone's namespace. */
  readonly name: string;
  /** Extended resource that its virtual functions come from. */
  readonly resource: string;
  readonly vlan: number;
  /** Addresses that pods get there; null: the network hands out none. */
  readonly range: string | null;
}
