import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { followDirectory } from '../src/engine/directory.ts';
import { profiles } from '../src/engine/profiles.ts';
import { type Reachability, type ReachParty, reach } from '../src/engine/reach.ts';
import { seenBy } from '../src/engine/seen-by.ts';
import { type Change, changed } from '../src/model/change.ts';
import { everything, matchLabels } from '../src/model/labels.ts';
import { type NamespaceMatch, type Peer, type PodMatch, type Policy, tiers } from '../src/model/policy.ts';
import type { Profile } from '../src/model/profile.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import type { Workload } from '../src/model/workload.ts';
import { partyText } from './agreement.ts';
import { answersOf, contactsOf, misfits, uncovered } from './answers.ts';
import { arbitraryAntreaPolicy } from './arbitrary-antrea-policy.ts';
import { arbitraryBatches, changeOf, sortOf } from './arbitrary-change.ts';
import { arbitraryCluster } from './arbitrary-cluster.ts';
import { arbitraryClusterPolicy } from './arbitrary-cluster-policy.ts';
import { amongNetworks } from './arbitrary-networks.ts';
import { settings, withConfig } from './cilium-settings.ts';
import { rectangleFaults } from './rectangle-faults.ts';
import { trials } from './runs.ts';

/** A profile, with the settings of its CNI where some are given. */
interface Base {
  readonly name: string;
  readonly profile: Profile;
  readonly data: Readonly<Record<string, string>> | null;
}

/** Each profile, some with settings, and readings that none of them has: what pods' addresses decide has a path of its own. */
const bases: readonly Base[] = [
  ...profiles.map((profile): Base => ({ name: profile.id, profile, data: null })),
  ...settings.slice(0, 3).map((data): Base => ({ name: `cilium@1.20 with ${JSON.stringify(data)}`, profile: named('cilium@1.20'), data })),
  {
    name: 'a made-up profile in which addresses matter',
    profile: { ...named('kubernetes'), id: 'made-up-addresses', cidrMatchesPods: 'yes', cidrMatchesNodes: 'yes', ownNodeReachesPod: 'unknown' },
    data: null,
  },
];

function named(id: string): Profile {
  return profiles.find((p) => p.id === id) ?? expect.fail();
}

const labelledNamespaces: fc.Arbitrary<NamespaceMatch> = fc
  .record({ key: fc.constantFrom('env', 'team'), value: fc.constantFrom('a', 'b') })
  .map(({ key, value }) => ({ kind: 'labelled', selector: matchLabels({ [key]: value }) }));

function allPodsOf(namespaces: NamespaceMatch): PodMatch {
  return { namespaces, pods: everything, serviceAccounts: null };
}

/** A policy that hangs on little: who it is about on labels of namespaces, whom it lets pass on those, on labels of nodes, or on one block. In a language that the CNI enforces. */
function arbitraryTelling(index: number, profile: Profile): fc.Arbitrary<Policy> {
  const cilium = profile.enforces.includes('cilium');
  const peer: fc.Arbitrary<Peer> = fc.oneof(
    fc.constantFrom('gpu', 'cpu').map((role): Peer => ({ kind: 'nodes', selector: matchLabels({ role }) })),
    fc.constantFrom('10.1.0.0/16', '10.0.0.0/8', '8.8.8.8/32', '192.168.1.0/24').map((cidr): Peer => ({ kind: 'cidr', cidr, except: [] })),
    labelledNamespaces.map((namespaces): Peer => ({ kind: 'pods', match: allPodsOf(namespaces) })),
    fc.tuple(labelledNamespaces, fc.constantFrom('ml', 'prod', 'edge')).map(
      ([labelled, name]): Peer => ({
        kind: 'all-of',
        peers: [labelled, { kind: 'named' as const, name }].map((namespaces): Peer => ({ kind: 'pods', match: allPodsOf(namespaces) })),
      }),
    ),
  );
  const subject = fc.oneof(fc.constant<NamespaceMatch>({ kind: 'labelled', selector: everything }), labelledNamespaces);
  return fc
    .record({ direction: fc.constantFrom('ingress' as const, 'egress' as const), peer, subject, policy: arbitraryClusterPolicy(index) })
    .map(({ direction, peer, subject, policy }): Policy => {
      const kind = cilium ? 'CiliumClusterwideNetworkPolicy' : 'NetworkPolicy';
      return {
        ...policy,
        id: `${kind} ${policy.name}`,
        dialect: cilium ? 'cilium' : 'kubernetes',
        kind,
        tier: tiers.normal,
        order: 0,
        evaluation: 'deny-wins',
        subject: { kind: 'pods', match: allPodsOf(subject) },
        isolates: { ingress: direction === 'ingress', egress: direction === 'egress' },
        rules: [{ direction, action: 'allow', peers: [peer], ports: null, application: null, origin: policy.origin }],
      };
    });
}

/** Policies of the whole cluster, in the languages that have them. */
function arbitraryWide(index: number, profile: Profile): fc.Arbitrary<Policy> {
  const ofKubernetes = fc
    .tuple(arbitraryClusterPolicy(index), fc.constantFrom('ClusterNetworkPolicy', 'AdminNetworkPolicy'))
    .map(([policy, kind]): Policy => ({ ...policy, kind, id: `${kind} ${policy.name}` }));
  return fc.oneof(
    { weight: 4, arbitrary: ofKubernetes },
    { weight: profile.enforces.includes('antrea') ? 6 : 1, arbitrary: arbitraryAntreaPolicy(index) },
    { weight: 4, arbitrary: arbitraryTelling(index, profile) },
  );
}

/** What tells two workloads apart once some rule speaks of it. */
const twinParts = ['labels', 'ports', 'serviceAccount', 'ips', 'perPodLabels'] as const;

/** The first two workloads alike in all but one thing, if any. */
function withTwin(workloads: readonly Workload[], part: (typeof twinParts)[number] | null): readonly Workload[] {
  const [one, other, ...others] = workloads;
  if (part === null || one === undefined || other === undefined) return workloads;
  return [one, { ...one, id: other.id, name: other.name, [part]: other[part] }, ...others];
}

/** Clusters with policies of namespaces and of the cluster, many hostNetwork pods, twins, and perhaps a namespace of which there is no object; among primary networks or not. */
function arbitraryPlain(profile: Profile): fc.Arbitrary<Snapshot> {
  return fc
    .record({
      snapshot: arbitraryCluster({ cilium: true, maxPolicies: 3 }),
      wide: fc.integer({ min: 0, max: 2 }).chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => arbitraryWide(i, profile)))),
      hosts: fc.constantFrom(null, 0, 1),
      twin: fc.constantFrom(...twinParts, null),
      missing: fc.subarray(['prod', 'edge'], { maxLength: 1 }),
    })
    .map(({ snapshot, wide, hosts, twin, missing }) => ({
      ...snapshot,
      policies: [...snapshot.policies, ...(wide as readonly Policy[])],
      workloads: withTwin(
        snapshot.workloads.map((w, i) => (i === hosts ? { ...w, hostNetwork: true } : w)),
        twin,
      ),
      namespaces: new Map([...snapshot.namespaces].filter(([name]) => !missing.includes(name))),
    }));
}

function arbitraryFor(profile: Profile): fc.Arbitrary<Snapshot> {
  const plain = arbitraryPlain(profile);
  return fc.oneof({ weight: 3, arbitrary: plain }, { weight: 1, arbitrary: amongNetworks(plain) });
}

/** A cluster, and the pool that new things come from, as the CNI sees them: settings make one thing of all policies, so they are seen together. */
function seenTogether(start: Snapshot, from: Snapshot, base: Profile): { first: Snapshot; pool: Snapshot; profile: Profile } {
  const mark = 'new-';
  const coming = from.policies.map((p) => ({ ...p, id: `${p.id} to come`, name: `${mark}${p.name}` }));
  const { snapshot, profile } = seenBy({ ...start, policies: [...start.policies, ...coming] }, base);
  const isNew = (p: Policy): boolean => p.name.startsWith(mark);
  return {
    first: { ...snapshot, policies: snapshot.policies.filter((p) => !isNew(p)) },
    pool: { ...from, policies: snapshot.policies.filter(isNew) },
    profile,
  };
}

/** How many changes of a sort there were, and how many were followed. */
type Counts = Map<string, { all: number; followed: number }>;

function count(counts: Counts, batch: readonly Change[], followed: boolean): void {
  for (const change of batch) {
    const so = counts.get(sortOf(change)) ?? { all: 0, followed: 0 };
    counts.set(sortOf(change), { all: so.all + 1, followed: so.followed + (followed ? 1 : 0) });
  }
}

/** Sorts of changes that are seldom or never followed: what a law says of following them says nothing. */
function seldom(counts: Counts): string[] {
  const kinds = ['policy', 'cluster policy', 'workload', 'namespace'].flatMap((kind) => ['comes', 'goes', 'changes'].map((how) => `a ${kind} ${how}`));
  return kinds.flatMap((sort) => {
    const { all, followed } = counts.get(sort) ?? { all: 0, followed: 0 };
    return followed < 5 || followed < all / 4 ? [`${sort}: ${followed} of ${all}`] : [];
  });
}

describe('a solved snapshot that follows changes', () => {
  for (const [variant, { name, profile: base, data }] of bases.entries())
    test(`says what one solved anew says, and whose answers were touched, under ${name}`, () => {
      const counts: Counts = new Map();
      fc.assert(
        fc.property(arbitraryFor(base), arbitraryFor(base), arbitraryBatches(8), (start, from, batches) => {
          const { first, pool, profile } = seenTogether(data === null ? start : withConfig(start, data), from, base);
          let snapshot = first;
          let following = reach(snapshot, profile);
          let answers = answersOf(following);
          for (const [round, steps] of batches.entries()) {
            let next = snapshot;
            const batch: Change[] = [];
            for (const [i, step] of steps.entries()) {
              const change = changeOf(next, pool, step, round * 10 + i);
              if (change === null) continue;
              batch.push(change);
              next = changed(next, change);
            }
            followDirectory(snapshot, next, batch);
            const impact = following.apply(batch, next);
            count(counts, batch, impact !== null);
            if (impact === null) following = reach(next, profile);
            snapshot = next;
            const fresh = reach({ ...next }, profile);
            const now = answersOf(fresh);
            expect(misfits(answersOf(following), now)).toEqual([]);
            expect(strays(following, next)).toEqual([]);
            expect(rectangleFaults(following)).toEqual([]);
            if (impact !== null) expect(uncovered(impact, answers, answersOf(following))).toEqual([]);
            answers = answersOf(following);
          }
        }),
        trials(100, variant),
      );
      expect(seldom(counts)).toEqual([]);
    });
});

/** Members of classes that do not live in the snapshot, or are counted otherwise than they are. */
function strays({ classes }: Reachability, { workloads }: Snapshot): string[] {
  const live = new Map(workloads.filter((w) => w.lifecycle !== 'finished').map((w) => [w.id, w]));
  const gone = classes.flatMap((c) => c.workloads.filter((id, i) => !live.has(id) || c.workloads.indexOf(id) !== i));
  const pods = classes.reduce((sum, c) => sum + c.pods, 0);
  const wanted = [...live.values()].reduce((sum, w) => sum + w.replicas, 0);
  return [...gone, ...(pods === wanted ? [] : [`${pods} pods in classes, ${wanted} in the snapshot`])];
}

describe('contacts are all that a workload can exchange anything with', () => {
  test.each(bases)('under $name', ({ profile: base, data }) => {
    fc.assert(
      fc.property(arbitraryFor(base), (cluster) => {
        const { snapshot, profile } = seenBy(data === null ? cluster : withConfig(cluster, data), base);
        const solved = reach(snapshot, profile);
        const missed = pairs(solved, workloadsOf(solved)).flatMap(([from, to]) => {
          const flow = solved.between(from, to);
          if (flow.allowed.isEmpty && flow.unknown.isEmpty) return [];
          return contactsOf(solved, from.id, 'egress').has(to.id) && contactsOf(solved, to.id, 'ingress').has(from.id)
            ? []
            : [`${partyText(from)} -> ${partyText(to)}`];
        });
        const outside = solved.parties.filter((p) => p.kind === 'external');
        const missedOutside = pairs(solved, outside).flatMap(([pod, block]) =>
          (['egress', 'ingress'] as const).flatMap((d) => {
            const flow = d === 'egress' ? solved.between(pod, block) : solved.between(block, pod);
            const said = (flow.allowed.isEmpty && flow.unknown.isEmpty) || solved.contactsOutside(pod.id, d).has(block);
            return said ? [] : [`${d} ${partyText(pod)}, ${partyText(block)}`];
          }),
        );
        expect([...missed, ...missedOutside]).toEqual([]);
      }),
      trials(60),
    );
  });
});

type WorkloadParty = Extract<ReachParty, { kind: 'workload' }>;

function pairs<T extends ReachParty>(solved: Reachability, others: readonly T[]): (readonly [WorkloadParty, T])[] {
  return workloadsOf(solved).flatMap((from) => others.map((to) => [from, to] as const));
}

function workloadsOf(solved: Reachability): readonly WorkloadParty[] {
  return solved.parties.filter((p) => p.kind === 'workload');
}
