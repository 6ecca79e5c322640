import { expect, test } from 'vitest';
import { kustomizationWarnings } from './kustomizations.ts';
import { parseSource } from './parse.ts';

function warnings(text: string, file = 'over/prod/kustomization.yaml'): readonly string[] {
  return kustomizationWarnings([parseSource({ file, text })]).map((d) => `${d.severity} ${d.origin?.path.join('.')} ${d.hint}`);
}

test.each<[string, string]>([
  ['namespace', 'resources: [w.yaml]\nnamespace: ai-training\n'],
  ['patches', 'patches: [{path: p.yaml}]\n'],
  ['configMapGenerator', 'configMapGenerator: [{name: a}]\n'],
  ['helmCharts', 'kind: Kustomization\nhelmCharts: [{name: minio}]\n'],
  ['resources', 'resources: [a.yaml, ../../base]\n'],
  ['resources', 'resources: ["https://example.com/x?ref=v1"]\n'],
  ['resources', 'resources: [./../base]\n'],
])('a kustomization that makes other objects says so once: %s', (field, text) => {
  expect(warnings(text)).toEqual([`warning ${field} Read what it makes: kubectl kustomize over/prod | ringfence …, with - as the path.`]);
});

test.each([
  'resources: [a.yaml, sub/b.yaml]\n',
  'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- 00-namespace.yaml\npatches: []\nnamespace:\n',
  '- a list\n',
  '',
  'resources: {a: b}\n',
])('one that only lists files of its folder is silent: %j', (text) => {
  expect(warnings(text)).toEqual([]);
});

test('the command is one that can be pasted, whatever the folder is called', () => {
  const text = 'namespace: a\n';
  expect(warnings(text, 'kustomization.yml')[0]).toContain('kustomize . |');
  expect(warnings(text, '/kustomization.yml')[0]).toContain('kustomize / |');
  expect(warnings(text, '-rf;x/kustomization.yaml')[0]).toContain('kustomize DIR |');
  expect(warnings(text, 'a/values.yaml')).toEqual([]);
});
