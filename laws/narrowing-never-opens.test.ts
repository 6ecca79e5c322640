import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { profiles } from '../src/engine/profiles.ts';
import { type Reachability, reach } from '../src/engine/reach.ts';
import type { Policy, PortMatch, Rule } from '../src/model/policy.ts';
import type { Profile } from '../src/model/profile.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import { partyText } from './agreement.ts';
import { arbitraryCluster } from './arbitrary-cluster.ts';
import { arbitraryPolicy, arbitraryRule } from './arbitrary-policy.ts';
import { trials } from './runs.ts';

/** A change of the policies that can only shut, with the words for it. */
interface Narrowing {
  readonly what: string;
  readonly apply: (policies: readonly Policy[], at: number, rule: number) => readonly Policy[];
}

const narrowings: readonly Narrowing[] = [
  { what: 'isolating in both directions', apply: (ps, at) => changed(ps, at, (p) => ({ ...p, isolates: { ingress: true, egress: true } })) },
  {
    what: 'taking an allow rule away',
    apply: (ps, at, i) => changed(ps, at, (p) => ({ ...p, rules: p.rules.filter((r, j) => j !== i || r.action !== 'allow') })),
  },
  { what: 'taking a peer away', apply: (ps, at, i) => allowRule(ps, at, i, (r) => ({ ...r, peers: r.peers === null ? [] : r.peers.slice(1) })) },
  { what: 'taking a port away', apply: (ps, at, i) => allowRule(ps, at, i, (r) => ({ ...r, ports: r.ports === null ? [] : r.ports.slice(1) })) },
  {
    what: 'one port for all',
    apply: (ps, at, i) => allowRule(ps, at, i, (r) => ({ ...r, ports: r.ports === null ? [{ protocol: 'TCP', port: 80, endPort: null }] : r.ports })),
  },
  { what: 'a shorter port range', apply: (ps, at, i) => allowRule(ps, at, i, (r) => ({ ...r, ports: r.ports?.map(shorter) ?? null })) },
  {
    what: 'one more exception',
    apply: (ps, at, i) =>
      allowRule(ps, at, i, (r) => ({
        ...r,
        peers: r.peers?.map((p) => (p.kind === 'cidr' && p.cidr === '0.0.0.0/0' ? { ...p, except: [...p.except, '8.8.0.0/16'] } : p)) ?? null,
      })),
  },
  {
    what: 'one more requirement on peers',
    apply: (ps, at, i) =>
      allowRule(ps, at, i, (r) => ({
        ...r,
        peers:
          r.peers?.map((p) =>
            p.kind === 'pods'
              ? { ...p, match: { ...p.match, pods: { requirements: [...p.match.pods.requirements, { key: 'app', operator: 'Exists', values: [] }] } } }
              : p,
          ) ?? null,
      })),
  },
  {
    what: 'denying what was allowed',
    apply: (ps, at, i) =>
      changed(ps, at, (p) => ({ ...p, rules: p.rules.map((r, j) => (j === i && r.action === 'allow' ? { ...r, action: 'deny', rank: 0 } : r)) })),
  },
];

describe('narrowing never opens', () => {
  for (const profile of profiles) {
    for (const { what, apply } of narrowings) {
      test(`${what}, under ${profile.id}`, () => {
        fc.assert(
          fc.property(arbitraryCluster({ cilium: true }), fc.nat(3), fc.nat(2), (snapshot, at, rule) => {
            expect(opened(snapshot, { ...snapshot, policies: apply(snapshot.policies, at, rule) }, profile)).toEqual([]);
          }),
          trials(40),
        );
      });
    }
    test(`one more policy without allow rules, under ${profile.id}`, () => {
      fc.assert(
        fc.property(arbitraryCluster({ cilium: true }), arbitraryPolicy(9, true), (snapshot, policy) => {
          const shut = { ...policy, rules: policy.rules.filter((r) => r.action === 'deny') };
          expect(opened(snapshot, { ...snapshot, policies: [...snapshot.policies, shut] }, profile)).toEqual([]);
        }),
        trials(40),
      );
    });
  }
});

describe('union is monotone', () => {
  for (const profile of profiles) {
    test(`one more allow rule in a policy takes nothing away, under ${profile.id}`, () => {
      fc.assert(
        fc.property(arbitraryCluster({ cilium: true }), arbitraryRule(9, false), fc.nat(3), (snapshot, rule, at) => {
          const wider = { ...snapshot, policies: changed(snapshot.policies, at, (p) => ({ ...p, rules: [...p.rules, rule] })) };
          expect(opened(wider, snapshot, profile)).toEqual([]);
        }),
        trials(80),
      );
    });
    test(`one more policy that isolates nobody takes nothing away, under ${profile.id}`, () => {
      fc.assert(
        fc.property(arbitraryCluster({ cilium: true }), arbitraryPolicy(9, true), (snapshot, policy) => {
          const open = { ...policy, isolates: { ingress: false, egress: false }, rules: policy.rules.filter((r) => r.action === 'allow') };
          expect(opened({ ...snapshot, policies: [...snapshot.policies, open] }, snapshot, profile)).toEqual([]);
        }),
        trials(80),
      );
    });
  }
});

/** What `after` lets pass and `before` does not; what may pass counts apart from what does for certain. */
function opened(before: Snapshot, after: Snapshot, profile: Profile): string[] {
  const wide = reach(before, profile);
  const narrow = reach(after, profile);
  const parties = finerParties(wide, narrow);
  return parties.flatMap((from) =>
    parties.flatMap((to) => {
      if (outside(from.kind) && outside(to.kind)) return [];
      return (['some', 'every'] as const).flatMap((quantifier) => {
        const a = wide.between(from, to, quantifier);
        const b = narrow.between(from, to, quantifier);
        const certain = b.allowed.subtract(a.allowed);
        const perhaps = b.allowed.union(b.unknown).subtract(a.allowed.union(a.unknown));
        return certain.isEmpty && perhaps.isEmpty ? [] : [`${quantifier} ${partyText(from)} -> ${partyText(to)}: gains ${certain}, perhaps ${perhaps}`];
      });
    }),
  );
}

/** The parties of the one that splits outside addresses finer: each is then a part of one party of the other. */
function finerParties(a: Reachability, b: Reachability): Reachability['parties'] {
  return a.parties.length >= b.parties.length ? a.parties : b.parties;
}

function outside(kind: string): boolean {
  return kind === 'external' || kind === 'name';
}

function changed(policies: readonly Policy[], at: number, change: (policy: Policy) => Policy): readonly Policy[] {
  return policies.map((p, i) => (i === at ? change(p) : p));
}

function allowRule(policies: readonly Policy[], at: number, rule: number, change: (rule: Rule) => Rule): readonly Policy[] {
  return changed(policies, at, (p) => ({ ...p, rules: p.rules.map((r, i) => (i === rule && r.action === 'allow' ? change(r) : r)) }));
}

function shorter(port: PortMatch): PortMatch {
  return port.endPort === null || typeof port.port !== 'number' ? port : { ...port, endPort: Math.floor((port.port + port.endPort) / 2) };
}
