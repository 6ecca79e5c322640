import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load, loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { reachAt } from '../../laws/agreement.ts';
import { loadSnapshot } from '../../src/app/load.ts';
import { decide } from '../../src/engine/decide.ts';
import { profiles } from '../../src/engine/profiles.ts';
import { reach } from '../../src/engine/reach.ts';
import { enforces } from '../../src/model/profile.ts';
import type { Protocol } from '../../src/space/transport-set.ts';
import { sharedFolder } from './shared-data.ts';

/**
 * Cases that telepathy's authors check on real clusters: those of NetworkPolicy, and of ClusterNetworkPolicy beside it, must give the same under every profile
 * that enforces the languages, by `decide` and by `reach`.
 */

const protocol = z.string().transform((text) => text.toUpperCase() as Protocol);
const topologySchema = z.object({
  namespaces: z.array(z.object({ name: z.string(), labels: z.record(z.string(), z.string()).optional() })),
  endpoints: z.array(
    z.object({
      id: z.string(),
      namespace: z.string(),
      name: z.string(),
      ip: z.string(),
      labels: z.record(z.string(), z.string()).optional(),
      ports: z.array(z.object({ name: z.string(), port: z.number(), protocol })).optional(),
      node: z.string().optional(),
    }),
  ),
  port: z.number(),
  protocol,
});
const assertionsSchema = z.object({
  assertions: z.array(
    z.object({
      name: z.string().optional(),
      from: z.string(),
      to: z.string(),
      expect: z.enum(['allow', 'deny']),
      port: z.number().optional(),
      protocol: protocol.optional(),
    }),
  ),
});

const folder = sharedFolder('netpol/telepathy');

describe.skipIf(folder === undefined)('telepathy (skipped where ../shared/data/netpol/telepathy is absent)', () => {
  for (const name of folder === undefined ? [] : readdirSync(folder).sort()) {
    const read = (file: string): string => readFileSync(join(folder ?? '', name, file), 'utf8');
    const policies = (loadAll(read('policy.yaml')) as ({ apiVersion: string; kind: string } | null)[]).filter((p) => p !== null);
    const compared = ['networking.k8s.io/v1', 'policy.networking.k8s.io/v1alpha2'];
    const foreign = [...new Set(policies.filter((p) => !compared.includes(p.apiVersion)).map((p) => `${p.apiVersion} ${p.kind}`))];
    if (foreign.length > 0) {
      test.skip(
        `${name}: ${foreign.join(', ')} is asked in ${foreign.every((f) => f.startsWith('projectcalico.org/')) ? 'calico-telepathy.test.ts' : 'no test'}`,
      );
      continue;
    }
    const topology = topologySchema.parse(load(read('topology.yaml')));
    const { assertions } = assertionsSchema.parse(load(read('assertions.yaml')));
    const { snapshot, diagnostics } = loadSnapshot([
      { file: 'topology.yaml', text: manifests(topology) },
      { file: 'policy.yaml', text: read('policy.yaml') },
    ]);
    for (const profile of profiles.filter((p) => snapshot.policies.every((policy) => enforces(p, policy)))) {
      test(`${name}, under ${profile.id}`, () => {
        expect(diagnostics).toEqual([]);
        expect(assertions.length).toBeGreaterThan(0);
        const reachability = reach(snapshot, profile);
        const wrong = assertions.flatMap((a) => {
          const point = [a.protocol ?? topology.protocol, a.port ?? topology.port] as const;
          const [from, to] = [`Pod/${a.from}`, `Pod/${a.to}`];
          const wanted = a.expect === 'allow' ? 'allowed' : 'denied';
          const decided = decide(snapshot, profile, {
            from: { kind: 'pod', workload: from, replica: 0 },
            to: { kind: 'pod', workload: to, replica: 0 },
            protocol: point[0],
            port: point[1],
          });
          const reached = reachAt(reachability, { kind: 'workload', id: from }, { kind: 'workload', id: to }, point[0], point[1], 'every');
          return decided.decision === wanted && reached === wanted
            ? []
            : [`${a.from} -> ${a.to} ${point.join('/')}: ${wanted}; decide ${decided.decision}, reach ${reached}`];
        });
        expect(wrong).toEqual([]);
      });
    }
  }
});

function manifests(topology: z.infer<typeof topologySchema>): string {
  return [
    ...topology.namespaces.map(({ name, labels }) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: labels ?? {} } })),
    ...topology.endpoints.map((e) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: e.name, namespace: e.namespace, labels: e.labels ?? {} },
      spec: {
        ...(e.node === undefined ? {} : { nodeName: e.node }),
        containers: [
          { name: 'main', image: 'example.com/app:1', ports: (e.ports ?? []).map((p) => ({ name: p.name, containerPort: p.port, protocol: p.protocol })) },
        ],
      },
      status: { phase: 'Running', podIP: e.ip },
    })),
  ]
    .map((o) => dump(o))
    .join('---\n');
}
