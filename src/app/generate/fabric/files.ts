import type { Diagnostic } from '../../../kernel/result.ts';
import { madeByUs } from '../../../model/made-by.ts';
import type { PackFile } from '../../../model/pack.ts';
import { keyText } from '../../../model/pkey.ts';
import { type LoadedZone, originIn, type TrainingZone } from '../../../spec/zone.ts';
import { type Intent, intentOf, type Party } from '../../infiniband/intent.ts';
import type { DraftObject } from '../objects.ts';
import { partitionsConf } from './partitions-conf.ts';

/** Folder of the pack for the owner of the fabric. The API server takes none of it. */
export const fabricFolder = 'fabric';

export interface FabricFiles {
  readonly files: readonly PackFile[];
  /** Names of the zones of the fabric. */
  readonly zones: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What the subnet manager is to be told, for all zones of the fabric together; and why it cannot be written, where it cannot. */
export function fabricFiles(loaded: LoadedZone, zones: readonly LoadedZone[]): FabricFiles {
  if (loaded.zone.spec.fabric?.infiniband == null) return { files: [], zones: [], diagnostics: [] };
  const intent = intentOf(zones, { nodes: [], facts: [], subnet: { ports: [] } });
  const diagnostics = intent.diagnostics.filter((d) => d.severity === 'error');
  const unlisted = zones.filter(({ zone }) => zone.spec.fabric?.infiniband != null && zone.spec.fabric.infiniband.hosts.ports.length === 0);
  const names = zones.filter(({ zone }) => zone.spec.fabric?.infiniband != null).map(({ zone }) => zone.metadata.name);
  const settings = { path: `${fabricFolder}/opensm.conf`, text: opensmConf };
  if (unlisted.length > 0)
    return {
      files: [settings],
      zones: names,
      diagnostics: [
        ...diagnostics,
        ...unlisted.map(
          (one): Diagnostic => ({
            code: 'fabric-ports-unknown',
            severity: 'warning',
            message: `No partition file is made: the ports of zone ${one.zone.metadata.name} are named by the labels of their nodes, and a partition file wants GUIDs.`,
            hint: 'List them under hosts.ports.',
            origin: originIn(one, 'spec', 'fabric', 'infiniband', 'hosts'),
          }),
        ),
      ],
    };
  return {
    files: [
      settings,
      { path: `${fabricFolder}/partitions.conf`, text: partitionsConf(intent, names) },
      { path: `${fabricFolder}/ufm-pkeys.json`, text: ufmRequests(intent) },
    ],
    zones: names,
    diagnostics,
  };
}

/** Names and defaults: opensm osm_subnet.c (opt_tbl), include/opensm/osm_base.h. */
const opensmConf = `# For opensm.conf of every subnet manager of the fabric; merge it in. ${madeByUs}
partition_config_file /etc/opensm/partitions.conf
part_enforce both
no_partition_enforcement FALSE
allow_both_pkeys FALSE
m_key_protection_level 2
m_key_lease_period 60

# Secrets: one value for all managers, different for each key, and never in a repository. Make each with: openssl rand -hex 8
# Without them any host that can send management datagrams can write any table, and read the keys of every port.
# m_key 0x0123456789abcdef would be one
# sm_key likewise
# sa_key likewise
`;

/** Where UFM manages the fabric: what to POST. Source: NVIDIA UFM REST API guide (PKey GUIDs). */
function ufmRequests(intent: Intent): string {
  const guidsOf = (party: Party): string[] =>
    [...intent.places]
      .filter(([, place]) => place.party === party)
      .map(([guid]) => guid)
      .sort();
  const requests = intent.parties
    .filter((party) => party.base !== null)
    .map((party) => {
      const own = guidsOf(party);
      const clients = intent.parties.filter((p) => party.base !== null && p.uses.includes(party.base)).flatMap(guidsOf);
      return {
        method: 'POST',
        path: '/ufmRest/resources/pkeys/',
        body: {
          pkey: keyText(party.base ?? 0),
          guids: [...own, ...clients],
          memberships: [...own.map(() => 'full'), ...clients.map(() => 'limited')],
          index0: party.indexZero,
          ip_over_ib: party.ipoib,
        },
      };
    });
  return `${JSON.stringify({ about: `What to send to UFM, where it manages the fabric. ${madeByUs}`, requests }, null, 2)}\n`;
}

/** The attachment by which pods get a virtual function with the zone's key. Source: k8snetworkplumbingwg/ib-sriov-cni README; ib-kubernetes reads the key. */
export function fabricObjects({ metadata, spec }: TrainingZone, labels: Readonly<Record<string, string>>): readonly DraftObject[] {
  const fabric = spec.fabric?.infiniband ?? null;
  if (fabric === null || fabric.resource === null) return [];
  const { pkey } = fabric.partition;
  const config = {
    cniVersion: '0.3.1',
    type: 'ib-sriov',
    name: `${metadata.name}-ib`,
    pkey: keyText(pkey),
    link_state: 'enable',
    rdmaIsolation: true,
    ibKubernetesEnabled: true,
  };
  return [
    {
      file: '75-fabric-attachment.yaml',
      about: [
        'A virtual function of the fabric, in the partition of the zone. ib-kubernetes joins the pod as a full member, and asks nobody whether it may:',
        'nobody but the owner of the cluster should be able to create NetworkAttachmentDefinitions.',
      ],
      body: {
        apiVersion: 'k8s.cni.cncf.io/v1',
        kind: 'NetworkAttachmentDefinition',
        metadata: { name: `${metadata.name}-ib`, namespace: spec.namespace.name, labels, annotations: { 'k8s.v1.cni.cncf.io/resourceName': fabric.resource } },
        spec: { config: JSON.stringify(config) },
      },
    },
  ];
}
