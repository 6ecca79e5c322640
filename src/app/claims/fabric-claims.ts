import { attachmentsOf } from '../../attachments/attachments-of.ts';
import { efaPasses, instanceOf } from '../../attachments/efa-groups.ts';
import { type Meeting, meetingOf } from '../../attachments/meeting.ts';
import { vlanOf, wireOf } from '../../attachments/network.ts';
import { nodesOf } from '../../attachments/nodes-of.ts';
import { physicalOf, sameResource } from '../../attachments/physical.ts';
import { within } from '../../kernel/origin.ts';
import type { ClaimResult } from '../../model/claim.ts';
import type { FabricAttachment, FabricSegment } from '../../model/fabric-attachment.ts';
import type { SecondaryNetwork } from '../../model/secondary-network.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { type Workload, workloadTitle } from '../../model/workload.ts';
import { poolNodeToCome } from '../../placement/nodes.ts';
import type { RoceRail } from '../../spec/attached-fabric.ts';
import { landingsOf } from './landings.ts';
import type { BoundZone } from './member.ts';
import { poolNodes } from './placement.ts';
import { representativeKind } from './representatives.ts';

/** What a claim about a fabric rests on: `wrong` refutes, `missing` leaves undecided. */
interface Facts {
  readonly wrong: readonly string[];
  readonly missing: readonly string[];
  readonly evidence: readonly string[];
}

/** Nobody outside of the zone is in its part of a fabric: a claim for each VLAN, security group, network and domain that the zone names. */
export function fabricClaims(snapshot: Snapshot, zone: BoundZone): ClaimResult[] {
  const { fabric } = zone.loaded.zone.spec;
  if (fabric === null) return [];
  return [
    ...(fabric.roce?.rails ?? []).map((rail, i) =>
      apart(
        zone,
        ['roce', 'rails', i],
        `vlan-${rail.vlan}-${rail.name}`,
        `no one outside the zone shares VLAN ${rail.vlan} of rail ${rail.name}`,
        railFacts(snapshot, zone, rail),
        'give the rail a VLAN that is the zone’s alone, with trust off and the spoof check on, as the network of the generated pack has it',
      ),
    ),
    ...(fabric.efa?.securityGroups ?? []).map((id, i) =>
      apart(
        zone,
        ['efa', 'securityGroups', i],
        `efa-${id}`,
        `no one outside the zone is let in by security group ${id}, and its own are`,
        groupFacts(snapshot, zone, id),
        `let ${id} name itself alone, inbound and outbound, for all traffic, and put no other interface in it`,
      ),
    ),
    ...(fabric.gke?.networks ?? []).map((name, i) =>
      apart(
        zone,
        ['gke', 'networks', i],
        `gke-${name}`,
        `no one outside the zone has an interface in the VPC of network ${name}`,
        gkeFacts(snapshot, zone, name),
        'give each rail a VPC of its own, and no other workload an interface in it',
      ),
    ),
    ...(fabric.nvlink?.computeDomains ?? []).map((name, i) =>
      apart(
        zone,
        ['nvlink', 'computeDomains', i],
        `compute-domain-${name}`,
        `no one outside the zone is a member of ComputeDomain ${name}`,
        domainFacts(snapshot, zone, name),
        'make a ComputeDomain for each job in the namespace of the zone, with allocationMode Single',
      ),
    ),
  ];
}

/** Whether a claim of the zone is about this attachment of one of its pods. */
export function isClaimed({ loaded, intents }: BoundZone, { kind, name }: FabricAttachment): boolean {
  const { fabric } = loaded.zone.spec;
  if (fabric === null) return false;
  switch (kind) {
    case 'sriov':
      return fabric.roce?.rails.some((r) => name === `${intents.namespace}/${r.name}`) === true;
    case 'efa':
      return fabric.efa !== null;
    case 'gke-network':
      return fabric.gke?.networks.includes(name) === true;
    case 'imex-channel':
      return fabric.nvlink?.computeDomains.some((d) => name === `ComputeDomain ${intents.namespace}/${d}`) === true;
    default:
      return false;
  }
}

function apart(
  { loaded }: BoundZone,
  path: readonly (string | number)[],
  id: string,
  title: string,
  { wrong, missing, evidence }: Facts,
  fix: string,
): ClaimResult {
  const status = wrong.length > 0 ? 'fails' : missing.length > 0 ? 'undecided' : 'holds';
  return {
    id: `safety/fabric-apart/${id}`,
    group: 'safety',
    title,
    status,
    counterexamples: [],
    reasons: [...wrong, ...missing],
    evidence,
    fix: status === 'holds' ? null : fix,
    origin: within(loaded.origin, 'spec', 'fabric', ...path),
  };
}

/** Who of other namespaces is in one of these parts of a fabric. */
function others(
  snapshot: Snapshot,
  zone: BoundZone,
  own: readonly FabricSegment[],
): { readonly certain: readonly string[]; readonly possible: readonly string[] } {
  const certain: string[] = [];
  const possible: string[] = [];
  for (const workload of snapshot.workloads) {
    if (workload.namespace === zone.intents.namespace || workload.lifecycle === 'finished') continue;
    const segments = attachmentsOf(snapshot, workload).flatMap((a) => a.segments);
    const meetings = own.flatMap((o) => segments.map((s) => meetingOf(snapshot, o, s))).filter((m): m is Meeting => m !== null);
    const best = meetings.find((m) => m.certainty === 'allowed') ?? meetings[0];
    if (best !== undefined)
      (best.certainty === 'allowed' ? certain : possible).push(
        `${workloadTitle(workload)} ${best.certainty === 'allowed' ? 'shares' : 'may share'} ${best.through}`,
      );
  }
  return { certain, possible };
}

/** Pods of other namespaces that ask for devices on the wire of a rail, and have no network that goes with them. */
function bareDevices(snapshot: Snapshot, zone: BoundZone, physical: string): readonly string[] {
  return outsiders(snapshot, zone).flatMap((workload) => {
    const taken = workload.interfaces.flatMap((i) => snapshot.secondary.networks.find((n) => n.name === i.network)?.settings.resource ?? []);
    const asked = new Set(workload.pod.containers.flatMap((c) => [...Object.keys(c.requests), ...Object.keys(c.limits)]).filter((r) => r.includes('/')));
    const bare = [...asked].some((r) => physicalOf(snapshot, { resource: r }) === physical && !taken.some((t) => sameResource(t, r)));
    return bare ? [workloadTitle(workload)] : [];
  });
}

/** Pods of other namespaces on networks that are not in the input, or that say nothing of themselves there. */
function onNetworksUnknown(snapshot: Snapshot, zone: BoundZone): readonly string[] {
  return outsiders(snapshot, zone).flatMap((workload) =>
    workload.interfaces.flatMap(({ network }) => {
      const found = snapshot.secondary.networks.find((n) => n.name === network);
      if (found !== undefined && (found.plugin !== null || found.settings.resource !== null)) return [];
      return [`${workloadTitle(workload)} is on network ${network}, ${found === undefined ? 'which is not in the input' : 'of which the input says nothing'}`];
    }),
  );
}

function outsiders(snapshot: Snapshot, zone: BoundZone): readonly Workload[] {
  return snapshot.workloads.filter((w) => w.namespace !== zone.intents.namespace && w.lifecycle !== 'finished' && representativeKind(w) === null);
}

/**
 * Pods of other namespaces that have the network of a node of the zone, or all of its devices, and with them its ports on every fabric. Node software is
 * trusted by the zone's word.
 */
function onNodesOfZone(snapshot: Snapshot, zone: BoundZone): { readonly certain: readonly string[]; readonly possible: readonly string[] } {
  const pool = zone.loaded.zone.spec.nodes;
  const trusted = pool?.sharedWith ?? ['kube-system'];
  const hosts = outsiders(snapshot, zone).filter((w) => !trusted.includes(w.namespace) && (w.hostNetwork || w.pod.containers.some((c) => c.privileged)));
  if (pool === null)
    return { certain: [], possible: hosts.map((w) => `not known: whether ${workloadTitle(w)} runs on nodes of the zone, which names none (nodes.labels)`) };
  const { found, doubts } = landingsOf(snapshot, hosts, poolNodes(snapshot, pool), [poolNodeToCome(pool.labels, pool.taint)]);
  return { certain: found.map((l) => `${l.pod} may come to run on ${l.node} with the network or the devices of the node`), possible: doubts };
}

function railFacts(snapshot: Snapshot, zone: BoundZone, rail: RoceRail): Facts {
  const name = `${zone.intents.namespace}/${rail.name}`;
  const network = snapshot.secondary.networks.find((n) => n.name === name);
  if (network === undefined) return { wrong: [], missing: [`network ${name} is not in the input`], evidence: [] };
  const { settings, plugin } = network;
  const physical = physicalOf(snapshot, { resource: rail.resource });
  const segment: FabricSegment = { family: 'ethernet', physical, vlan: rail.vlan, verbs: true, tags: false };
  const { certain, possible } = others(snapshot, zone, [segment]);
  const strangers = onNodesOfZone(snapshot, zone);
  const foreign = snapshot.secondary.networks.filter((n) => !n.name.startsWith(`${zone.intents.namespace}/`));
  const onWire = (n: SecondaryNetwork): boolean => wireOf(snapshot, n) === physical;
  const doors = foreign.filter((n) => vlanOf(n) === rail.vlan && rail.vlan > 0);
  const silent = foreign.filter((n) => vlanOf(n) === null && onWire(n));
  const wrong = [
    ...(plugin === 'sriov' ? [] : [`network ${name} is made by ${plugin ?? 'nobody knows what'}, not by sriov`]),
    ...(settings.vlan === rail.vlan
      ? []
      : [`network ${name} has ${settings.vlan === null || settings.vlan === 0 ? 'no VLAN' : `VLAN ${settings.vlan}`}, the zone says ${rail.vlan}`]),
    ...(settings.trust === true ? [`network ${name} trusts its pods (trust on): they may pose as others`] : []),
    ...(settings.spoofCheck === false ? [`network ${name} has the spoof check off: its pods may pose as others`] : []),
    ...certain,
    ...doors.filter(onWire).map((n) => `network ${n.name} hands out VLAN ${rail.vlan} on the same wire`),
    ...strangers.certain.map((w) => `${w}: it has the ports of the rail, and may put any VLAN on its frames`),
  ];
  const missing = [
    ...(settings.spoofCheck === null && plugin === 'sriov' ? [`network ${name} does not say whether the spoof check is on: the card's own default holds`] : []),
    ...possible,
    ...doors.filter((n) => !onWire(n)).map((n) => `network ${n.name} hands out VLAN ${rail.vlan} too, and whether its wire is another is not known`),
    ...silent.map((n) => `network ${n.name} hands out devices of the rail, and in which VLAN is not in the input: its configuration lies on the nodes`),
    ...bareDevices(snapshot, zone, physical).map((w) => `${w} asks for a device of the rail, and no network of the input puts it into a VLAN`),
    ...onNetworksUnknown(snapshot, zone),
    ...strangers.possible.map((w) => `${w}: it would have the ports of the rail, and may put any VLAN on its frames`),
  ];
  return {
    wrong,
    missing,
    evidence: [`network ${name}, VLAN ${settings.vlan ?? 0} on ${physical}`, 'whether the switch carries this VLAN elsewhere is no part of this'],
  };
}

function groupFacts(snapshot: Snapshot, zone: BoundZone, id: string): Facts {
  const group = snapshot.fabric.securityGroups.find((g) => g.id === id);
  if (group === undefined) return { wrong: [], missing: [`security group ${id} is not in the input: give aws ec2 describe-security-groups`], evidence: [] };
  const segments = zone.members.flatMap((m) => attachmentsOf(snapshot, m.workload).flatMap((a) => a.segments)).filter((s) => s.family === 'efa');
  const { certain, possible } = others(snapshot, zone, [{ family: 'efa', groups: [id] }]);
  const claimed = zone.loaded.zone.spec.fabric?.efa?.securityGroups ?? [];
  const machines = strangersInGroup(snapshot, zone, id);
  const inbound = group.ingress.filter((r) => r.allTraffic && !(r.peer.kind === 'group' && claimed.includes(r.peer.id)));
  const strays = [...new Set(segments.flatMap((s) => s.groups ?? []))].filter((g) => !claimed.includes(g));
  return {
    wrong: [
      ...(efaPasses(group, group)
        ? []
        : [`security group ${id} does not name itself for all traffic, inbound and outbound: EFA passes nothing, and jobs hang`]),
      ...inbound.map(({ peer }) => `security group ${id} lets all traffic in from ${peer.kind === 'group' ? peer.id : peer.text}`),
      ...strays.map((g) => `EFA interfaces of the zone are in security group ${g} too, which the zone does not name`),
      ...certain,
      ...machines.certain,
    ],
    missing: [
      ...possible,
      ...machines.possible,
      ...(segments.some((s) => s.groups === null)
        ? ['which security groups the EFA interfaces of the zone have is not in the input: give aws ec2 describe-instances']
        : []),
      ...(snapshot.fabric.instances.length === 0 ? ['which instances are in the group is not in the input: give aws ec2 describe-instances'] : []),
    ],
    evidence: [`security group ${id}: ${group.ingress.length} inbound and ${group.egress.length} outbound permissions`],
  };
}

/** Instances in a group of the zone that are no nodes of it: nodes of the cluster for certain, machines that no Node of the input is perhaps. */
function strangersInGroup(snapshot: Snapshot, zone: BoundZone, id: string): { readonly certain: readonly string[]; readonly possible: readonly string[] } {
  const pool = zone.loaded.zone.spec.nodes;
  const own = new Set(pool === null ? zone.members.flatMap((m) => nodesOf(snapshot, m.workload).nodes ?? []) : poolNodes(snapshot, pool).map((n) => n.name));
  const nodes = new Map(snapshot.nodes.filter((n) => n.origin !== null).flatMap((n) => [[instanceOf(snapshot, n.name)?.id, n.name] as const]));
  const certain: string[] = [];
  const possible: string[] = [];
  for (const instance of snapshot.fabric.instances) {
    if (!instance.groups.includes(id)) continue;
    const node = nodes.get(instance.id);
    if (node === undefined)
      possible.push(`not known: whether instance ${instance.id}, which is in group ${id}, is a node of the zone: no Node of the input is this instance`);
    else if (!own.has(node))
      (pool === null ? possible : certain).push(`instance ${instance.id}, node ${node}, which is none that the zone may run on, is in group ${id}`);
  }
  return { certain, possible };
}

function gkeFacts(snapshot: Snapshot, zone: BoundZone, name: string): Facts {
  const network = snapshot.fabric.gkeNetworks.find((n) => n.name === name);
  if (network === undefined) return { wrong: [], missing: [`Network ${name} is not in the input`], evidence: [] };
  const { vpc } = network;
  const claimed = zone.loaded.zone.spec.fabric?.gke?.networks ?? [];
  const beside = snapshot.fabric.gkeNetworks.filter((n) => vpc !== null && n.vpc === vpc && !claimed.includes(n.name));
  const { certain, possible } = others(snapshot, zone, [{ family: 'gke', vpc, network: name }]);
  return {
    // Behind the same firewall is in the same VPC, whatever the firewall says.
    wrong: [
      ...certain,
      ...possible.map((p) => p.replace(' may share ', ' has an interface in ')),
      ...beside.map((n) => `Network ${n.name}, which the zone does not name, is in VPC ${vpc} too`),
    ],
    missing: vpc === null ? [`the GKENetworkParamSet of Network ${name}, which says its VPC, is not in the input`] : [],
    evidence: [`Network ${name}${vpc === null ? '' : ` in VPC ${vpc}`}`, 'machines outside of the cluster, and the firewall of the VPC, are no part of this'],
  };
}

function domainFacts(snapshot: Snapshot, zone: BoundZone, name: string): Facts {
  const { namespace } = zone.intents;
  const domain = snapshot.fabric.domains.find((d) => d.namespace === namespace && d.name === name);
  if (domain === undefined) return { wrong: [], missing: [`ComputeDomain ${namespace}/${name} is not in the input`], evidence: [] };
  const { certain, possible } = others(snapshot, zone, [{ family: 'imex', domain: `${namespace}/${name}` }]);
  return {
    wrong: [...certain, ...(domain.allChannels ? [`ComputeDomain ${namespace}/${name} hands out every channel of a node (allocationMode All)`] : [])],
    missing: possible,
    evidence: [`ComputeDomain ${namespace}/${name}`, 'the driver refuses claims from other namespaces'],
  };
}
