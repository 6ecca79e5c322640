import { describe, expect, test } from 'vitest';
import { profileOf } from '../engine/profiles.ts';
import { seenBy } from '../engine/seen-by.ts';
import type { Decision } from '../model/verdict.ts';
import { explain } from './explain.ts';
import { loadSnapshot } from './load.ts';
import { uselessPolicies } from './redundancy/redundancy.ts';
import { promote } from './staged/promote.ts';

const cluster = `
apiVersion: v1
kind: Pod
metadata: {name: trainer, namespace: ml, labels: {app: trainer}}
spec: {containers: [{name: a, image: x}]}
---
apiVersion: v1
kind: Pod
metadata: {name: other, namespace: ml, labels: {app: other}}
spec: {containers: [{name: a, image: x}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: web, labels: {app: web}}
spec: {containers: [{name: a, image: x}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: ml}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
`;

/** What becomes of TCP 80 in the cluster with one more document. */
function verdictWith(document: string, from: string, to: string, profile = 'kubernetes'): { readonly decision: Decision; readonly gaps: readonly string[] } {
  const found = profileOf(profile);
  if (!found.ok) throw new Error(profile);
  const { snapshot } = loadSnapshot([{ file: 'm.yaml', text: `${cluster}---\n${document}` }]);
  const seen = seenBy(snapshot, found.value);
  const answer = explain(seen.snapshot, seen.profile, { from, to, port: '80' });
  if (!answer.ok) throw new Error(JSON.stringify(answer.diagnostics));
  return { decision: answer.value.verdict, gaps: answer.value.answers.flatMap((a) => a.verdict.gaps.map((g) => g.text)) };
}

const networkPolicy = (spec: string, metadata = '{name: broken, namespace: ml}'): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: ${metadata}\nspec: ${spec}\n`;
const cilium = (spec: string): string => `apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: broken, namespace: ml}\nspec: ${spec}\n`;
const admin = (spec: string): string => `apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: broken}\nspec: ${spec}\n`;

describe('what could not be read leaves open what it may decide', () => {
  test.each([
    ['no YAML at all: anything', 'a: [', 'web/web', 'ml/trainer', 'unknown'],
    ['no YAML at all: what nothing shut', 'a: [', 'ml/trainer', '8.8.8.8', 'unknown'],
    ['an object of no kind', 'apiVersion: v1\nmetadata: {name: a}', 'web/web', 'ml/trainer', 'unknown'],
    ['a policy, for its subject', networkPolicy('{podSelector: {matchLabels: {app: trainer}}, ingress: 1}'), 'web/web', 'ml/trainer', 'unknown'],
    ['a policy, for others', networkPolicy('{podSelector: {matchLabels: {app: trainer}}, ingress: 1}'), 'web/web', 'ml/other', 'denied'],
    ['a policy without a readable subject', networkPolicy('{podSelectors: {}}'), 'web/web', 'ml/other', 'unknown'],
    ['that one, in other namespaces', networkPolicy('{podSelectors: {}}'), '8.8.8.8', 'web/web', 'allowed'],
    ['a policy of one direction, in that one', networkPolicy('{podSelector: {}, policyTypes: [Ingress], ingress: 1}'), 'web/web', 'ml/trainer', 'unknown'],
    ['a policy of one direction, in the other', networkPolicy('{podSelector: {}, policyTypes: [Ingress], ingress: 1}'), 'ml/trainer', 'web/web', 'denied'],
    ['a policy without a direction, in both', networkPolicy('{podSelector: {}, egress: 1}'), 'ml/trainer', 'web/web', 'unknown'],
    ['a policy that may isolate', networkPolicy('{podSelector: {}, ingress: 1}', '{name: broken, namespace: web}'), '8.8.8.8', 'web/web', 'unknown'],
    ['a policy without a name', networkPolicy('{podSelector: {}}', '{namespace: ml}'), 'web/web', 'ml/trainer', 'unknown'],
    [
      'a policy with labels that are none',
      networkPolicy('{podSelector: {}}', '{name: a, namespace: ml, labels: {a: [1]}}'),
      'web/web',
      'ml/trainer',
      'unknown',
    ],
    [
      'a workload with labels that are none',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: ml, labels: {a: [1]}}',
      'web/web',
      'ml/trainer',
      'denied',
    ],
    ['a policy over all others', admin('{tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: 1}'), 'web/web', 'ml/trainer', 'unknown', 'calico'],
  ] as const)('%s', (_, document, from, to, decision, ...profile) => {
    expect(verdictWith(document, from, to, ...profile).decision).toBe(decision);
  });

  test.each(['cilium', 'calico', 'kubernetes'])('in the language of another CNI it counts as such policies do: %s', (profile) => {
    const asked = verdictWith(cilium('{endpointSelector: {matchLabels: {app: trainer}}, ingress: 1}'), 'web/web', 'ml/trainer', profile);
    expect(asked.decision).toBe(profile === 'calico' ? 'denied' : 'unknown');
  });

  test('a Cilium policy concerns the endpoints of its selector alone', () => {
    const broken = cilium('{endpointSelector: {matchLabels: {app: trainer}}, ingress: 1}');
    expect(verdictWith(broken, 'web/web', 'ml/other', 'cilium').decision).toBe('denied');
  });

  const group = (rest: string): string => `---\napiVersion: cilium.io/v2\nkind: CiliumCIDRGroup\n${rest}\n`;
  const sound = group('metadata: {name: sound, labels: {site: a}}\nspec: {externalCIDRs: [192.0.2.0/24]}');
  const byName = cilium('{endpointSelector: {matchLabels: {app: trainer}}, egress: [{toCIDRSet: [{cidrGroupRef: lab}, {cidr: 203.0.113.0/24}]}]}');
  const byLabel = cilium('{endpointSelector: {matchLabels: {app: trainer}}, egress: [{toCIDRSet: [{cidrGroupSelector: {matchLabels: {site: a}}}]}]}');

  test.each([
    ['a group with a CIDR that is none', byName + group('metadata: {name: lab}\nspec: {externalCIDRs: [nowhere]}')],
    ['a group without a list', byName + group('metadata: {name: lab}\nspec: {}')],
    ['a group of text', byName + group('metadata: {name: lab}\nspec: {externalCIDRs: 192.0.2.0/24}')],
    ['a group of another version', byName + group('metadata: {name: lab}\nspec: {externalCIDRs: []}').replace('cilium.io/v2', 'cilium.io/v7')],
    ['a group whose labels are none, by name', byName + group('metadata: {name: lab, labels: {a: [1]}}\nspec: {externalCIDRs: []}')],
    ['a group whose labels are none, by label', byLabel + sound + group('metadata: {name: lab, labels: {a: [1]}}\nspec: {externalCIDRs: []}')],
    ['a group without a name, by label', byLabel + sound + group('metadata: {labels: {site: b}}\nspec: {externalCIDRs: []}')],
  ])('what a Cilium policy refers to: %s', (_, documents) => {
    const { diagnostics } = loadSnapshot([{ file: 'm.yaml', text: `${cluster}---\n${documents}` }]);
    expect(diagnostics.filter((d) => d.severity === 'error').length).toBeGreaterThan(0);
    expect(verdictWith(documents, 'ml/trainer', '198.51.100.1', 'cilium').decision).toBe('unknown');
    expect(verdictWith(documents, 'ml/trainer', documents.includes('203.0.113') ? '203.0.113.9' : '192.0.2.9', 'cilium').decision).toBe('allowed');
    // What does not refer to it is as firm as before.
    expect(verdictWith(documents, 'ml/other', '198.51.100.1', 'cilium').decision).toBe('denied');
  });

  test('a group that is sound leaves nothing unknown', () => {
    expect(verdictWith(byLabel + sound, 'ml/trainer', '198.51.100.1', 'cilium').decision).toBe('denied');
  });

  test('the gap names the object, or the file', () => {
    expect(verdictWith(networkPolicy('{podSelector: {}, ingress: 1}'), 'web/web', 'ml/trainer').gaps).toEqual([
      'what NetworkPolicy ml/broken does, which could not be read',
    ]);
    expect(verdictWith('a: [', 'web/web', 'ml/trainer').gaps[0]).toBe('what documents that could not be read hold, of "m.yaml"');
  });

  test('another policy that allows it still allows it: policies of this language only add', () => {
    const open = networkPolicy('{podSelector: {}, ingress: [{}]}', '{name: open, namespace: ml}');
    expect(verdictWith(`${open}---\n${networkPolicy('{podSelector: {}, ingress: 1}')}`, 'web/web', 'ml/trainer').decision).toBe('allowed');
  });

  test('a file that could not be opened may hold anything', () => {
    const { snapshot } = loadSnapshot([{ file: 'm.yaml', text: cluster }], { unreadFiles: [{ document: { file: 'gone.yaml', index: 0 }, path: [] }] });
    expect(snapshot.unreadPolicies?.map((p) => p.rules[0]?.peers)).toEqual(
      Array.from({ length: 2 }, () => [expect.objectContaining({ gap: 'what documents that could not be read hold, of "gone.yaml"' })]),
    );
  });

  test('it is there once, however often the picture is asked for, and after promotion', () => {
    const found = profileOf('kubernetes');
    if (!found.ok) throw new Error('kubernetes');
    const { snapshot } = loadSnapshot([{ file: 'm.yaml', text: `${cluster}---\na: [` }]);
    const twice = seenBy(promote(seenBy(snapshot, found.value).snapshot).snapshot, found.value).snapshot;
    expect(twice.policies.map((p) => p.id)).toEqual(seenBy(snapshot, found.value).snapshot.policies.map((p) => p.id));
    expect(seenBy(twice, found.value).snapshot.policies).toHaveLength(3);
  });

  test('beside it no policy counts as redundant for what changes nothing any more', () => {
    const found = profileOf('kubernetes');
    if (!found.ok) throw new Error('kubernetes');
    const seen = seenBy(loadSnapshot([{ file: 'm.yaml', text: `${cluster}---\na: [` }]).snapshot, found.value);
    expect(uselessPolicies(seen.snapshot, seen.profile)).toEqual([]);
  });
});
