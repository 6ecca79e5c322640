import { cidrSet } from '../../engine/addresses.ts';
import { type Directory, directoryOf } from '../../engine/directory.ts';
import { nodesByWord } from '../../engine/lookups.ts';
import { matchNamespace } from '../../engine/namespaces.ts';
import type { ReachParty } from '../../engine/reach.ts';
import { within } from '../../kernel/origin.ts';
import type { ClaimResult } from '../../model/claim.ts';
import { matchLabels, selects } from '../../model/labels.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';
import { type IpSet, ipIntersect, ipIsEmpty } from '../../space/ip-set.ts';
import { TransportSet } from '../../space/transport-set.ts';
import type { ProtectedIntent } from '../../spec/intents.ts';
import type { ProtectedZone } from '../../spec/zone.ts';
import { excessesOf, kindTowardsNodes, kindTowardsOutside, kindTowardsPods, type Part, type Passage } from './alike-members.ts';
import { type ClaimMatrix, othersOf, outsideContacts, partyOf } from './claim-matrix.ts';
import { safetyClaim, type Tally } from './judge.ts';
import { addressesTaken, nodeLiesIn, podLiesIn } from './lies-in.ts';
import { type BoundZone, type Member, partyTitle } from './member.ts';
import { nodesFor, nodeTitle } from './nodes.ts';
import { outsidePieces, type Piece } from './pieces.ts';
import { representativeKind } from './representatives.ts';
import { beyondPermit, strangers, tell } from './strangers.ts';

/** One claim for each protected zone. */
export function protectedClaims(reach: ClaimMatrix, zone: BoundZone): readonly ClaimResult[] {
  return zone.intents.protected.map((target) => protectedClaim(reach, zone, target));
}

/** Nothing of a protected zone can be reached: its pods, its addresses, nodes among its addresses, and the node ports that lead to its pods. */
function protectedClaim(reach: ClaimMatrix, zone: BoundZone, target: ProtectedIntent): ClaimResult {
  const blocks = cidrSet(target.cidrs);
  const members = new Set(zone.members.map((m) => m.workload.id));
  const whereabouts = { ranges: reach.snapshot.ranges, nodes: directoryOf(reach.snapshot).nodes };
  const inside = inQuestion(reach.snapshot, target, blocks)
    .filter((w) => w.lifecycle !== 'finished' && !members.has(w.id))
    .map((w) => ({ w, is: isProtected(reach.snapshot, target, blocks, w) }))
    .filter(({ is }) => is !== 'no');
  const real = inside.filter(({ w }) => representativeKind(w) === null).length;
  const pieces = piecesIn(othersOf(reach), target, blocks);
  const nodePorts = portsOnNodes(
    reach.snapshot,
    inside.map(({ w }) => w),
  );
  const certainty = new Map(inside.map(({ w, is }) => [w.id, is]));
  const rankOf = (member: Member, w: Workload): number => (member.representative !== null || representativeKind(w) !== null ? 2 : 1);
  const toPods = (member: Member, hosts: boolean, tally: Tally<Passage>): void =>
    strangers(reach, member, 'egress', hosts, tally, {
      concerns: (id) => certainty.has(id),
      permitted: () => TransportSet.empty,
      counts: (w, { ports, certain }) => ({ ports, certain: certain && certainty.get(w.id) === 'yes' }),
      rank: (w) => rankOf(member, w),
      told: (w) => ({
        far: { kind: 'pod', workload: w.id, replica: 0 },
        destination: w,
        story: (m, port) => `${m.title} reaches ${partyTitle(w)} in protected zone ${target.name} on ${port}`,
      }),
    });
  const add = (
    member: Member,
    tally: Tally<Passage>,
    to: ReachParty,
    ports: TransportSet,
    certain: boolean,
    told: Pick<Passage, 'far' | 'rank' | 'story'>,
  ): void => {
    const found = beyondPermit(reach, [partyOf(member.workload), to], ports.complement());
    tell(tally, found === null ? null : { ports: found.ports, certain: found.certain && certain }, told, () => ({ ...told, destination: null }));
  };
  const parts: readonly Part[] = [
    { kind: (m) => kindTowardsPods(reach, m, 'egress'), passages: (member, tally) => toPods(member, false, tally) },
    {
      kind: (m) => kindTowardsNodes(reach, m),
      passages: (member, tally) => {
        toPods(member, true, tally);
        for (const node of nodesFor(reach, member)) {
          const own = nodeLiesIn(whereabouts, node, blocks);
          const far = { kind: 'node', node } as const;
          if (own !== 'no')
            add(member, tally, far, TransportSet.full, own === 'yes', {
              far,
              rank: 4,
              story: (m, port) => `${m.title} reaches ${nodeTitle(node)}, which lies in protected zone ${target.name}, on ${port}`,
            });
          else if (!nodePorts.isEmpty)
            add(member, tally, far, nodePorts, true, {
              far,
              rank: 5,
              story: (m, port) => `${m.title} reaches ${port} of ${nodeTitle(node)}, which leads to a pod of protected zone ${target.name}`,
            });
        }
      },
    },
    {
      kind: (m) => kindTowardsOutside(reach, m, 'egress'),
      passages: (member, tally) => {
        const near = new Set(pieces.length === 0 ? [] : outsideContacts(reach, member.workload, 'egress'));
        for (const { party, address: ip } of pieces.filter((p) => near.has(p.party)))
          add(member, tally, party, TransportSet.full, true, {
            far: { kind: 'address', ip },
            rank: 3,
            story: (m, port) => `${m.title} reaches ${ip}, an address of protected zone ${target.name}, on ${port}`,
          });
      },
    },
  ];
  const result = safetyClaim(reach, excessesOf(reach, 'egress', zone.members, parts), {
    id: `safety/protected-unreachable/${target.name}`,
    title: `training cannot reach protected zone ${target.name}`,
    evidence: [
      `${real} workload${real === 1 ? '' : 's'}${target.cidrs.length > 0 ? ` and ${target.cidrs.join(', ')}` : ''} in ${target.name}, tried from ${zone.members.length} sorts of training pod`,
      ...(target.cidrs.length > 0 ? addressesTaken(reach.snapshot.ranges) : []),
    ],
    fix: 'remove or narrow the egress rule that the packet used',
    origin: within(zone.loaded.origin, ...target.path),
  });
  if (real > 0 || target.namespaces === null || result.status !== 'holds') return result;
  return {
    ...result,
    status: 'undecided',
    reasons: [`no workload of the input lives in a namespace of ${target.name}: give its workloads and Namespace objects`],
    fix: 'give the manifests of the protected namespaces',
  };
}

const inBlocks = new WeakMap<ProtectedIntent, { readonly cuts: readonly IpSet[]; readonly known: WeakMap<readonly ReachParty[], readonly Piece[]> }>();

/** Pieces of the outside that lie in the blocks, found once for as long as the outside stays. Cuts are one list for good, so that each party is cut once. */
function piecesIn(others: readonly ReachParty[], target: ProtectedIntent, blocks: IpSet): readonly Piece[] {
  if (ipIsEmpty(blocks)) return [];
  const { cuts, known } = inBlocks.get(target) ?? { cuts: [blocks], known: new WeakMap<readonly ReachParty[], readonly Piece[]>() };
  inBlocks.set(target, { cuts, known });
  const found = known.get(others) ?? outsidePieces(others, cuts).filter((p) => !ipIsEmpty(ipIntersect(p.addresses, blocks)));
  known.set(others, found);
  return found;
}

/** Workloads among which are all of the protected zone: those of its namespaces, and those whose addresses may lie in its blocks. */
function inQuestion(snapshot: Snapshot, target: ProtectedIntent, blocks: IpSet): readonly Workload[] {
  const directory = directoryOf(snapshot);
  const addressed = ipIsEmpty(blocks) ? [] : directory.passing(addressTest(snapshot, directory, target, blocks));
  if (target.namespaces === null) return addressed;
  const names = protectedNamespaces(snapshot, target);
  return directory.inOrder(new Set([...names.flatMap((n) => directory.inNamespace(n)), ...addressed].map((w) => w.id)));
}

/** Namespaces that are protected by name, or by labels that they have or may have. */
export function protectedNamespaces(snapshot: Snapshot, { namespaces }: Pick<ProtectedZone, 'namespaces'>): readonly string[] {
  if (namespaces === null) return [];
  if ('names' in namespaces) return namespaces.names;
  const match = { kind: 'labelled' as const, selector: matchLabels(namespaces.labels) };
  return [...snapshot.namespaces.keys()].filter((n) => matchNamespace(snapshot, match, n).is !== 'no');
}

type Test = (workload: Workload) => boolean;

const tests = new WeakMap<ProtectedIntent, WeakMap<Snapshot['ranges'], WeakMap<Directory['nodes'], Test>>>();

/** Whether a workload may have an address in the blocks, as one function for as long as ranges and nodes stay: who passes is kept with it. */
function addressTest({ ranges }: Snapshot, { nodes }: Directory, target: ProtectedIntent, blocks: IpSet): Test {
  const ofRanges = tests.get(target) ?? new WeakMap<Snapshot['ranges'], WeakMap<Directory['nodes'], Test>>();
  tests.set(target, ofRanges);
  const ofNodes = ofRanges.get(ranges) ?? new WeakMap<Directory['nodes'], Test>();
  ofRanges.set(ranges, ofNodes);
  const test = ofNodes.get(nodes) ?? ((w) => podLiesIn({ ranges, nodes }, w, blocks) !== 'no');
  ofNodes.set(nodes, test);
  return test;
}

/** Does this workload belong to the protected zone? Labels of implied namespaces are not known, nor addresses that neither pods nor ranges tell. */
export function isProtected(snapshot: Snapshot, target: ProtectedIntent, blocks: IpSet, workload: Workload): 'yes' | 'no' | 'maybe' {
  const byAddress = podLiesIn({ ranges: snapshot.ranges, nodes: nodesByWord(snapshot.nodes) }, workload, blocks);
  if (byAddress === 'yes' || target.namespaces === null) return byAddress;
  if ('names' in target.namespaces) return target.namespaces.names.includes(workload.namespace) ? 'yes' : byAddress;
  const byLabels = matchNamespace(snapshot, { kind: 'labelled', selector: matchLabels(target.namespaces.labels) }, workload.namespace).is;
  return byLabels === 'no' ? byAddress : byLabels;
}

/** Ports on which any node hands traffic to one of these workloads: node ports of their Services, and host ports of their containers. */
function portsOnNodes(snapshot: Snapshot, workloads: readonly Workload[]): TransportSet {
  const hostPorts = workloads.flatMap((w) => w.ports.flatMap((p) => (p.hostPort === null ? [] : [TransportSet.of(p.protocol, [[p.hostPort, p.hostPort]])])));
  const nodePorts = snapshot.services
    .filter((s) => s.selector !== null && workloads.some((w) => w.namespace === s.namespace && selects(s.selector ?? { requirements: [] }, w.labels)))
    .flatMap((s) => s.ports.flatMap((p) => (p.nodePort === null ? [] : [TransportSet.of(p.protocol, [[p.nodePort, p.nodePort]])])));
  return TransportSet.unionAll([...hostPorts, ...nodePorts]);
}
