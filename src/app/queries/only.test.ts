import { describe, expect, test } from 'vitest';
import { profileOf } from '../../engine/profiles.ts';
import type { ClaimResult } from '../../model/claim.ts';
import { loadSnapshot } from '../load.ts';
import { readQueryFiles, runQueries } from './run.ts';

const pod = (name: string, ips: readonly string[], more = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ml, labels: {app: ${name}}}\nspec: {${more}containers: [{name: c, image: i}]}\nstatus: {podIPs: [${ips.map((ip) => `{ip: "${ip}"}`).join(', ')}]}\n`;
const egress = (to: string): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: out, namespace: ml}\nspec: {podSelector: {matchLabels: {app: trainer}}, policyTypes: [Egress], egress: [{to: [${to}]}]}\n`;
const node = (addresses: readonly string[]): string =>
  `apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {addresses: [${addresses.map((a) => `{type: InternalIP, address: "${a}"}`).join(', ')}]}\n`;
const pods = '{podSelector: {}}';

function answer(objects: readonly string[], assertion: string, profileId = 'calico'): ClaimResult & { readonly restsOn: readonly string[] } {
  const profile = profileOf(profileId);
  if (!profile.ok) throw new Error('no profile');
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'c.yaml', text: objects.join('---\n') }]);
  const read = readQueryFiles([{ file: 'q.yaml', text: `apiVersion: ringfence.dev/v1alpha1\nkind: Queries\nqueries: [{name: q, ${assertion}}]\n` }]);
  expect([...diagnostics, ...read.diagnostics].filter((d) => d.severity === 'error')).toEqual([]);
  const result = runQueries(snapshot, profile.value, { files: read.files, zones: [], useless: new Set(), strict: false });
  if (!result.ok) throw new Error('no answer');
  const [claim] = result.value.zones.flatMap((z) => z.claims);
  if (claim === undefined) throw new Error('no claim');
  return { ...claim, restsOn: result.value.assumptions };
}

const only = (to: string): string => `only-reaches: {from: {workload: ml/trainer}, to: ${to}}`;

describe('whoever may reach a block alone', () => {
  const trainer = pod('trainer', ['10.0.0.9', 'fd00::9']);
  const twofold = [trainer, node(['192.168.0.1']), pod('db', ['10.0.0.5', 'fd00::5'])];
  const both = '[{cidr: 10.0.0.0/16}, {cidr: fd00::/64}]';

  test.each<readonly [string, readonly string[], string, string]>([
    ['reaches a pod at its other address', [...twofold, egress(pods)], '{cidr: 10.0.0.0/16}', 'fails'],
    ['and both addresses lie in blocks', [...twofold, egress(pods)], both, 'holds'],
    ['on other ports at each', [...twofold, egress(pods)], '[{cidr: 10.0.0.0/16}, {cidr: fd00::/64, ports: 443}]', 'fails'],
    ['and a rule opens one address alone', [...twofold, egress('{ipBlock: {cidr: 10.0.0.0/16}}')], '{cidr: 10.0.0.0/16}', 'holds'],
    ['and a rule opens both', [...twofold, egress('{ipBlock: {cidr: 10.0.0.0/16}}, {ipBlock: {cidr: "fd00::/64"}}')], '{cidr: 10.0.0.0/16}', 'fails'],
    ['and the pod is named beside it', [...twofold, egress(pods)], '[{cidr: 10.0.0.0/16}, {workload: ml/db}]', 'holds'],
    ['and the pod has one address', [pod('trainer', ['10.0.0.9']), pod('db', ['10.0.0.5']), egress(pods)], '{cidr: 10.0.0.0/16}', 'holds'],
  ])('%s', (_, objects, to, status) => {
    expect(answer(objects, only(to)).status).toBe(status);
  });

  test('names the address', () => {
    expect(answer([...twofold, egress(pods)], only('{cidr: 10.0.0.0/16}')).counterexamples.map((e) => e.story)).toEqual([
      expect.stringContaining('ml/db[Pod] at fd00::5'),
    ]);
  });

  test('a node counts at each of its addresses', () => {
    const all = [trainer, node(['10.0.1.1', 'fd00:1::1']), egress('{ipBlock: {cidr: 10.0.0.0/16}}, {ipBlock: {cidr: "fd00:1::/64"}}')];
    expect(answer(all, only('{cidr: 10.0.0.0/16}'), 'kubernetes').status).not.toBe('holds');
    expect(answer(all, only('{cidr: 10.0.0.0/16}'), 'calico').counterexamples.map((e) => e.story)).toEqual(
      expect.arrayContaining([expect.stringContaining('node n1 at fd00:1::1')]),
    );
  });
});

test('where ranges are not given, the answer rests on where pods and nodes are taken to lie', () => {
  const ask = 'must-not-reach: {from: {workload: ml/trainer}, to: {cidr: 10.9.0.0/16}}';
  const taken = (objects: readonly string[]): string => answer(objects, ask).restsOn.join('\n');
  const untold = pod('trainer', []);
  expect(taken([untold])).toContain('pods without a known address are taken to lie outside');
  expect(taken([untold])).toContain('nodes without a known address are taken to lie outside');
  expect(taken([pod('trainer', ['10.0.0.9']), node(['10.0.1.1'])])).not.toContain('taken to lie outside');
});

test('a namespace that the input does not have, beside one that it has, leaves it undecided', () => {
  const all = [pod('trainer', ['10.0.0.9']), egress('')];
  expect(answer(all, 'only-reaches: {from: {namespace: [ml, mI]}, to: {anyone: true}}').status).toBe('undecided');
  expect(answer(all, 'only-reaches: {from: {namespace: [ml]}, to: {anyone: true}}').status).toBe('holds');
});

test('thousands of blocks are no more work than one', () => {
  const blocks = Array.from({ length: 5000 }, (_, i) => `{cidr: 10.${i >> 8}.${i & 255}.0/25}`).join(', ');
  expect(answer([pod('trainer', ['10.0.0.9']), node(['192.168.0.1']), egress('{ipBlock: {cidr: 10.3.7.0/25}}')], only(`[${blocks}]`)).status).toBe('holds');
}, 10_000);
