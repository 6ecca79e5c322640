import type { Severity } from '../../model/finding.ts';

/** Something that an audit of a fabric may find, as people look it up. */
export interface FabricRule {
  readonly slug: string;
  readonly title: string;
  readonly severity: Severity;
  readonly plane: 'fabric';
  readonly why: string;
  readonly fix: string;
  readonly source: string;
}

function rule(slug: string, severity: Severity, title: string, why: string, fix: string, source: string): FabricRule {
  return { slug, severity, title, plane: 'fabric', why, fix, source };
}

/** Every sort of finding, worst first. */
export const fabricRules: readonly FabricRule[] = [
  rule(
    'fabric-flat',
    'critical',
    'Flat fabric: every port is a full member of the default partition',
    'Every port can talk to every other; no partition keeps anything apart. OpenSM makes it so when its partition file is missing, has nothing in it, or has one mistake: it throws all partitions away and goes on.',
    'Mend the partition file, send SIGHUP to OpenSM, and audit again.',
    'opensm osm_prtn.c (osm_prtn_make_partitions, retry_default)',
  ),
  rule(
    'fabric-zones-share-key',
    'critical',
    'Two zones share a key over which they can talk',
    'RDMA between them passes every NetworkPolicy by. Two ports can talk when both are in a partition and at least one is a full member of it.',
    'Take the ports that do not belong there out of the partition, or make clients of a hub limited members.',
    'InfiniBand Architecture Specification vol. 1, §10.9.3',
  ),
  rule(
    'fabric-pods-meet',
    'critical',
    'Pods of a zone meet somebody whom its ports are not to meet',
    'A pod of the zone runs, or may, on a host of somebody else; or pods of others stand on the node of the subnet manager or on a hub.',
    'Keep the pods off that host, or take its port out of the partition.',
    'docs/fabric.md',
  ),
  rule(
    'fabric-full-default-member',
    'critical',
    'A host is a full member of the default partition',
    'Every port is at least a limited member of it, so a full member reaches them all.',
    'Leave full membership of the default partition to the subnet manager and declared infrastructure.',
    'opensm osm_prtn.c (prtn_make_default)',
  ),
  rule(
    'fabric-manager-on-host',
    'critical',
    'The subnet manager runs on a host of a zone',
    'Its port is a full member of the default partition and reaches every port; whoever is root there can rewrite every table.',
    'Run the subnet manager on a node of its own, or on a switch.',
    'opensm osm_prtn.c (prtn_make_default)',
  ),
  rule(
    'fabric-second-manager',
    'high',
    'A subnet manager that nobody declared',
    'The manager with the highest priority becomes master and writes all tables from its own configuration, which may be none.',
    'Stop it, or declare its port under infrastructure and give it the same configuration; protect the fabric with an M_Key and an SM_Key.',
    'InfiniBand Architecture Specification vol. 1, §14.4.1',
  ),
  rule(
    'fabric-unknown-port',
    'high',
    'A port that nobody knows',
    'Whose it is cannot be told, so nothing can be said of what it may reach.',
    'Add it to the zone, hub or neighbour that it belongs to, or unplug it.',
    'docs/fabric.md',
  ),
  rule(
    'fabric-unexpected-member',
    'high',
    'A port is in a partition that is not its own',
    'It can talk to whoever is in there, now or as soon as somebody joins.',
    'Remove it from the member list.',
    'docs/fabric.md',
  ),
  rule(
    'fabric-member-missing',
    'medium',
    'A port lacks the key of its zone or hub',
    'It cannot talk to its peers: jobs hang with completion status 12, or fall back to TCP.',
    'List its port GUID (not the node GUID) in the partition, full in that of its zone, limited in that of a hub.',
    'NCCL src/transport/net_ib.cc (status 12)',
  ),
  rule(
    'fabric-not-a-port',
    'medium',
    'A member of a partition is no port of the fabric',
    'OpenSM passes over a GUID that it does not know, without a word; a node GUID is none. A ghost comes into force when a port with that GUID appears, which a virtual function may be given.',
    'Write port GUIDs, and remove those of hosts that are gone.',
    'opensm osm_prtn.c (osm_prtn_add_port)',
  ),
  rule(
    'fabric-partitions-misread',
    'medium',
    'OpenSM reads the partition file otherwise than it looks',
    'Words are compared by as many letters as were typed, keys are cut to 15 bits, unknown words are passed over; none of it is logged by default.',
    'Write every word whole: full, limited, indx0, keys as 0x0001 to 0x7ffe.',
    'opensm osm_prtn_config.c',
  ),
  rule(
    'fabric-drift',
    'high',
    'The fabric is not as its configuration says',
    'Somebody changed a table past the subnet manager, another manager wrote it, or the file has changed since it was read.',
    'Find out who, then send SIGHUP to OpenSM and audit again.',
    'docs/fabric.md',
  ),
  rule(
    'fabric-dumps-disagree',
    'high',
    'Two readings of a table differ',
    'One of them is older, or somebody writes tables meanwhile. Which is so now cannot be told: zones are taken to be apart only where they are by both.',
    'Read the tables again, once, and leave the older dump out.',
    'docs/fabric.md',
  ),
  rule(
    'fabric-key-not-at-index-0',
    'medium',
    'The key of a zone is not at index 0',
    'NCCL and NVSHMEM use index 0 when they are told nothing, and would use the default partition, over which limited members cannot talk: jobs hang with completion status 12.',
    'Give the partition indx0, or set NCCL_IB_PKEY to the index.',
    'NCCL src/transport/net_ib.cc (NCCL_IB_PKEY is an index), opensm osm_pkey_mgr.c',
  ),
  rule(
    'fabric-job-key',
    'medium',
    'A job looks for its key where it is not',
    'NCCL takes an index of the table and UCX the key itself. With the wrong one a job uses the default partition, over which limited members cannot talk, or none: it hangs with completion status 12, or falls back to TCP.',
    'Set NCCL_IB_PKEY to the index that the port has, and UCX_IB_PKEY to the key; generate writes both.',
    'NCCL src/transport/net_ib.cc (NCCL_IB_PKEY), UCX src/uct/ib/base/ib_device.c (IB_PKEY)',
  ),
  rule(
    'fabric-table-overflow',
    'high',
    'A table has no room for all keys',
    'Keys that do not fit are left out; where a switch port has too little room, OpenSM stops checking keys on it altogether.',
    'Use fewer partitions on that port.',
    'opensm osm_pkey_mgr.c (ERR 0507, ERR 0512)',
  ),
  rule(
    'fabric-configuration-refused',
    'high',
    'OpenSM has refused its partition file',
    'From that moment on every port was a full member of the default partition.',
    'Check the file before every reload: ringfence fabric audit.',
    'opensm osm_prtn.c (retrying with default config)',
  ),
  rule(
    'fabric-enforcement-off',
    'high',
    'Switches do not check keys',
    'Then only the receiving adapter does, and a host that controls its own adapter is trusted.',
    'Set part_enforce both in opensm.conf.',
    'opensm osm_subnet.c (part_enforce)',
  ),
  rule(
    'fabric-management-key-default',
    'high',
    'The fabric can be reconfigured from any host',
    'Without an M_Key, whoever can send management datagrams can write any table; the default SM_Key and SA_Key are public, and give anybody the keys of every port.',
    'Set m_key, m_key_protection_level 2, sm_key and sa_key in opensm.conf to secrets.',
    'opensm include/opensm/osm_base.h (OSM_DEFAULT_M_KEY, OSM_DEFAULT_SM_KEY)',
  ),
  rule(
    'fabric-both-memberships',
    'medium',
    'A port may have a partition twice',
    'With allow_both_pkeys index 0 of a table may be the invalid key 0x0000, and limited membership is no longer what one reads.',
    'Set allow_both_pkeys FALSE.',
    'opensm osm_pkey_mgr.c',
  ),
  rule(
    'fabric-violations',
    'medium',
    'Packets with foreign keys were turned down',
    'Somebody tried to reach a partition that they are not in, or a job has a wrong index.',
    'Find the port, and ask what runs there.',
    'InfiniBand Architecture Specification vol. 1, §14.2.5.1 (traps 257 to 259)',
  ),
  rule(
    'fabric-umad-exposed',
    'high',
    'A pod can send management datagrams',
    'The shared RDMA device plugin gives each container umad. As root, with the default M_Key, it can rewrite the tables of the fabric.',
    'Run as another user than root, or use virtual functions; and set an M_Key.',
    'Mellanox/k8s-rdma-shared-dev-plugin pkg/resources/rdma_device_spec.go',
  ),
  rule(
    'fabric-foreign-attachment',
    'high',
    'A namespace may attach pods to a partition that is not its zone’s',
    'ib-kubernetes joins a pod to the partition that its NetworkAttachmentDefinition names, as a full member, and asks nobody.',
    'Remove the definition, and leave the right to create them to the owner of the cluster.',
    'Mellanox/ib-kubernetes pkg/daemon/daemon.go',
  ),
  rule(
    'fabric-host-by-description',
    'low',
    'A port is known by its description alone',
    'The description of a node is what its root wrote; another host may call itself the same.',
    'Give a map of hosts to port GUIDs, or list the ports in the zone.',
    'rdma-core rdma-ndd',
  ),
  rule(
    'fabric-default-implied',
    'info',
    'The default partition is not spelled out',
    'OpenSM adds it as Default=0x7fff : ALL=limited, SELF=full. Whoever reads the file should see it.',
    'Write it as the first line.',
    'opensm osm_prtn.c (prtn_make_default)',
  ),
];

/** The rule of a slug. */
export function ruleOf(slug: string): FabricRule {
  const found = fabricRules.find((r) => r.slug === slug);
  if (found === undefined) throw new Error(`no rule ${slug}`);
  return found;
}
