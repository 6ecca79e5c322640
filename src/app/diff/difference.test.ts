import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { combine, pairsOf } from '../../../laws/agreement.ts';
import { arbitraryCluster } from '../../../laws/arbitrary-cluster.ts';
import { trials } from '../../../laws/runs.ts';
import { decide } from '../../engine/decide.ts';
import { profiles } from '../../engine/profiles.ts';
import { reach } from '../../engine/reach.ts';
import { seenBy } from '../../engine/seen-by.ts';
import { type FlowState, isSame } from '../../model/diff-report.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Endpoint } from '../../model/verdict.ts';
import { ipHas, parseIp } from '../../space/ip-set.ts';
import type { Protocol } from '../../space/transport-set.ts';
import { loadSnapshot } from '../load.ts';
import { type DiffSide, diff } from './diff.ts';
import { type Difference, difference } from './difference.ts';
import type { Leaf, Member } from './leaves.ts';
import { type Split, split } from './split.ts';

const points: readonly (readonly [Protocol, number])[] = [
  ['TCP', 80],
  ['TCP', 8080],
  ['UDP', 53],
  ['ICMP', 8],
];

const state = (snapshot: Snapshot, profile: Profile, from: Endpoint, to: Endpoint, [protocol, port]: readonly [Protocol, number]): FlowState => {
  const exists = (e: Endpoint): boolean =>
    e.kind !== 'pod' || snapshot.workloads.some((w) => w.id === e.workload && e.replica < w.replicas && w.lifecycle !== 'finished');
  if (!exists(from) || !exists(to)) return 'denied';
  return combine([decide(snapshot, profile, { from, to, protocol, port }).decision], 'some');
};

/** What a difference says about one packet; null when no rectangle holds it. */
function said(
  found: Difference,
  parts: Split,
  from: Endpoint,
  to: Endpoint,
  [protocol, port]: readonly [Protocol, number],
): readonly [FlowState, FlowState] | null {
  const { leaves } = found.refinement;
  const holds = (index: number, end: Endpoint): boolean => {
    const leaf = leaves[index] as Leaf;
    switch (leaf.kind) {
      case 'pods':
        return end.kind === 'pod' && leaf.members.some((m) => m.id === end.workload && (!m.part || sliceHolds(parts, m, end.replica)));
      case 'node':
        return end.kind === 'node' && end.node === leaf.node;
      case 'addresses': {
        const ip = end.kind === 'address' ? parseIp(end.ip) : undefined;
        return ip !== undefined && ipHas(leaf.addresses, ip);
      }
      case 'name':
        return end.kind === 'name' && end.name === leaf.name;
    }
  };
  const hit = found.rectangles.filter((r) => r.ports.has(protocol, port) && r.from.some((i) => holds(i, from)) && r.to.some((i) => holds(i, to)));
  expect(hit.length).toBeLessThanOrEqual(1);
  return hit[0] === undefined ? null : [hit[0].before, hit[0].after];
}

/** Slices of the small clusters of the laws: a pod is in the slice that names its replica, and every other one in the largest. */
function sliceHolds(parts: Split, member: Member, replica: number): boolean {
  const own = [...parts.slices.values()].filter((s) => s.id === member.id);
  const exact = own.find((s) => s.replica === replica || s.second === replica) ?? own.find((s) => s.pods > 2);
  return exact?.replica === member.replica;
}

function mistakes(before: Snapshot, after: Snapshot, a: Profile, b: Profile, strict = false): string[] {
  const seen = (s: FlowState): FlowState => (strict && s === 'unknown' ? 'allowed' : s);
  const [one, two] = [
    { snapshot: before, profile: a },
    { snapshot: after, profile: b },
  ];
  const found = difference(one, two, strict);
  const parts = split(one, two);
  const out: string[] = [];
  const parties = new Map([...reach(before, a).parties, ...reach(after, b).parties].map((p, i) => [p.kind === 'external' ? `${i}` : JSON.stringify(p), p]));
  for (const from of parties.values())
    for (const to of parties.values()) {
      if (from.kind === 'name' || (from.kind !== 'workload' && to.kind !== 'workload')) continue;
      for (const [x, y] of [...pairsOf(before, from, to), ...pairsOf(after, from, to)]) {
        if ([x, y].some((end) => scaled(before, after, end) || (end.kind === 'node' && !nodeKnown(found, end.node)))) continue;
        for (const point of points) {
          const [was, is] = [seen(state(before, a, x, y, point)), seen(state(after, b, x, y, point))];
          const answer = said(found, parts, x, y, point) ?? [null, null];
          const right = was === is ? answer[0] === null : answer[0] === was && answer[1] === is;
          if (!right) out.push(`${JSON.stringify(x)} -> ${JSON.stringify(y)} ${point.join('/')}: ${was} to ${is}, diff says ${answer.join(' to ')}`);
        }
      }
    }
  return out.slice(0, 4);
}

/** A pod that only one side has, of a workload that both have: scaling is no difference. */
function scaled(before: Snapshot, after: Snapshot, end: Endpoint): boolean {
  if (end.kind !== 'pod') return false;
  const counts = [before, after].flatMap((s) => s.workloads.filter((w) => w.id === end.workload && w.lifecycle !== 'finished').map((w) => w.replicas));
  return counts.some((n) => end.replica >= n);
}

/** Nodes that only one side has come and go; they are judged where both sides have them. */
function nodeKnown(found: Difference, node: string | null): boolean {
  return found.refinement.leaves.some((l) => l.kind === 'node' && l.node === node && l.before && l.after);
}

describe('a difference is exactly what decide says twice', () => {
  const [first, last] = [profiles[0] as Profile, profiles.find((p) => p.id.startsWith('cilium')) as Profile];
  test('when policies come and go', () => {
    fc.assert(
      fc.property(arbitraryCluster({ cilium: true }), fc.nat(3), fc.nat(3), fc.constantFrom(...profiles), (snapshot, without, lacking, profile) => {
        const before = { ...snapshot, policies: snapshot.policies.filter((_, i) => i !== without) };
        const after = { ...snapshot, policies: snapshot.policies.filter((_, i) => i !== lacking) };
        expect(mistakes(before, after, profile, profile)).toEqual([]);
      }),
      trials(80),
    );
  });

  test('when workloads come and go', () => {
    fc.assert(
      fc.property(arbitraryCluster({ cilium: true }), fc.nat(3), fc.nat(3), fc.constantFrom(...profiles), (snapshot, without, lacking, profile) => {
        const before = { ...snapshot, workloads: snapshot.workloads.filter((_, i) => i !== without) };
        const after = { ...snapshot, workloads: snapshot.workloads.filter((_, i) => i !== lacking) };
        expect(mistakes(before, after, profile, profile)).toEqual([]);
      }),
      trials(60),
    );
  });

  test('between two profiles, and two clusters', () => {
    fc.assert(
      fc.property(arbitraryCluster({ cilium: true }), arbitraryCluster({ cilium: true }), fc.boolean(), (one, two, same) => {
        expect(mistakes(one, same ? one : two, first, last)).toEqual([]);
      }),
      trials(60),
    );
  });

  test('with what is unknown counted as allowed on both sides', () => {
    fc.assert(
      fc.property(arbitraryCluster({ cilium: true }), fc.nat(3), fc.constantFrom(...profiles), (snapshot, lacking, profile) => {
        const after = { ...snapshot, policies: snapshot.policies.filter((_, i) => i !== lacking) };
        expect(mistakes(snapshot, after, profile, profile, true)).toEqual([]);
        expect(mistakes(snapshot, after, first, last, true)).toEqual([]);
      }),
      trials(40),
    );
  });

  test('and nothing where nothing changed', () => {
    fc.assert(
      fc.property(arbitraryCluster({ cilium: true }), fc.constantFrom(...profiles), (snapshot, profile) => {
        const copies = [
          { snapshot: { ...snapshot }, profile },
          { snapshot, profile: { ...profile } },
        ];
        for (const copy of copies) expect(difference({ snapshot, profile }, copy)).toMatchObject({ rectangles: [], undecided: [] });
      }),
      trials(60),
    );
  });
});

describe('what is unknown on both sides', () => {
  /** The cluster as it is when the input has none of its Namespace objects. */
  const undeclared = (snapshot: Snapshot): Snapshot => ({
    ...snapshot,
    namespaces: new Map(
      [...snapshot.namespaces].map(([name, n]) => [name, { ...n, labels: { 'kubernetes.io/metadata.name': name }, annotations: {}, origin: null }]),
    ),
  });

  test('is told wherever Namespace objects could show that it differs', () => {
    fc.assert(
      fc.property(arbitraryCluster({ cilium: true }), arbitraryCluster({ cilium: true }), fc.constantFrom(...profiles), (snapshot, other, profile) => {
        const whole = [snapshot, { ...snapshot, policies: other.policies }] as const;
        const [before, after] = [undeclared(whole[0]), undeclared(whole[1])];
        const found = difference({ snapshot: before, profile }, { snapshot: after, profile });
        const parts = split({ snapshot: before, profile }, { snapshot: after, profile });
        const silent: string[] = [];
        for (const from of reach(before, profile).parties)
          for (const to of reach(after, profile).parties)
            for (const [x, y] of pairsOf(before, from, to)) {
              if (from.kind === 'name' || (from.kind !== 'workload' && to.kind !== 'workload')) continue;
              for (const point of points) {
                const [was, is] = whole.map((s) => state(s, profile, x, y, point));
                const told = said({ ...found, rectangles: [...found.rectangles, ...found.undecided] }, parts, x, y, point);
                if (was !== is && told === null) silent.push(`${JSON.stringify(x)} -> ${JSON.stringify(y)} ${point.join('/')}: ${was} to ${is}`);
              }
            }
        expect(silent.slice(0, 4)).toEqual([]);
      }),
      trials(80),
    );
  });

  const pod = (namespace: string): string => `apiVersion: v1
kind: Pod
metadata: {name: ${namespace}, namespace: ${namespace}, labels: {app: ${namespace}}}
spec: {containers: [{name: c, image: x}]}
---
`;
  const policy = (rules: string): string => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: data}
spec: {podSelector: {}, policyTypes: [Ingress], ingress: [${rules}]}
---
`;
  const team = (name: string, port = ''): string => `{from: [{namespaceSelector: {matchLabels: {team: ${name}}}}]${port}}`;
  const undecided = (before: string, after: string): string[] => {
    const [b, a] = [before, after].map((text) => ({
      title: 'x',
      ...seenBy(loadSnapshot([{ file: 'a.yaml', text: pod('data') + pod('web') + text }]).snapshot, profiles.find((p) => p.id === 'kubernetes') as Profile),
    })) as [DiffSide, DiffSide];
    const report = diff(b, a);
    expect(report.changes).toEqual([]);
    expect(isSame(report)).toBe(report.undecided.length === 0);
    return report.undecided.map((u) => `${u.from.summary} to ${u.to.summary} on ${u.ports}`);
  };

  test.each([
    [
      'a selector that is another',
      policy(`${team('a')}, ${team('b')}`),
      policy(`${team('zz')}, ${team('b')}`),
      ['web/web[Pod] to data/data[Pod] on all TCP; all UDP; all SCTP'],
    ],
    ['the same rules in another order', policy(`${team('a')}, ${team('b')}`), policy(`${team('b')}, ${team('a')}`), []],
    [
      'a rule on other ports',
      policy(`${team('a', ', ports: [{port: 80}]')}, ${team('b')}`),
      policy(`${team('a', ', ports: [{port: 81}]')}, ${team('b')}`),
      ['web/web[Pod] to data/data[Pod] on TCP 80-81'],
    ],
    ['a rule for others', policy(team('a')), policy(`${team('a')}, {from: [{podSelector: {matchLabels: {app: cache}}}]}`), []],
    [
      'a policy about others',
      policy(team('a')),
      policy(team('a')) + policy(team('b')).replace('podSelector: {}', 'podSelector: {matchLabels: {app: cache}}').replace('name: db', 'name: cache'),
      [],
    ],
    ['default deny beside it', policy(team('a')), policy(team('a')) + policy('').replace('name: db', 'name: deny'), []],
  ])('is told or not: %s', (_, before, after, expected) => {
    expect(undecided(before, after)).toEqual(expected);
    expect(undecided(after, before)).toEqual(expected);
  });
});

test('a pod of which no node is told stands apart from one that is on another node, towards that node', () => {
  const pods = ['w0, namespace: ml}\nspec: {nodeName: n9', 'w1, namespace: ml}\nspec: {', 'w3, namespace: ml}\nspec: {nodeName: n1, hostNetwork: true']
    .map((one) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${one}${one.endsWith('{') ? '' : ', '}containers: [{name: c, image: x}]}\n---\n`)
    .join('');
  const policies = `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: p0, namespace: ml}
spec: {endpointSelector: {}, enableDefaultDeny: {egress: false}, egress: [{toEntities: [remote-node]}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p2, namespace: ml}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
`;
  const [before, after] = [pods + policies, pods].map((text) => ({
    title: 'x',
    ...seenBy(loadSnapshot([{ file: 'a.yaml', text }]).snapshot, profiles.find((p) => p.id === 'cilium@1.19') as Profile),
  })) as [DiffSide, DiffSide];
  const toNode = diff(before, after).changes.filter((change) => change.to.summary.includes('node n1'));
  expect(toNode.map((change) => `${change.from.summary}: ${change.before} then ${change.after}`)).toEqual(['ml/w1[Pod]: unknown then allowed']);
});
