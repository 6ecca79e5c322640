import type { AttachmentEvidence, AttachmentKind, AttachmentRule, FabricAttachment, FabricSegment } from '../model/fabric-attachment.ts';
import { baseOf, keyText } from '../model/pkey.ts';
import type { SecondaryNetwork } from '../model/secondary-network.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { SecondaryInterface, Workload } from '../model/workload.ts';
import { governedPackets } from './governed-packets.ts';
import { masterOf, physicalOf, poolsOf, poolText } from './physical.ts';

const kinds: Readonly<Record<string, AttachmentKind>> = {
  sriov: 'sriov',
  'ib-sriov': 'ib-sriov',
  ipoib: 'ipoib',
  macvlan: 'macvlan',
  ipvlan: 'ipvlan',
  vlan: 'macvlan',
  'host-device': 'host-device',
};

/** An interface that Multus adds. */
export function networkAttachment(snapshot: Snapshot, workload: Workload, { network: name, origin }: SecondaryInterface): FabricAttachment {
  const network = snapshot.secondary.networks.find((n) => n.name === name);
  const pools = network?.settings.resource == null ? [] : poolsOf(snapshot, network.settings.resource);
  const evidence: readonly AttachmentEvidence[] = [
    { text: `attached to ${name}`, origin },
    ...(network === undefined ? [] : [{ text: `network ${name}${network.plugin === null ? '' : `, made by ${network.plugin}`}`, origin: network.settingsAt }]),
    ...pools.map((p) => ({ text: poolText(p), origin: p.origin })),
  ];
  const packets = governedPackets(snapshot, workload, name);
  const plugin = network?.plugin ?? '';
  const kind = Object.hasOwn(kinds, plugin) ? (kinds[plugin] ?? 'other-network') : 'other-network';
  const { rules, segments } = network === undefined ? { rules: [packets], segments: [] } : (judged[kind] ?? asOther)(snapshot, network, packets);
  return { kind, name, rules, segments, evidence };
}

/** The VLAN that a network puts its pods into: its own word, else that of the interface that it stands on; 0 for none, null where it says nothing of itself. */
export function vlanOf({ plugin, settings }: SecondaryNetwork): number | null {
  if (plugin === null) return null;
  return settings.vlan || (settings.master === null ? 0 : masterOf(settings.master).vlan);
}

/** The physical network that a network is on, by its devices or by the interface that it stands on; null where it names neither. */
export function wireOf(snapshot: Pick<Snapshot, 'fabric'>, { settings: { resource, master } }: SecondaryNetwork): string | null {
  if (resource !== null) return physicalOf(snapshot, { resource });
  return master === null ? null : physicalOf(snapshot, { port: masterOf(master).port });
}

interface Judged {
  readonly rules: readonly AttachmentRule[];
  readonly segments: readonly FabricSegment[];
}

type Judge = (snapshot: Snapshot, network: SecondaryNetwork, packets: AttachmentRule) => Judged;

const elsewhere = (traffic: AttachmentRule['traffic'], text: string): AttachmentRule => ({ traffic, state: 'elsewhere', text });

/** A network whose plugin says nothing that keeps it apart: pods of it are on one network, as far as it goes. */
const asOther: Judge = (snapshot, { plugin, name, settings }, packets) => {
  if (plugin !== null)
    return {
      rules: [packets],
      segments: [{ family: 'ethernet', physical: settings.master ?? `of ${name}`, vlan: settings.vlan ?? 0, verbs: false, tags: false }],
    };
  // What it says lies on the nodes; its devices are told all the same. Source: k8snetworkplumbingwg multi-net-spec, spec.config left out.
  const devices = settings.resource === null ? [] : poolsOf(snapshot, settings.resource);
  if (settings.resource === null || devices.some((p) => p.link === 'infiniband')) return { rules: [packets], segments: [] };
  return {
    rules: [packets],
    segments: [{ family: 'ethernet', physical: physicalOf(snapshot, { resource: settings.resource }), vlan: null, verbs: true, tags: true }],
  };
};

/** A virtual function: its VLAN is put on by the network card, beneath packets and verbs alike. */
const asSriov: Judge = (snapshot, { name, settings }, packets) => {
  const vlan = settings.vlan ?? 0;
  const pools = settings.resource === null ? [] : poolsOf(snapshot, settings.resource);
  if (pools.some((p) => p.link === 'infiniband')) return { rules: [partitionUnknown(), packets], segments: [{ family: 'infiniband', pkey: null }] };
  const verbs = pools.length === 0 || settings.rdmaIsolation || pools.some((p) => p.rdma !== false);
  const physical = settings.resource === null ? null : physicalOf(snapshot, { resource: settings.resource });
  const governed = packets.state === 'governed' ? [packets] : [];
  return {
    rules:
      vlan > 0
        ? [elsewhere('all', `by VLAN ${vlan}, which the network card puts on what the device sends (${name})`), ...governed]
        : [
            packets,
            ...(verbs
              ? [
                  {
                    traffic: 'verbs' as const,
                    state: 'ungoverned' as const,
                    text: 'RoCE is made by the network card and meets no packet filter of the pod, and no VLAN keeps it apart',
                  },
                ]
              : []),
          ],
    segments: [{ family: 'ethernet', physical, vlan, verbs, tags: true }],
  };
};

/** macvlan, ipvlan and vlan: made on an interface of the node, which may be of a VLAN. */
const asStacked: Judge = (snapshot, { settings }, packets) => {
  const master = settings.master === null ? null : masterOf(settings.master);
  const vlan = settings.vlan ?? master?.vlan ?? 0;
  const physical = master === null ? null : physicalOf(snapshot, { port: master.port });
  const tagged = vlan > 0 ? [elsewhere('packets', `by VLAN ${vlan} of ${settings.master ?? 'its interface'}`)] : [];
  return {
    rules: vlan > 0 && packets.state !== 'governed' ? tagged : [packets, ...tagged],
    // Without a master the plugin takes the interface of the default route. Source: containernetworking/plugins macvlan README.
    segments: [{ family: 'ethernet', physical, vlan, verbs: false, tags: false }],
  };
};

function partitionUnknown(): AttachmentRule {
  return {
    traffic: 'verbs',
    state: 'unknown',
    text: 'the partitions of its port keep it apart, if any; the subnet manager says which, and nothing in this input does',
  };
}

const asIbSriov: Judge = (snapshot, { name, settings }) => {
  const { pkey } = settings;
  if (pkey === null) return { rules: [partitionUnknown()], segments: [{ family: 'infiniband', pkey: null }] };
  const key = keyText(pkey);
  const written = snapshot.fabric.ibKubernetes !== null && settings.ibKubernetes;
  return {
    rules: [
      written
        ? elsewhere('verbs', `by InfiniBand partition ${key} of ${name}, which ib-kubernetes has the subnet manager keep`)
        : {
            traffic: 'verbs',
            state: 'unknown',
            text: `${name} names partition ${key}, which only ib-kubernetes reads, and ${settings.ibKubernetes ? 'nothing in the input runs it' : 'the network does not ask for it (ibKubernetesEnabled)'}`,
          },
    ],
    segments: [{ family: 'infiniband', pkey: written ? baseOf(pkey) : null }],
  };
};

const asIpoib: Judge = (_snapshot, { settings }, packets) => {
  // A child interface is named after its key. Source: linux Documentation/infiniband/ipoib.rst.
  const [, digits] = /\.([0-9a-f]{4})$/i.exec(settings.master ?? '') ?? [];
  const pkey = digits === undefined ? null : Number.parseInt(digits, 16);
  return {
    rules: [
      packets,
      pkey === null
        ? {
            traffic: 'packets',
            state: 'unknown',
            text: `the partition of ${settings.master ?? 'its interface'} keeps it apart too; which that is, the subnet manager says`,
          }
        : elsewhere('packets', `by InfiniBand partition ${keyText(pkey)} of ${settings.master}`),
    ],
    segments: [{ family: 'infiniband', pkey: pkey === null ? null : baseOf(pkey) }],
  };
};

const asHostDevice: Judge = (snapshot, { settings }, packets) => {
  const pools = settings.resource === null ? [] : poolsOf(snapshot, settings.resource);
  if (pools.length > 0 && pools.every((p) => p.link === 'infiniband')) return { rules: [partitionUnknown()], segments: [{ family: 'infiniband', pkey: null }] };
  return { rules: [{ ...packets, traffic: 'all' }], segments: [{ family: 'rdma' }] };
};

const judged: Partial<Record<AttachmentKind, Judge>> = {
  sriov: asSriov,
  'ib-sriov': asIbSriov,
  ipoib: asIpoib,
  macvlan: asStacked,
  ipvlan: asStacked,
  'host-device': asHostDevice,
};
