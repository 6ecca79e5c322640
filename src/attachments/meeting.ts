import type { FabricSegment } from '../model/fabric-attachment.ts';
import { keyText } from '../model/pkey.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { efaBetween } from './efa-groups.ts';
import { areApart } from './physical.ts';

/** That two attachments are in one part of a fabric: certainly, or as far as anyone can tell from the input. */
export interface Meeting {
  readonly certainty: 'allowed' | 'unknown';
  /** `VLAN 100 on physical network ens1f0`: what they share. */
  readonly through: string;
}

const certain = (through: string): Meeting => ({ certainty: 'allowed', through });
const possible = (through: string): Meeting => ({ certainty: 'unknown', through });

/** Where two parts of fabrics are one; null where they are apart. */
export function meetingOf(snapshot: Pick<Snapshot, 'fabric'>, a: FabricSegment, b: FabricSegment): Meeting | null {
  if (isVerbs(a) && isVerbs(b) && (a.family === 'rdma' || b.family === 'rdma'))
    return possible('an RDMA fabric: nothing in the input says which partition or VLAN each is in');
  if (a.family === 'ethernet' && b.family === 'ethernet') return onEthernet(a, b);
  if (a.family === 'infiniband' && b.family === 'infiniband') return inPartition(a.pkey, b.pkey);
  if (a.family === 'node-device' && b.family === 'node-device') return onNode(a, b);
  if (a.family === 'efa' && b.family === 'efa') return throughEfa(snapshot, a.groups, b.groups);
  if (a.family === 'gke' && b.family === 'gke') return inVpc(a, b);
  if (a.family === 'imex' && b.family === 'imex') return a.domain === b.domain ? certain(`ComputeDomain ${a.domain}: memory of GPUs over NVLink`) : null;
  return null;
}

function isVerbs(segment: FabricSegment): boolean {
  return segment.family === 'rdma' || segment.family === 'infiniband' || (segment.family === 'ethernet' && segment.verbs);
}

type Ethernet = Extract<FabricSegment, { family: 'ethernet' }>;

function onEthernet(a: Ethernet, b: Ethernet): Meeting | null {
  const where = (name: string | null): string => (name === null ? 'a physical network that is not named' : `physical network ${name}`);
  const one = a.physical !== null && a.physical === b.physical;
  const apart = a.physical !== null && b.physical !== null && !one;
  const [vlanA, vlanB] = [a.vlan, b.vlan];
  if (vlanA === null || vlanB === null) return apart ? null : possible(`${where(a.physical ?? b.physical)}, where the VLAN of one is not known`);
  if (vlanA === vlanB) {
    const segment = vlanA === 0 ? 'untagged frames' : `VLAN ${vlanA}`;
    if (one) return certain(`${segment} on ${where(a.physical)}`);
    if (!apart) return possible(`${segment} on ${where(a.physical ?? b.physical)}`);
    return vlanA === 0 ? null : possible(`${segment}, if physical networks ${a.physical} and ${b.physical} are joined`);
  }
  if (!((vlanA === 0 && a.tags) || (vlanB === 0 && b.tags))) return null;
  const tag = `VLAN ${vlanA || vlanB}`;
  if (one) return possible(`${tag} on ${where(a.physical)}, whose tag a device without a VLAN can put on its own frames`);
  if (a.physical !== null && b.physical !== null && areApart(a.physical, b.physical)) return null;
  return possible(
    `${tag}, whose tag a device without a VLAN can put on its own frames: nothing in the input says that ${where(a.physical)} and ${where(b.physical)} are two`,
  );
}

function inPartition(a: number | null, b: number | null): Meeting | null {
  if (a === null || b === null) return possible('an InfiniBand fabric: the subnet manager says which partitions their ports are in');
  return a === b ? certain(`InfiniBand partition ${keyText(a)}`) : null;
}

type NodeDevice = Extract<FabricSegment, { family: 'node-device' }>;

function onNode(a: NodeDevice, b: NodeDevice): Meeting | null {
  if (a.resource !== b.resource || a.nodes === null || b.nodes === null) return null;
  const [node] = a.nodes.filter((n) => b.nodes?.includes(n) === true);
  if (node === undefined) return null;
  const device = `the physical function behind ${a.resource}`;
  return a.pinned && b.pinned ? certain(`${device} of node ${node}`) : possible(`${device}, where both land on one node, such as ${node}`);
}

function throughEfa(snapshot: Pick<Snapshot, 'fabric'>, a: readonly string[] | null, b: readonly string[] | null): Meeting | null {
  if (a === null || b === null) return possible('EFA: nothing in the input says which security groups the interfaces have');
  const between = efaBetween(snapshot, a, b);
  if (between === undefined) return null;
  if (between === null) return possible(`EFA: not all of security groups ${[...new Set([...a, ...b])].join(', ')} are in the input`);
  const [from, to] = between;
  return certain(from === to ? `EFA security group ${from}` : `EFA security groups ${from} and ${to}, which admit each other`);
}

type Gke = Extract<FabricSegment, { family: 'gke' }>;

function inVpc(a: Gke, b: Gke): Meeting | null {
  if (a.vpc !== null && b.vpc !== null) return a.vpc === b.vpc ? possible(`VPC ${a.vpc} of GKE, whose firewall is not in the input`) : null;
  return a.network === b.network ? possible(`GKE network ${a.network}, whose firewall is not in the input`) : null;
}

/** Where two pods meet on any of their fabrics: certainly, if they do anywhere. */
export function meetingAmong(snapshot: Pick<Snapshot, 'fabric'>, a: readonly FabricSegment[], b: readonly FabricSegment[]): Meeting | null {
  let best: Meeting | null = null;
  for (const one of a)
    for (const other of b) {
      const meeting = meetingOf(snapshot, one, other);
      if (meeting?.certainty === 'allowed') return meeting;
      best ??= meeting;
    }
  return best;
}
