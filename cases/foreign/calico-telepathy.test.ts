import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { reachAt } from '../../laws/agreement.ts';
import { loadSnapshot } from '../../src/app/load.ts';
import { decide } from '../../src/engine/decide.ts';
import { profiles } from '../../src/engine/profiles.ts';
import { reach } from '../../src/engine/reach.ts';
import type { Endpoint } from '../../src/model/verdict.ts';
import type { Protocol } from '../../src/space/transport-set.ts';
import { sharedFolder } from './shared-data.ts';

/** Telepathy's Calico cases, which its authors check on real clusters: each answer is the same under every Calico profile, by `decide` and by `reach`. */

/** Assertions that are answered otherwise on purpose, by case and pair, with the reason. `*` stands for every pair that the case denies. */
const waivers: Readonly<Record<string, { readonly pairs: readonly string[]; readonly whatever?: true; readonly answer: 'unknown'; readonly why: string }>> = {
  'zz-calico-gnp-hep-applyonforward-block-database': {
    pairs: ['*'],
    answer: 'unknown',
    why: 'which traffic passes through a host endpoint no manifest tells, so that what a policy with applyOnForward stops is not known',
  },
  'zz-calico-gnp-hep-applyonforward-block-external': {
    pairs: ['*'],
    answer: 'unknown',
    why: 'which traffic passes through a host endpoint no manifest tells, so that what a policy with applyOnForward stops is not known',
  },
  'zz-calico-gnp-hep-donottrack-database-to-host': {
    pairs: ['*'],
    whatever: true,
    answer: 'unknown',
    why: 'policies on host endpoints are not judged: what a node behind one lets in is not known, neither what they deny nor what they allow',
  },
};

const protocol = z.string().transform((text) => text.toUpperCase() as Protocol);
const topologySchema = z.object({
  namespaces: z.array(z.object({ name: z.string(), labels: z.record(z.string(), z.string()).optional() })).optional(),
  endpoints: z.array(
    z.object({
      id: z.string(),
      namespace: z.string(),
      name: z.string(),
      ip: z.string(),
      role: z.string().optional(),
      labels: z.record(z.string(), z.string()).optional(),
      ports: z.array(z.object({ name: z.string(), port: z.number(), protocol })).optional(),
      node: z.string().optional(),
    }),
  ),
  services: z.array(z.object({ name: z.string(), namespace: z.string(), selector: z.record(z.string(), z.string()) })).optional(),
  hostEndpoints: z
    .array(
      z.object({ name: z.string(), node: z.string(), interfaceName: z.string(), expectedIPs: z.array(z.string()), labels: z.record(z.string(), z.string()) }),
    )
    .optional(),
  port: z.number(),
  protocol,
});
const assertionsSchema = z.object({
  assertions: z.array(
    z.object({ from: z.string(), to: z.string(), expect: z.enum(['allow', 'deny']), port: z.number().optional(), protocol: protocol.optional() }),
  ),
});
type Topology = z.infer<typeof topologySchema>;

const folder = sharedFolder('netpol/telepathy');
const calico = profiles.filter((p) => p.id.startsWith('calico@'));

describe.skipIf(folder === undefined)('telepathy, Calico (skipped where ../shared/data/netpol/telepathy is absent)', () => {
  const names = folder === undefined ? [] : readdirSync(folder).filter((name) => /^(?:zz-)?calico-/.test(name));
  test('each waiver names a case', () => {
    expect(Object.keys(waivers).filter((name) => !names.includes(name))).toEqual([]);
  });
  for (const name of names.sort()) {
    const read = (file: string): string => readFileSync(join(folder ?? '', name, file), 'utf8');
    const topology = topologySchema.parse(load(read('topology.yaml')));
    const { assertions } = assertionsSchema.parse(load(read('assertions.yaml')));
    const { snapshot, diagnostics } = loadSnapshot([
      { file: 'topology.yaml', text: manifests(topology) },
      { file: 'policy.yaml', text: read('policy.yaml') },
    ]);
    for (const profile of calico) {
      test(`${name}, under ${profile.id}`, () => {
        expect(diagnostics).toEqual([]);
        expect(assertions.length).toBeGreaterThan(0);
        const waiver = waivers[name];
        const reachability = reach(snapshot, profile);
        let waived = 0;
        const wrong = assertions.flatMap((a) => {
          const point = [a.protocol ?? topology.protocol, a.port ?? topology.port] as const;
          // A ping is an echo request.
          const port = point[0] === 'ICMP' ? 8 : point[1];
          const [from, to] = [endpoint(topology, a.from), endpoint(topology, a.to)];
          const exempt =
            waiver !== undefined && (a.expect === 'deny' || waiver.whatever === true) && waiver.pairs.some((p) => p === '*' || p === `${a.from} ${a.to}`);
          const wanted = exempt ? waiver.answer : a.expect === 'allow' ? 'allowed' : 'denied';
          if (exempt) waived++;
          const decided = decide(snapshot, profile, { from, to, protocol: point[0], port }).decision;
          const both = from.kind === 'pod' && to.kind === 'pod';
          const reached = both
            ? reachAt(reachability, { kind: 'workload', id: from.workload }, { kind: 'workload', id: to.workload }, point[0], port, 'every')
            : decided;
          return decided === wanted && reached === wanted ? [] : [`${a.from} -> ${a.to} ${point[0]}/${port}: ${wanted}; decide ${decided}, reach ${reached}`];
        });
        expect(wrong).toEqual([]);
        expect(waived > 0).toBe(waiver !== undefined);
      });
    }
  }
});

/** What an assertion names: a pod, an address outside, the one pod behind a Service, or a host endpoint's node. */
function endpoint(topology: Topology, word: string): Endpoint {
  const service = topology.services?.find((s) => word === `svc/${s.namespace}/${s.name}`);
  const host = topology.hostEndpoints?.find((h) => word === `host/${h.name}`);
  if (host !== undefined) return { kind: 'node', node: host.node };
  const found = topology.endpoints.find((e) =>
    service === undefined
      ? e.id === word
      : e.namespace === service.namespace && Object.entries(service.selector).every(([key, value]) => e.labels?.[key] === value),
  );
  if (found === undefined) throw new Error(`${word} is not in the topology`);
  return found.role === 'external' ? { kind: 'address', ip: found.ip } : { kind: 'pod', workload: `Pod/${found.namespace}/${found.name}`, replica: 0 };
}

function manifests(topology: Topology): string {
  return [
    ...(topology.namespaces ?? []).map(({ name, labels }) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: labels ?? {} } })),
    ...(topology.hostEndpoints ?? []).map(({ name, labels, ...spec }) => ({
      apiVersion: 'projectcalico.org/v3',
      kind: 'HostEndpoint',
      metadata: { name, labels },
      spec,
    })),
    ...topology.endpoints
      .filter((e) => e.role !== 'external')
      .map((e) => ({
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
