import { isOwnNode } from '../../engine/match.ts';
import type { Workload } from '../../model/workload.ts';
import type { IpSet } from '../../space/ip-set.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { kindTowardsNodes, kindTowardsOutside, kindTowardsPods, type Part, type Passage } from './alike-members.ts';
import { type ClaimMatrix, outsideContacts, partyOf } from './claim-matrix.ts';
import { doubtOf, type Tally } from './judge.ts';
import { type BoundZone, type Member, partyTitle } from './member.ts';
import { MemberPairs } from './member-pairs.ts';
import { nodesFor, nodeTitle } from './nodes.ts';
import { clientPorts, peerPorts } from './permitted.ts';
import { outsidePieces } from './pieces.ts';
import { representativeKind } from './representatives.ts';
import { type Beyond, beyondPermit, strangers, type Told, tell } from './strangers.ts';

/** Passages into the zone's pods that are none of its own. A pod's own node may always come in; where it is not known which that is, only what is certain counts. */
export function inwardParts(reach: ClaimMatrix, zone: BoundZone): readonly Part[] {
  const members = new Set(zone.members.map((m) => m.workload.id));
  const rankOf = (w: Workload): number => (representativeKind(w) !== null ? 7 : 2);
  const pairs = new MemberPairs(reach, zone, peerPorts);
  const fromPods = (member: Member, hosts: boolean, tally: Tally<Passage>): void =>
    strangers(reach, member, 'ingress', hosts, tally, {
      concerns: (id) => !members.has(id),
      permitted: (w) => clientPorts(w, member),
      counts: (w, found) => unlessOwnNode(found, hosts ? ownership(reach, member, w.node) : 'no'),
      rank: rankOf,
      told: (w) => toldOf(w, 0),
    });
  return [
    { kind: (m) => kindTowardsPods(reach, m, 'ingress'), passages: (member, tally) => fromPods(member, false, tally) },
    {
      kind: (m) => kindTowardsNodes(reach, m),
      passages: (member, tally) => {
        fromPods(member, true, tally);
        fromNodes(reach, member, tally);
      },
    },
    { kind: (m) => kindTowardsOutside(reach, m, 'ingress'), passages: (member, tally) => fromBlocks(reach, member, tally) },
    {
      kind: () => null,
      passages: (member, tally) => {
        pairs.dialling(member, ({ member: far, place }, found) => {
          const w = far.workload;
          const counted = unlessOwnNode(found, w.hostNetwork ? ownership(reach, member, w.node) : 'no');
          tell(tally, counted, { rank: rankOf(w), doubt: doubtOf(w), place }, () => toldOf(w, far === member ? 1 : 0));
        });
      },
    },
  ];
}

function ownership(reach: ClaimMatrix, { workload }: Member, node: string | null): 'yes' | 'no' | 'maybe' {
  return isOwnNode(reach.snapshot, { kind: 'pod', workload, labels: workload.labels }, node).is;
}

function unlessOwnNode(found: Beyond, own: 'yes' | 'no' | 'maybe'): Beyond {
  return own === 'yes' || (own === 'maybe' && found?.certain === false) ? null : found;
}

function toldOf(w: Workload, replica: number): Told {
  return { far: { kind: 'pod', workload: w.id, replica }, destination: null, story: (m, port) => `${partyTitle(w)} reaches ${m.title} on ${port}` };
}

function fromNodes(reach: ClaimMatrix, member: Member, tally: Tally<Passage>): void {
  for (const node of nodesFor(reach, member)) {
    const far = { kind: 'node', node } as const;
    const found = unlessOwnNode(beyondPermit(reach, [far, partyOf(member.workload)], TransportSet.empty), ownership(reach, member, node));
    tell(tally, found, { rank: 4 }, () => ({ far, destination: null, story: (m, port) => `${nodeTitle(node)} reaches ${m.title} on ${port}` }));
  }
}

const noCuts: readonly IpSet[] = [];

function fromBlocks(reach: ClaimMatrix, member: Member, tally: Tally<Passage>): void {
  for (const piece of outsidePieces(outsideContacts(reach, member.workload, 'ingress'), noCuts))
    tell(tally, beyondPermit(reach, [piece.party, partyOf(member.workload)], TransportSet.empty), { rank: piece.rank + 1 }, () => ({
      far: { kind: 'address', ip: piece.address },
      destination: null,
      story: (m, port) => `${piece.title} reaches ${m.title} on ${port}`,
    }));
}
