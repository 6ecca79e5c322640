import { cidrSet } from '../../engine/addresses.ts';
import { isOwnNode } from '../../engine/match.ts';
import type { Reachability, ReachParty } from '../../engine/reach.ts';
import { believableAddress } from '../../engine/witness.ts';
import { within } from '../../kernel/origin.ts';
import type { ClaimResult } from '../../model/claim.ts';
import { labelOf, matchLabels, selects } from '../../model/labels.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';
import { ipIntersect, ipIsEmpty, ipSetOf, parseIp } from '../../space/ip-set.ts';
import { TransportSet } from '../../space/transport-set.ts';
import type { ProtectedIntent } from '../../spec/intents.ts';
import { beyond, counterexamples, type Excess, reasonsOf } from './judge.ts';
import { type BoundZone, type Member, partyTitle } from './member.ts';
import { peerPorts, permitOf } from './permitted.ts';
import { outsidePieces, type Piece } from './pieces.ts';
import { ownNodeOfRepresentative, representativeKind } from './representatives.ts';

/** Training reaches only what the zone names; protected zones are out of reach; nothing else reaches training. */
export function safetyClaims(reach: Reachability, zone: BoundZone): ClaimResult[] {
  const byId = new Map(zone.members.map((m) => [m.workload.id, m]));
  const groups = [
    ...zone.intents.workloads.map((intent) => ({ name: intent.name, intent, path: intent.path })),
    { name: 'other pods', intent: null, path: ['spec', 'namespace'] as const },
  ];
  return [
    ...groups.map(({ name, intent, path }) => {
      const members = zone.members.filter((m) => m.intent === intent);
      const excesses = members.flatMap((m) => egressExcess(reach, m, byId));
      return claim(reach, excesses, {
        id: `safety/reaches-only/${name.replace(' ', '-')}`,
        title:
          intent === null
            ? `pods of ${zone.intents.namespace} that the zone does not describe reach nothing`
            : `${name} reaches only its peers, its data and the services it names`,
        evidence: [looked(members, reach)],
        fix: 'remove or narrow the rule that the packet used, or add default deny for egress where none selects the pod',
        origin: within(zone.loaded.origin, ...path),
      });
    }),
    ...zone.intents.protected.map((p) => protectedClaim(reach, zone, p)),
    claim(
      reach,
      zone.members.flatMap((m) => ingressExcess(reach, m, byId)),
      {
        id: 'safety/nothing-else-reaches-training',
        title: `nothing outside ${zone.intents.namespace} reaches training`,
        evidence: [looked(zone.members, reach), 'a pod stays open to its own node (kubelet); that path is ungoverned'],
        fix: 'remove or narrow the ingress rule that the packet used, or add default deny for ingress where none selects the pod',
        origin: within(zone.loaded.origin, 'spec', 'namespace'),
      },
    ),
  ];
}

function claim(reach: Reachability, excesses: readonly Excess[], about: Pick<ClaimResult, 'id' | 'title' | 'evidence' | 'fix' | 'origin'>): ClaimResult {
  const certain = excesses.filter((e) => e.certain);
  const examples = counterexamples(reach, certain.length > 0 ? certain : excesses);
  const status = certain.length > 0 ? 'fails' : excesses.length > 0 ? 'undecided' : 'holds';
  return {
    ...about,
    group: 'safety',
    status,
    counterexamples: examples,
    reasons:
      status === 'undecided'
        ? reasonsOf(examples)
        : status === 'fails' && certain.length > examples.length
          ? [`${certain.length} such passages in all; the most telling are shown`]
          : [],
    fix: status === 'holds' ? null : about.fix,
  };
}

function looked(members: readonly Member[], reach: Reachability): string {
  const real = members.filter((m) => m.representative === null).length;
  const standIns = members.length - real;
  return `${real} workload${real === 1 ? '' : 's'} of the input and ${standIns} representative${standIns === 1 ? '' : 's'} of pods to come, against ${reach.parties.length} parties`;
}

function partyOf(workload: Workload): ReachParty {
  return { kind: 'workload', id: workload.id };
}

function egressExcess(reach: Reachability, member: Member, members: ReadonlyMap<string, Member>): Excess[] {
  const permit = permitOf(member, members);
  const from = partyOf(member.workload);
  const out: Excess[] = [];
  const add = (to: ReachParty, permitted: TransportSet, excess: Omit<Excess, 'ports' | 'certain' | 'from'>): void => {
    const { allowed, unknown } = beyond(reach.profile, reach.between(from, to), permitted);
    const source = { kind: 'pod', workload: member.workload.id, replica: 0 } as const;
    if (!allowed.isEmpty) out.push({ ...excess, from: source, ports: allowed, certain: true });
    else if (!unknown.isEmpty) out.push({ ...excess, from: source, ports: unknown, certain: false });
  };
  for (const w of reach.snapshot.workloads) {
    if (w.lifecycle === 'finished' || (w.id === member.workload.id && w.replicas === 1)) continue;
    const replica = w.id === member.workload.id ? 1 : 0;
    add(partyOf(w), permit.toWorkload(w), {
      to: { kind: 'pod', workload: w.id, replica },
      destination: w,
      rank: representativeKind(w) !== null ? 7 : members.has(w.id) ? 6 : 2,
      story: (port) => `${member.title} reaches ${partyTitle(w)} on ${port}${w.hostNetwork ? ' (host network)' : ''}`,
    });
  }
  for (const node of nodesFor(reach, member)) {
    const own = isOwnNode(reach.snapshot, { kind: 'pod', workload: member.workload, labels: member.workload.labels }, node).is;
    const party = { kind: 'node', node } as const;
    add(party, own === 'no' ? TransportSet.empty : permit.ownNode, {
      to: party,
      destination: null,
      rank: 3,
      story: (port) => `${member.title} reaches ${nodeTitle(node)} on ${port}`,
    });
  }
  for (const party of reach.parties) {
    if (party.kind !== 'name') continue;
    const whom = party.pattern === undefined ? party.name : `${party.name} (a rule admits ${party.pattern})`;
    add(party, permit.toName(party.name), {
      to: { kind: 'name', name: party.name },
      destination: null,
      rank: 5,
      story: (port) => `${member.title} reaches ${whom} on ${port}`,
    });
  }
  for (const piece of outsidePieces(
    reach.parties,
    permit.addresses.map((a) => a.set),
  )) {
    const permitted = TransportSet.unionAll(permit.addresses.filter((a) => !ipIsEmpty(ipIntersect(a.set, piece.addresses))).map((a) => a.ports));
    add({ kind: 'external', addresses: piece.addresses }, permitted, {
      to: { kind: 'address', ip: believableAddress(piece.addresses) },
      destination: null,
      rank: piece.rank,
      story: (port) => `${member.title} reaches ${piece.title} on ${port}`,
    });
  }
  return out;
}

function ingressExcess(reach: Reachability, member: Member, members: ReadonlyMap<string, Member>): Excess[] {
  const to = partyOf(member.workload);
  const target = { kind: 'pod', workload: member.workload.id, replica: 0 } as const;
  const out: Excess[] = [];
  const add = (from: ReachParty, permitted: TransportSet, excess: Omit<Excess, 'ports' | 'certain' | 'to' | 'destination'>, nodeInDoubt = false): void => {
    const { allowed, unknown } = beyond(reach.profile, reach.between(from, to), permitted);
    const common = { ...excess, to: target, destination: member.workload };
    if (!allowed.isEmpty) out.push({ ...common, ports: allowed, certain: true });
    else if (!unknown.isEmpty && !nodeInDoubt) out.push({ ...common, ports: unknown, certain: false });
  };
  const ownership = (node: string | null): 'yes' | 'no' | 'maybe' =>
    isOwnNode(reach.snapshot, { kind: 'pod', workload: member.workload, labels: member.workload.labels }, node).is;
  for (const w of reach.snapshot.workloads) {
    if (w.lifecycle === 'finished' || (w.id === member.workload.id && w.replicas === 1)) continue;
    const own = w.hostNetwork ? ownership(w.node) : 'no';
    if (own === 'yes') continue;
    const peer = members.get(w.id);
    const from = { kind: 'pod', workload: w.id, replica: w.id === member.workload.id ? 1 : 0 } as const;
    add(
      partyOf(w),
      peer === undefined ? TransportSet.empty : peerPorts(peer, member),
      { from, rank: representativeKind(w) !== null ? 7 : 2, story: (port) => `${partyTitle(w)} reaches ${member.title} on ${port}` },
      own === 'maybe',
    );
  }
  for (const node of nodesFor(reach, member)) {
    const own = ownership(node);
    const from = { kind: 'node', node } as const;
    if (own !== 'yes')
      add(from, TransportSet.empty, { from, rank: 4, story: (port) => `${nodeTitle(node)} reaches ${member.title} on ${port}` }, own === 'maybe');
  }
  for (const piece of outsidePieces(reach.parties, [])) {
    add({ kind: 'external', addresses: piece.addresses }, TransportSet.empty, {
      from: { kind: 'address', ip: believableAddress(piece.addresses) },
      rank: piece.rank + 1,
      story: (port) => `${piece.title} reaches ${member.title} on ${port}`,
    });
  }
  return out;
}

/** A node that no input names and that is not the pod's own. */
const anotherNode = 'another node';

/** Nodes that a member may meet. Where it runs is known of representatives alone: they see their own node and another, whatever the input shows. */
function nodesFor(reach: Reachability, member: Member): readonly (string | null)[] {
  const known = reach.parties.flatMap((p) => (p.kind === 'node' ? [p.node] : []));
  if (member.representative === null) return known.filter((n) => n !== ownNodeOfRepresentative);
  return [...new Set([...known.filter((n) => n !== null), ownNodeOfRepresentative, anotherNode])];
}

function nodeTitle(node: string | null): string {
  return node === null ? 'a node' : node === anotherNode || node === ownNodeOfRepresentative ? node : `node ${node}`;
}

function protectedClaim(reach: Reachability, zone: BoundZone, target: ProtectedIntent): ClaimResult {
  const excesses: Excess[] = [];
  const blocks = cidrSet(target.cidrs);
  const inside = reach.snapshot.workloads
    .filter((w) => w.lifecycle !== 'finished' && !zone.members.some((m) => m.workload.id === w.id))
    .map((w) => ({ w, is: isProtected(reach.snapshot, target, w) }))
    .filter(({ is }) => is !== 'no');
  const pieces: Piece[] = outsidePieces(reach.parties, [blocks]).filter((p) => !ipIsEmpty(ipIntersect(p.addresses, blocks)));
  for (const member of zone.members) {
    const from = { kind: 'pod', workload: member.workload.id, replica: 0 } as const;
    const add = (to: ReachParty, certain: boolean, excess: Omit<Excess, 'ports' | 'certain' | 'from'>): void => {
      const flow = beyond(reach.profile, reach.between(partyOf(member.workload), to), TransportSet.empty);
      if (!flow.allowed.isEmpty) excesses.push({ ...excess, from, ports: flow.allowed, certain });
      else if (!flow.unknown.isEmpty) excesses.push({ ...excess, from, ports: flow.unknown, certain: false });
    };
    for (const { w, is } of inside) {
      add(partyOf(w), is === 'yes', {
        to: { kind: 'pod', workload: w.id, replica: 0 },
        destination: w,
        rank: member.representative !== null || representativeKind(w) !== null ? 2 : 1,
        story: (port) => `${member.title} reaches ${partyTitle(w)} in protected zone ${target.name} on ${port}`,
      });
    }
    for (const piece of pieces)
      add({ kind: 'external', addresses: piece.addresses }, true, {
        to: { kind: 'address', ip: believableAddress(piece.addresses) },
        destination: null,
        rank: 3,
        story: (port) => `${member.title} reaches ${believableAddress(piece.addresses)}, an address of protected zone ${target.name}, on ${port}`,
      });
  }
  const empty = inside.length === 0 && pieces.length === 0;
  const result = claim(reach, excesses, {
    id: `safety/protected-unreachable/${target.name}`,
    title: `training cannot reach protected zone ${target.name}`,
    evidence: [
      `${inside.length} workload${inside.length === 1 ? '' : 's'}${target.cidrs.length > 0 ? ` and ${target.cidrs.join(', ')}` : ''} in ${target.name}, tried from ${zone.members.length} sorts of training pod`,
    ],
    fix: 'remove or narrow the egress rule that the packet used',
    origin: within(zone.loaded.origin, ...target.path),
  });
  if (!empty) return result;
  return {
    ...result,
    status: 'undecided',
    reasons: [`nothing in the input belongs to ${target.name}: give its workloads and Namespace objects`],
    fix: 'give the manifests of the protected namespaces',
  };
}

/** Does this workload belong to the protected zone? Labels of implied namespaces are not known. */
function isProtected(snapshot: Snapshot, target: ProtectedIntent, workload: Workload): 'yes' | 'no' | 'maybe' {
  const blocks = cidrSet(target.cidrs);
  if (
    workload.ips.some((text) => {
      const ip = parseIp(text);
      return ip !== undefined && !ipIsEmpty(ipIntersect(ipSetOf(ip), blocks));
    })
  )
    return 'yes';
  if (target.namespaces === null) return 'no';
  if ('names' in target.namespaces) return target.namespaces.names.includes(workload.namespace) ? 'yes' : 'no';
  const namespace = snapshot.namespaces.get(workload.namespace);
  if (namespace !== undefined && selects(matchLabels(target.namespaces.labels), namespace.labels)) return 'yes';
  const whole = namespace !== undefined && namespace.origin !== null;
  return whole ||
    Object.keys(target.namespaces.labels).every((key) => key === 'kubernetes.io/metadata.name' || labelOf(namespace?.labels ?? {}, key) !== undefined)
    ? 'no'
    : 'maybe';
}
