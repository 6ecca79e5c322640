import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseFiles } from '../cases/support/case-file.ts';
import { topologyText } from '../cases/support/topology.ts';
import { loadSnapshot } from '../src/app/load.ts';
import { profiles } from '../src/engine/profiles.ts';
import { reach } from '../src/engine/reach.ts';
import type { Policy, Rule } from '../src/model/policy.ts';
import type { Profile } from '../src/model/profile.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import { parseCidr, toCidrs } from '../src/space/ip-set.ts';
import { partyText } from './agreement.ts';
import { arbitraryCluster } from './arbitrary-cluster.ts';
import { trials } from './runs.ts';

/** Everything that reach says, as text that does not depend on any order. */
function answers(snapshot: Snapshot, profile: Profile): string[] {
  const reachability = reach(snapshot, profile);
  return reachability.parties
    .flatMap((from) =>
      reachability.parties.map((to) => {
        const some = reachability.between(from, to, 'some');
        const every = reachability.between(from, to, 'every');
        return `${partyText(from)} -> ${partyText(to)}: ${some.allowed} | ${some.unknown} | ${every.allowed} | ${every.unknown}`;
      }),
    )
    .sort();
}

describe('order is irrelevant', () => {
  for (const profile of profiles) {
    test(`of policies, rules, peers, workloads, nodes and Services, under ${profile.id}`, () => {
      fc.assert(
        fc.property(arbitraryCluster({ cilium: true }), fc.infiniteStream(fc.nat(1000)), (snapshot, random) => {
          const shuffle = <T>(items: readonly T[]): T[] =>
            items
              .map((item) => [random.next().value, item] as const)
              .sort((a, b) => a[0] - b[0])
              .map(([, item]) => item);
          const rule = (r: Rule): Rule => ({ ...r, peers: r.peers === null ? null : shuffle(r.peers), ports: r.ports === null ? null : shuffle(r.ports) });
          const shuffled: Snapshot = {
            ...snapshot,
            namespaces: new Map(shuffle([...snapshot.namespaces])),
            workloads: shuffle(snapshot.workloads),
            nodes: shuffle(snapshot.nodes),
            services: shuffle(snapshot.services),
            policies: shuffle(snapshot.policies).map((p) => ({ ...p, rules: shuffle(p.rules).map(rule) })),
          };
          expect(answers(shuffled, profile)).toEqual(answers(snapshot, profile));
        }),
        trials(60),
      );
    });

    test(`saying a thing twice changes nothing, under ${profile.id}`, () => {
      fc.assert(
        fc.property(arbitraryCluster({ cilium: true }), (snapshot) => {
          const twice = (p: Policy): Policy => ({ ...p, rules: [...p.rules, ...p.rules] });
          expect(answers({ ...snapshot, policies: [...snapshot.policies, ...snapshot.policies].map(twice) }, profile)).toEqual(answers(snapshot, profile));
        }),
        trials(40),
      );
    });

    test(`cutting a block or a port range in two changes nothing, under ${profile.id}`, () => {
      fc.assert(
        fc.property(arbitraryCluster({ cilium: true }), (snapshot) => {
          expect(merged({ ...snapshot, policies: snapshot.policies.map(cut) }, snapshot, profile)).toEqual(merged(snapshot, snapshot, profile));
        }),
        trials(40),
      );
    });
  }
});

describe('order of files is irrelevant', () => {
  for (const file of caseFiles().filter((f) => f.spec.wantDiagnostics === undefined)) {
    test(file.path, () => {
      const texts = [
        ...(file.spec.cluster === undefined ? [] : topologyText(file.spec.cluster).split(/^---\n/m)),
        ...(file.spec.policies ?? '').split(/^---\n/m),
      ].map((text, i) => ({ file: `${i}.yaml`, text }));
      const profile = profiles.find((p) => p.id === file.spec.profiles[0]) as Profile;
      const wanted = answers(loadSnapshot(texts).snapshot, profile);
      expect(answers(loadSnapshot([...texts].reverse()).snapshot, profile)).toEqual(wanted);
      expect(answers(loadSnapshot([{ file: 'all.yaml', text: texts.map((t) => t.text).join('\n---\n') }]).snapshot, profile)).toEqual(wanted);
    });
  }
});

/**
 * What `snapshot` says about the parties of `asked`, so that two splits of the outside are asked alike. Left out are those who are certain to lie in a block only
 * when that one block holds all that they may be: names (all public addresses of a family), and hostNetwork pods where they may count as pod or as node.
 */
function merged(snapshot: Snapshot, asked: Snapshot, profile: Profile): string[] {
  const twofold = new Set(asked.workloads.filter((w) => w.hostNetwork && profile.hostNetworkAsNode === 'unknown').map((w) => w.id));
  const parties = reach(asked, profile).parties.filter((p) => p.kind !== 'name' && !(p.kind === 'workload' && twofold.has(p.id)));
  const reachability = reach(snapshot, profile);
  return parties.flatMap((from) =>
    parties.map((to) => {
      const { allowed, unknown } = reachability.between(from, to);
      return `${partyText(from)} -> ${partyText(to)}: ${allowed} | ${unknown}`;
    }),
  );
}

function cut(policy: Policy): Policy {
  return {
    ...policy,
    rules: policy.rules.map((r) => ({
      ...r,
      peers: r.peers?.flatMap((p) => (p.kind === 'cidr' && p.except.length === 0 ? halves(p.cidr).map((cidr) => ({ ...p, cidr })) : [p])) ?? null,
      ports:
        r.ports?.flatMap((p) => {
          if (typeof p.port !== 'number' || p.endPort === null || p.endPort === p.port) return [p];
          const middle = Math.floor((p.port + p.endPort) / 2);
          return [
            { ...p, endPort: middle },
            { ...p, port: middle + 1 },
          ];
        }) ?? null,
    })),
  };
}

/** The two halves of a block, unless it is a single address. */
function halves(cidr: string): string[] {
  const set = parseCidr(cidr)?.set;
  const [v4] = set?.v4 ?? [];
  if (v4 === undefined || v4[0] === v4[1]) return [cidr];
  const middle = Math.floor((v4[0] + v4[1]) / 2);
  return [...toCidrs({ v4: [[v4[0], middle]], v6: [] }), ...toCidrs({ v4: [[middle + 1, v4[1]]], v6: [] })];
}
