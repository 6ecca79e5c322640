import { isOwnNode } from '../../engine/match.ts';
import { namesOf } from '../../engine/name-parties.ts';
import type { ReachParty } from '../../engine/reach.ts';
import { within } from '../../kernel/origin.ts';
import type { ClaimResult } from '../../model/claim.ts';
import type { NameMatch, Policy } from '../../model/policy.ts';
import type { Workload } from '../../model/workload.ts';
import { type IpSet, ipIntersect, ipIsEmpty } from '../../space/ip-set.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { CleanKinds, excessesOf, kindOf } from './alike-members.ts';
import { type ClaimMatrix, contactsOf, othersOf, outsideContacts } from './claim-matrix.ts';
import { alsoFromOutside } from './exposed.ts';
import { beyond, type Excess, safetyClaim } from './judge.ts';
import { type BoundZone, type Member, partyTitle } from './member.ts';
import { nodesFor, nodeTitle } from './nodes.ts';
import { clientPorts, peerPorts, permitOf } from './permitted.ts';
import { wholePicture } from './picture.ts';
import { outsidePieces } from './pieces.ts';
import { protectedClaim } from './protected.ts';
import { representativeKind } from './representatives.ts';

/** Training reaches only what the zone names; protected zones are out of reach; nothing else reaches training; nothing is missing from the picture. */
export function safetyClaims(reach: ClaimMatrix, zone: BoundZone): ClaimResult[] {
  const { namespace, workloads } = zone.intents;
  const byId = new Map(zone.members.map((m) => [m.workload.id, m]));
  const excessOf = (members: readonly Member[]): Excess[] => excessesOf(reach, zone, members, (m) => egressExcess(reach, zone, m, byId));
  const undeclared = zone.members.filter((m) => m.intent === null);
  return [
    ...workloads.map((intent) => {
      const members = zone.members.filter((m) => m.intent === intent);
      return safetyClaim(reach, excessOf(members), {
        id: `safety/reaches-only/${intent.name}`,
        title: `${intent.name} reaches only its peers, its data and the services it names`,
        evidence: [looked(members)],
        fix: egressFix,
        origin: within(zone.loaded.origin, ...intent.path),
      });
    }),
    safetyClaim(reach, excessOf(undeclared), {
      id: 'safety/undeclared-pods-reach-nothing',
      title: `pods of ${namespace} that the zone does not describe reach nothing`,
      evidence: [looked(undeclared)],
      fix: egressFix,
      origin: within(zone.loaded.origin, 'spec', 'namespace'),
    }),
    ...zone.intents.protected.map((p) => protectedClaim(reach, zone, p)),
    alsoFromOutside(
      reach,
      zone,
      safetyClaim(
        reach,
        excessesOf(reach, zone, zone.members, (m) => ingressExcess(reach, zone, m, byId)),
        {
          id: 'safety/nothing-else-reaches-training',
          title: `nothing outside ${namespace}${butClients(zone)} reaches training`,
          evidence: [
            looked(zone.members),
            'a pod stays open to its own node (kubelet, and whatever a Service sends through that node); that path is ungoverned',
          ],
          fix: 'remove or narrow the ingress rule that the packet used, or add default deny for ingress where none selects the pod',
          origin: within(zone.loaded.origin, 'spec', 'namespace'),
        },
      ),
    ),
    ...wholePicture(reach, zone),
  ];
}

function butClients({ intents }: BoundZone): string {
  const names = [...new Set(intents.workloads.flatMap((w) => w.clients.map((c) => c.name)))];
  return names.length === 0 ? '' : ` but ${names.join(', ')}`;
}

const egressFix = 'remove or narrow the rule that the packet used, or add default deny for egress where none selects the pod';

function looked(members: readonly Member[]): string {
  const real = members.filter((m) => m.representative === null).length;
  const standIns = members.length - real;
  return `${real} workload${real === 1 ? '' : 's'} of the input and ${standIns} representative${standIns === 1 ? '' : 's'} of pods to come, against everything else in the picture`;
}

const noCuts: readonly IpSet[] = [];

function partyOf(workload: Workload): ReachParty {
  return { kind: 'workload', id: workload.id };
}

/** The kind of the member at the far end; null where it is none of the zone, or the pod's own workload. */
function farKind(reach: ClaimMatrix, zone: BoundZone, member: Member, far: Member | undefined): string | null {
  return far === undefined || far === member ? null : kindOf(reach, zone, far);
}

function egressExcess(reach: ClaimMatrix, zone: BoundZone, member: Member, members: ReadonlyMap<string, Member>): Excess[] {
  const permit = permitOf(member, members);
  const from = partyOf(member.workload);
  const out: Excess[] = [];
  const add = (to: ReachParty, permitted: TransportSet, excess: Omit<Excess, 'ports' | 'certain' | 'from'>): void => {
    const { allowed, unknown } = beyond(reach.profile, reach.between(from, to), permitted);
    const source = { kind: 'pod', workload: member.workload.id, replica: 0 } as const;
    if (!allowed.isEmpty) out.push({ ...excess, from: source, ports: allowed, certain: true });
    else if (!unknown.isEmpty) out.push({ ...excess, from: source, ports: unknown, certain: false });
  };
  const ends = new CleanKinds();
  for (const w of contactsOf(reach, member.workload, 'egress')) {
    if (w.lifecycle === 'finished' || (w.id === member.workload.id && w.replicas === 1)) continue;
    const replica = w.id === member.workload.id ? 1 : 0;
    const before = out.length;
    ends.unlessClean(farKind(reach, zone, member, members.get(w.id)), () => {
      add(partyOf(w), permit.toWorkload(w), {
        to: { kind: 'pod', workload: w.id, replica },
        destination: w,
        rank: representativeKind(w) !== null ? 7 : members.has(w.id) ? 6 : 2,
        story: (port) => `${member.title} reaches ${partyTitle(w)} on ${port}${w.hostNetwork ? ' (host network)' : ''}`,
      });
      return out.length - before;
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
  for (const party of othersOf(reach)) {
    if (party.kind !== 'name') continue;
    const whom = party.pattern === undefined ? party.name : `${party.name} (a rule admits ${party.pattern})`;
    add(party, permit.toName(party.name, party.pattern === undefined ? [] : patternsCalled(reach.snapshot.policies, party.pattern)), {
      to: { kind: 'name', name: party.name },
      destination: null,
      rank: 5,
      story: (port) => `${member.title} reaches ${whom} on ${port}`,
    });
  }
  for (const piece of outsidePieces(outsideContacts(reach, member.workload, 'egress'), permit.cuts)) {
    const permitted = TransportSet.unionAll(permit.addresses.filter((a) => !ipIsEmpty(ipIntersect(a.set, piece.addresses))).map((a) => a.ports));
    add(piece.party, permitted, {
      to: { kind: 'address', ip: piece.address },
      destination: null,
      rank: piece.rank,
      story: (port) => `${member.title} reaches ${piece.title} on ${port}`,
    });
  }
  return out;
}

/** Patterns of rules that are written so; languages may mean different names by one text, and then all of them count. */
function patternsCalled(policies: readonly Policy[], text: string): NameMatch[] {
  return policies.flatMap((p) => p.rules.flatMap((r) => (r.peers ?? []).flatMap(namesOf))).filter((n) => n.kind === 'pattern' && n.text === text);
}

function ingressExcess(reach: ClaimMatrix, zone: BoundZone, member: Member, members: ReadonlyMap<string, Member>): Excess[] {
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
  const ends = new CleanKinds();
  for (const w of contactsOf(reach, member.workload, 'ingress')) {
    if (w.lifecycle === 'finished' || (w.id === member.workload.id && w.replicas === 1)) continue;
    const own = w.hostNetwork ? ownership(w.node) : 'no';
    if (own === 'yes') continue;
    const peer = members.get(w.id);
    const from = { kind: 'pod', workload: w.id, replica: w.id === member.workload.id ? 1 : 0 } as const;
    const before = out.length;
    ends.unlessClean(farKind(reach, zone, member, peer), () => {
      add(
        partyOf(w),
        peer === undefined ? clientPorts(w, member) : peerPorts(peer, member),
        { from, rank: representativeKind(w) !== null ? 7 : 2, story: (port) => `${partyTitle(w)} reaches ${member.title} on ${port}` },
        own === 'maybe',
      );
      return out.length - before;
    });
  }
  for (const node of nodesFor(reach, member)) {
    const own = ownership(node);
    const from = { kind: 'node', node } as const;
    if (own !== 'yes')
      add(from, TransportSet.empty, { from, rank: 4, story: (port) => `${nodeTitle(node)} reaches ${member.title} on ${port}` }, own === 'maybe');
  }
  for (const piece of outsidePieces(outsideContacts(reach, member.workload, 'ingress'), noCuts)) {
    add(piece.party, TransportSet.empty, {
      from: { kind: 'address', ip: piece.address },
      rank: piece.rank + 1,
      story: (port) => `${piece.title} reaches ${member.title} on ${port}`,
    });
  }
  return out;
}
