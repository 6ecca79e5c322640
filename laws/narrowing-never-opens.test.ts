import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { profiles } from '../src/engine/profiles.ts';
import { type Reachability, reach } from '../src/engine/reach.ts';
import type { Peer, Policy, PortMatch, Rule } from '../src/model/policy.ts';
import type { Profile } from '../src/model/profile.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import { partyText } from './agreement.ts';
import { arbitraryCluster } from './arbitrary-cluster.ts';
import { arbitraryPolicy, arbitraryRule } from './arbitrary-policy.ts';
import { trials } from './runs.ts';

/** A change of one rule, or of a whole policy, that can only shut, with the words for it. */
type Narrowing = { readonly what: string } & ({ readonly policy: (policy: Policy) => Policy } | { readonly rule: (rule: Rule) => Rule | null });

const narrowings: readonly Narrowing[] = [
  { what: 'isolating in both directions', policy: (p) => ({ ...p, isolates: { ingress: true, egress: true } }) },
  { what: 'taking an allow rule away', rule: () => null },
  { what: 'taking a peer away', rule: (r) => ({ ...r, peers: r.peers === null ? [] : r.peers.slice(1) }) },
  { what: 'taking a port away', rule: (r) => ({ ...r, ports: r.ports === null ? [] : r.ports.slice(1) }) },
  { what: 'one port for all', rule: (r) => ({ ...r, ports: r.ports ?? [{ protocol: 'TCP', port: 80, endPort: null }] }) },
  { what: 'a shorter port range', rule: (r) => ({ ...r, ports: r.ports?.map(shorter) ?? null }) },
  { what: 'one more exception', rule: (r) => ({ ...r, peers: r.peers?.map(excepted) ?? null }) },
  { what: 'one more requirement on peers', rule: (r) => ({ ...r, peers: r.peers?.map(required) ?? null }) },
  {
    what: 'denying what was allowed',
    rule: (r) => ({ ...r, action: 'deny', application: null, peers: r.peers?.filter((p) => p.kind !== 'names') ?? null }),
  },
];

describe('narrowing never opens', () => {
  for (const profile of profiles) {
    for (const narrowing of narrowings) {
      test(`${narrowing.what}, under ${profile.id}`, () => {
        fc.assert(
          fc.property(arbitraryCluster({ cilium: true }), fc.nat(2 ** 16 - 1), (snapshot, picks) => {
            expect(opened(snapshot, { ...snapshot, policies: narrowed(snapshot.policies, narrowing, picks) }, profile)).toEqual([]);
          }),
          trials(150),
        );
      });
    }
    test(`one more policy without allow rules, under ${profile.id}`, () => {
      fc.assert(
        fc.property(arbitraryCluster({ cilium: true }), arbitraryPolicy(9, true), (snapshot, policy) => {
          const shut = { ...policy, rules: policy.rules.filter((r) => r.action === 'deny') };
          expect(opened(snapshot, { ...snapshot, policies: [...snapshot.policies, shut] }, profile)).toEqual([]);
        }),
        trials(150),
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
        trials(150),
      );
    });
    test(`one more policy that isolates nobody takes nothing away, under ${profile.id}`, () => {
      fc.assert(
        fc.property(arbitraryCluster({ cilium: true }), arbitraryPolicy(9, true), (snapshot, policy) => {
          const open = { ...policy, isolates: { ingress: false, egress: false }, rules: policy.rules.filter((r) => r.action === 'allow') };
          expect(opened({ ...snapshot, policies: [...snapshot.policies, open] }, snapshot, profile)).toEqual([]);
        }),
        trials(150),
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

/** The policies with the narrowing done to some of them, or to some of their allow rules: those whose bit is set in `picks`. */
function narrowed(policies: readonly Policy[], narrowing: Narrowing, picks: number): readonly Policy[] {
  const picked = (policy: number, rule: number): boolean => ((picks >> (policy * 4 + rule)) & 1) === 1;
  return policies.map((policy, i) => {
    if ('policy' in narrowing) return picked(i, 0) ? narrowing.policy(policy) : policy;
    const rules = policy.rules.map((rule, j) => (rule.action === 'allow' && picked(i, j) ? narrowing.rule(rule) : rule));
    return { ...policy, rules: rules.filter((rule) => rule !== null) };
  });
}

function changed(policies: readonly Policy[], at: number, change: (policy: Policy) => Policy): readonly Policy[] {
  return policies.map((p, i) => (i === at ? change(p) : p));
}

function shorter(port: PortMatch): PortMatch {
  return port.endPort === null || typeof port.port !== 'number' ? port : { ...port, endPort: Math.floor((port.port + port.endPort) / 2) };
}

function excepted(peer: Peer): Peer {
  return peer.kind === 'cidr' && peer.cidr === '0.0.0.0/0' ? { ...peer, except: [...peer.except, '8.0.0.0/8'] } : peer;
}

function required(peer: Peer): Peer {
  if (peer.kind !== 'pods') return peer;
  const pods = { requirements: [...peer.match.pods.requirements, { key: 'app', operator: 'Exists' as const, values: [] }] };
  return { ...peer, match: { ...peer.match, pods } };
}
