import { describe, expect, test } from 'vitest';
import { pathText } from '../kernel/reader.ts';
import { readObjects } from './objects.ts';
import { parseSource } from './parse.ts';

function read(text: string): { readonly names: readonly string[]; readonly ignored: number; readonly faults: readonly string[] } {
  const { objects, ignored, diagnostics } = readObjects(parseSource({ file: 'f', text }).documents);
  return {
    names: objects.map((o) => `${o.apiVersion} ${o.kind} ${o.namespace}/${o.name} @ ${pathText(o.origin.path)}`),
    ignored,
    faults: diagnostics.map((d) => `${d.code} ${d.origin === null ? '' : pathText(d.origin.path)}`),
  };
}

describe('objects', () => {
  test.each<[string, string, readonly string[]]>([
    ['a namespaced kind without namespace lives in default', 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}', ['v1 Pod default/a @ the document']],
    ['a cluster-scoped kind lives nowhere', 'apiVersion: v1\nkind: Node\nmetadata: {name: a, namespace: x}', ['v1 Node null/a @ the document']],
    [
      'a List',
      'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n- {apiVersion: v1, kind: Node, metadata: {name: b}}',
      ['v1 Pod default/a @ items[0]', 'v1 Node null/b @ items[1]'],
    ],
    [
      'a typed list gives its items their kind',
      'apiVersion: apps/v1\nkind: DeploymentList\nitems: [{metadata: {name: a, namespace: ns}}]',
      ['apps/v1 Deployment ns/a @ items[0]'],
    ],
    ['an empty list', 'apiVersion: v1\nkind: PodList\nitems: null', []],
    ['a kind that ends in List and is none', 'apiVersion: x.io/v1\nkind: AllowList\nmetadata: {name: a}', ['x.io/v1 AllowList default/a @ the document']],
    ['a JSON array', '[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}]', ['v1 Pod default/a @ [0]']],
    [
      'generated names stay apart',
      'apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\n---\napiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}',
      ['v1 Pod default/a-* @ the document', 'v1 Pod default/a-*2 @ the document'],
    ],
    [
      'a kustomization has a kind and no name',
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []',
      ['kustomize.config.k8s.io/v1beta1 Kustomization default/ @ the document'],
    ],
  ])('%s', (_name, text, names) => {
    expect(read(text)).toMatchObject({ names, faults: [] });
  });

  test.each([
    ['values files', 'replicas: 3\nimage: {tag: x}'],
    ['text', 'Thank you for installing'],
    ['a Chart.yaml', 'apiVersion: v2\nname: x\nversion: 1.0.0'],
    ['a number', '5'],
  ])('%s are ignored', (_name, text) => {
    expect(read(text)).toEqual({ names: [], ignored: 1, faults: [] });
  });

  test.each<[string, string, readonly string[]]>([
    ['no kind', 'apiVersion: v1\nmetadata: {name: a}', ['missing-field the document']],
    ['no apiVersion', 'kind: Pod\nmetadata: {name: a}', ['missing-field the document']],
    ['a kind that is no text', 'apiVersion: v1\nkind: 5\nmetadata: {name: a}', ['wrong-type kind']],
    ['a name that is no text', 'apiVersion: v1\nkind: Pod\nmetadata: {name: 5}', ['wrong-type metadata.name']],
    [
      'labels that are no text',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {a: 5, b: yes, c: "x"}, annotations: {d: 1.5}}',
      ['wrong-type metadata.labels.a', 'wrong-type metadata.labels.b', 'wrong-type metadata.annotations.d'],
    ],
    ['a label value that no cluster takes', 'apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {a: "x y"}}', ['bad-label-value metadata.labels.a']],
    ['a namespace that is no name', 'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: "A/B"}', ['bad-name metadata.namespace']],
    ['a name that leads elsewhere', 'apiVersion: v1\nkind: X\nmetadata: {name: ../a}', ['bad-name metadata.name']],
    ['a name that steers terminals', 'apiVersion: v1\nkind: X\nmetadata: {name: "\\e[31m"}', ['bad-name metadata.name']],
    ['a kind and a version that are none', 'apiVersion: a/b/c\nkind: "X Y"\nmetadata: {name: a}', ['bad-kind kind', 'bad-api-version apiVersion']],
    ['metadata that is a list', 'apiVersion: v1\nkind: Pod\nmetadata: []', ['wrong-type metadata']],
    ['a List without a list', 'apiVersion: v1\nkind: List\nitems: 5', ['wrong-type items']],
    ['an item without kind', 'apiVersion: v1\nkind: List\nitems: [{metadata: {name: a}}]', []],
  ])('%s', (_name, text, faults) => {
    expect(read(text)).toMatchObject({ names: [], faults });
  });

  test('a null label is the empty text, as Go decodes it', () => {
    expect(read('apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {a: null}}').faults).toEqual([]);
  });
});
