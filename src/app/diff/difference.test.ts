import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { combine, pairsOf } from '../../../laws/agreement.ts';
import { arbitraryCluster } from '../../../laws/arbitrary-cluster.ts';
import { trials } from '../../../laws/runs.ts';
import { decide } from '../../engine/decide.ts';
import { profiles } from '../../engine/profiles.ts';
import { reach } from '../../engine/reach.ts';
import type { FlowState } from '../../model/diff-report.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Endpoint } from '../../model/verdict.ts';
import { ipHas, parseIp } from '../../space/ip-set.ts';
import type { Protocol } from '../../space/transport-set.ts';
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
        expect(difference({ snapshot, profile }, { snapshot: { ...snapshot }, profile }).rectangles).toEqual([]);
        expect(difference({ snapshot, profile }, { snapshot, profile: { ...profile } }).rectangles).toEqual([]);
      }),
      trials(60),
    );
  });
});
