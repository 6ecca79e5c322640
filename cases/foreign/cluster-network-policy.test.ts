import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { reachAt } from '../../laws/agreement.ts';
import { loadSnapshot } from '../../src/app/load.ts';
import { decide } from '../../src/engine/decide.ts';
import { profiles } from '../../src/engine/profiles.ts';
import { reach } from '../../src/engine/reach.ts';
import { enforces } from '../../src/model/profile.ts';
import type { Endpoint } from '../../src/model/verdict.ts';
import { sharedFolder } from './shared-data.ts';

/**
 * Probes of the conformance suite of ClusterNetworkPolicy v1alpha2: every profile that enforces the language must give the suite's answer, by `decide` and by
 * `reach`.
 */

const probeSchema = z.array(
  z.strictObject({
    manifests: z.array(z.string()),
    test: z.string(),
    source: z.string(),
    destination: z.string(),
    protocol: z.enum(['TCP', 'UDP', 'SCTP']),
    port: z.number(),
    allowed: z.boolean(),
  }),
);

const folder = sharedFolder('netpol/cluster-network-policy');
const enforcing = profiles.filter((p) => enforces(p, { dialect: 'network-policy-api', kind: 'ClusterNetworkPolicy' }));

describe.skipIf(folder === undefined)('the conformance suite (skipped where ../shared/data/netpol/cluster-network-policy is absent)', () => {
  // The suite fills in the ports of its hostNetwork pods, which no probe is about.
  const read = (file: string): string =>
    readFileSync(join(folder ?? '', file), 'utf8').replace(/\{\{ index \.HostNetworkPorts (\d) \}\}/g, (_, i: string) => String(34345 + Number(i)));
  const probes = folder === undefined ? [] : probeSchema.parse(JSON.parse(read('probes.json')));
  const inputs = [...new Set(probes.map((p) => JSON.stringify(p.manifests)))];

  test('some profiles enforce the language, and there are probes', () => {
    expect(enforcing.length).toBeGreaterThan(0);
    expect(probes).toHaveLength(48);
  });

  for (const input of inputs) {
    const files = (JSON.parse(input) as string[]).map((f) => f.replace(/^base\//, ''));
    const { snapshot, diagnostics } = loadSnapshot([
      { file: 'manifests.yaml', text: read('manifests.yaml') },
      ...files.map((file) => ({ file, text: read(file) })),
    ]);

    for (const profile of enforcing) {
      test(`${files.join(', ')}, under ${profile.id}`, () => {
        expect(files.every((file) => existsSync(join(folder ?? '', file)))).toBe(true);
        expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
        const reachability = reach(snapshot, profile);
        const wrong = probes
          .filter((p) => JSON.stringify(p.manifests) === input)
          .flatMap((p) => {
            const [from, to] = [podNamed(p.source), podNamed(p.destination)];
            const wanted = p.allowed ? 'allowed' : 'denied';
            const { decision } = decide(snapshot, profile, { from, to, protocol: p.protocol, port: p.port });
            const point = [{ kind: 'workload', id: from.workload }, { kind: 'workload', id: to.workload }, p.protocol, p.port] as const;
            const reached = (['some', 'every'] as const).map((quantifier) => reachAt(reachability, ...point, quantifier));
            return decision === wanted && reached.every((r) => r === wanted)
              ? []
              : [`${p.test}: ${p.source} -> ${p.destination} ${p.protocol}/${p.port}: ${wanted}; decide ${decision}, reach ${reached.join(' and ')}`];
          });
        expect(wrong).toEqual([]);
      });
    }
  }
});

/** `namespace/statefulset-0`. */
function podNamed(text: string): Extract<Endpoint, { kind: 'pod' }> {
  const [, namespace, name, replica] = /^([^/]+)\/(.+)-(\d+)$/.exec(text) ?? [];
  return { kind: 'pod', workload: `StatefulSet/${namespace}/${name}`, replica: Number(replica) };
}
