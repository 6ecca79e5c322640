import { isOwnNode } from '../../engine/match.ts';
import { namesOf } from '../../engine/name-parties.ts';
import { kept } from '../../kernel/memo.ts';
import type { NameMatch, Policy } from '../../model/policy.ts';
import type { Workload } from '../../model/workload.ts';
import { ipIntersect, ipIsEmpty } from '../../space/ip-set.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { kindTowardsNodes, kindTowardsOutside, kindTowardsPods, type Part, type Passage } from './alike-members.ts';
import { type ClaimMatrix, othersOf, outsideContacts, partyOf } from './claim-matrix.ts';
import { doubtOf, type Tally } from './judge.ts';
import { type BoundZone, type Member, partyTitle } from './member.ts';
import { MemberPairs } from './member-pairs.ts';
import { nodesFor, nodeTitle } from './nodes.ts';
import { type Permit, permitOf } from './permitted.ts';
import { outsidePieces } from './pieces.ts';
import { representativeKind } from './representatives.ts';
import { beyondPermit, strangers, type Told, tell } from './strangers.ts';

/** Passages out of the zone's pods that it does not name. */
export function outwardParts(reach: ClaimMatrix, zone: BoundZone): readonly Part[] {
  const members = new Map(zone.members.map((m) => [m.workload.id, m]));
  const known = new Map<Member, Permit>();
  const permit = (member: Member): Permit => kept(known, member, () => permitOf(member, members));
  const rankOf = (w: Workload): number => (representativeKind(w) !== null ? 7 : 2);
  const pairs = new MemberPairs(reach, zone, (a, b) => permit(a).toWorkload(b.workload));
  const toPods = (member: Member, hosts: boolean, tally: Tally<Passage>): void => {
    const { toWorkload } = permit(member);
    strangers(reach, member, 'egress', hosts, tally, {
      concerns: (id) => !members.has(id),
      permitted: toWorkload,
      counts: (_, found) => found,
      rank: rankOf,
      told: (w) => toldOf(w, 0),
    });
  };
  return [
    { kind: (m) => kindTowardsPods(reach, m, 'egress'), passages: (member, tally) => toPods(member, false, tally) },
    {
      kind: (m) => kindTowardsNodes(reach, m),
      passages: (member, tally) => {
        toPods(member, true, tally);
        toNodes(reach, permit(member), member, tally);
      },
    },
    {
      kind: (m) => kindTowardsOutside(reach, m, 'egress'),
      passages: (member, tally) => {
        toNames(reach, permit(member), member, tally);
        toBlocks(reach, permit(member), member, tally);
      },
    },
    {
      kind: () => null,
      passages: (member, tally) => {
        pairs.dialledBy(member, ({ member: far, place }, found) => {
          const w = far.workload;
          tell(tally, found, { rank: far.representative !== null ? 7 : 6, doubt: doubtOf(w), place }, () => toldOf(w, far === member ? 1 : 0));
        });
      },
    },
  ];
}

function toldOf(w: Workload, replica: number): Told {
  return {
    far: { kind: 'pod', workload: w.id, replica },
    destination: w,
    story: (m, port) => `${m.title} reaches ${partyTitle(w)} on ${port}${w.hostNetwork ? ' (host network)' : ''}`,
  };
}

function toNodes(reach: ClaimMatrix, { ownNode }: Permit, member: Member, tally: Tally<Passage>): void {
  const { workload } = member;
  for (const node of nodesFor(reach, member)) {
    const own = isOwnNode(reach.snapshot, { kind: 'pod', workload, labels: workload.labels }, node).is;
    const far = { kind: 'node', node } as const;
    tell(tally, beyondPermit(reach, [partyOf(workload), far], own === 'no' ? TransportSet.empty : ownNode), { rank: 3 }, () => ({
      far,
      destination: null,
      story: (m, port) => `${m.title} reaches ${nodeTitle(node)} on ${port}`,
    }));
  }
}

function toNames(reach: ClaimMatrix, permit: Permit, member: Member, tally: Tally<Passage>): void {
  for (const party of othersOf(reach)) {
    if (party.kind !== 'name') continue;
    const { name, pattern } = party;
    const permitted = permit.toName(name, pattern === undefined ? [] : patternsCalled(reach.snapshot.policies, pattern));
    tell(tally, beyondPermit(reach, [partyOf(member.workload), party], permitted), { rank: 5 }, () => ({
      far: { kind: 'name', name },
      destination: null,
      story: (m, port) => `${m.title} reaches ${pattern === undefined ? name : `${name} (a rule admits ${pattern})`} on ${port}`,
    }));
  }
}

function toBlocks(reach: ClaimMatrix, { addresses, cuts }: Permit, member: Member, tally: Tally<Passage>): void {
  for (const piece of outsidePieces(outsideContacts(reach, member.workload, 'egress'), cuts)) {
    const permitting = addresses.filter((a) => !ipIsEmpty(ipIntersect(a.set, piece.addresses)));
    const permitted = permitting.length === 0 ? TransportSet.empty : TransportSet.unionAll(permitting.map((a) => a.ports));
    tell(tally, beyondPermit(reach, [partyOf(member.workload), piece.party], permitted), { rank: piece.rank }, () => ({
      far: { kind: 'address', ip: piece.address },
      destination: null,
      story: (m, port) => `${m.title} reaches ${piece.title} on ${port}`,
    }));
  }
}

const patterns = new WeakMap<readonly Policy[], Map<string, NameMatch[]>>();

/** Patterns of rules that are written so; languages may mean different names by one text, and then all of them count. */
function patternsCalled(policies: readonly Policy[], text: string): readonly NameMatch[] {
  let byText = patterns.get(policies);
  if (byText === undefined) {
    byText = new Map();
    for (const match of policies.flatMap((p) => p.rules.flatMap((r) => (r.peers ?? []).flatMap(namesOf))))
      if (match.kind === 'pattern') kept(byText, match.text, () => []).push(match);
    patterns.set(policies, byText);
  }
  return byText.get(text) ?? [];
}
