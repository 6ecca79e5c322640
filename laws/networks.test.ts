import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Flow } from '../src/engine/flow.ts';
import { profiles } from '../src/engine/profiles.ts';
import { reach } from '../src/engine/reach.ts';
import type { Policy } from '../src/model/policy.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import type { Protocol } from '../src/space/transport-set.ts';
import { arbitraryCluster } from './arbitrary-cluster.ts';
import { arbitraryEgressFirewall } from './arbitrary-egress-firewall.ts';
import { amongNetworks } from './arbitrary-networks.ts';
import { expectAgreement } from './found.ts';
import { trials } from './runs.ts';

const points: readonly (readonly [Protocol, number])[] = [
  ['TCP', 80],
  ['UDP', 53],
  ['SCTP', 8080],
  ['ICMP', 8],
  ['OTHER', 0],
];

/** NetworkPolicies, egress firewalls before them, and primary networks around all. */
const arbitrary: fc.Arbitrary<Snapshot> = amongNetworks(
  fc
    .tuple(
      arbitraryCluster({ cilium: false, maxPolicies: 3 }),
      fc.subarray(['ml', 'prod', 'edge']).chain((names) => fc.tuple(...names.map(arbitraryEgressFirewall))),
    )
    .map(([snapshot, firewalls]) => ({ ...snapshot, policies: [...snapshot.policies, ...(firewalls as readonly Policy[])] })),
);

describe('the networks of OVN-Kubernetes', () => {
  for (const profile of profiles.filter((p) => p.id === 'kubernetes' || p.enforces.includes('ovn-kubernetes'))) {
    test(`reach agrees with decide under ${profile.id}`, () => {
      expectAgreement(profile, arbitrary, fc.subarray([...points], { minLength: 2, maxLength: 3 }), trials(120));
    });

    test(`rectangles say what pairs say under ${profile.id}`, () => {
      fc.assert(
        fc.property(arbitrary, (snapshot) => {
          const reachability = reach(snapshot, profile);
          const cells = new Map<string, string>();
          for (const { from, to, flow } of reachability.rectangles())
            for (const a of from) for (const b of to) cells.set(`${a} ${b}`, flowText(flow, cells.get(`${a} ${b}`)));
          const live = reachability.classes.filter((c) => c.workloads.length > 0);
          for (const a of live)
            for (const b of live) {
              const flow = reachability.betweenClasses(a.id, b.id);
              expect(cells.get(`${a.id} ${b.id}`) ?? 'denied').toBe(flow.allowed.isEmpty && flow.unknown.isEmpty ? 'denied' : flowText(flow, undefined));
            }
        }),
        trials(60),
      );
    });
  }
});

/** A cell is told once. */
function flowText({ allowed, unknown }: Flow, before: string | undefined): string {
  return before === undefined ? `${allowed}, perhaps ${unknown}` : 'told twice';
}
