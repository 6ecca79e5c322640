import { expect, test } from 'vitest';
import { profileOf } from '../../engine/profiles.ts';
import { seenBy } from '../../engine/seen-by.ts';
import { loadSnapshot } from '../load.ts';
import { diff } from './diff.ts';

const policy = (rules: string): string => `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: web, labels: {app: web}}
spec: {containers: [{name: c, image: web}]}
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: web, namespace: web}
spec:
  endpointSelector: {}
  ingress: [{toPorts: [{ports: [{port: "8080", protocol: TCP}]${rules}}]}]
`;

const filtersOf = (before: string, after: string): unknown => {
  const profile = profileOf('cilium@1.19');
  if (!profile.ok) throw new Error('no profile');
  const side = (text: string) => ({ title: 'x', ...seenBy(loadSnapshot([{ file: 'p.yaml', text: policy(text) }]).snapshot, profile.value) });
  const report = diff(side(before), side(after));
  expect(report.changes).toEqual([]);
  return report.filters.map(({ title, how }) => [title, how]);
};

const http = ', rules: {http: [{method: GET, path: /health}]}';

test('a filter above layer 4 that goes or comes is a difference, though no traffic on layer 4 is', () => {
  expect(filtersOf(http, '')).toEqual([['CiliumNetworkPolicy web/web', 'changed']]);
  expect(filtersOf('', http)).toEqual([['CiliumNetworkPolicy web/web', 'changed']]);
  expect(filtersOf(http, http)).toEqual([]);
  expect(filtersOf('', '')).toEqual([]);
});

test('so is a filter that asks for something else on the same ports; another order of the same is none', () => {
  const one = '{method: GET, path: /health}';
  const other = '{method: GET, path: "/.*"}';
  const rules = (...items: string[]): string => `, rules: {http: [${items.join(', ')}]}`;
  const changed = [['CiliumNetworkPolicy web/web', 'changed']];
  expect(filtersOf(rules(one), rules(other))).toEqual(changed);
  expect(filtersOf(rules(one), rules(one, other))).toEqual(changed);
  expect(filtersOf(rules(one, other), rules(other, one))).toEqual([]);
  const egress = (names: string) => `}]}]\n  egress: [{toPorts: [{ports: [{port: "53", protocol: UDP}], rules: {dns: [${names}]}`;
  expect(filtersOf(egress('{matchName: a.example.com}'), egress('{matchPattern: "*"}'))).toEqual(changed);
  expect(filtersOf(egress('{matchName: a.io}, {matchName: b.io}'), egress('{matchName: b.io}, {matchName: a.io}'))).toEqual([]);
  expect(filtersOf(', rules: {kafka: [{topic: a}]}', ', rules: {kafka: [{topic: b}]}')).toEqual(changed);
  expect(filtersOf(', terminatingTLS: {secret: {name: a}}', ', terminatingTLS: {secret: {name: b}}')).toEqual(changed);
});

const pods = ['client', 'web']
  .map((name) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: web, labels: {app: ${name}}}\nspec: {containers: [{name: c, image: i}]}\n`)
  .join('---\n');
const filtering = `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: get, namespace: web}
spec:
  endpointSelector: {matchLabels: {app: web}}
  ingress: [{fromEndpoints: [{matchLabels: {app: client}}], toPorts: [{ports: [{port: "8080", protocol: TCP}], rules: {http: [{method: GET}]}}]}]
`;
const plainly = (ports: string, app = 'client'): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: plain, namespace: web}\nspec: {podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: ${app}}}}]${ports}}]}\n`;

const compared = (before: readonly string[], after: readonly string[]) => {
  const profile = profileOf('cilium@1.19');
  if (!profile.ok) throw new Error('no profile');
  const side = (texts: readonly string[]) => ({
    title: 'x',
    ...seenBy(loadSnapshot([{ file: 'p.yaml', text: [pods, ...texts].join('---\n') }]).snapshot, profile.value),
  });
  return diff(side(before), side(after));
};

test('a plain rule that comes beside a filter and undoes it is a difference, and so is one that goes', () => {
  const port = ', ports: [{port: 8080}]';
  const undone = compared([filtering], [filtering, plainly(port)]);
  expect(undone.changes).toEqual([]);
  expect(undone.filters.map(({ how, title }) => [how, title])).toEqual([
    [
      'removed',
      expect.stringMatching(
        /filter of CiliumNetworkPolicy web\/get on web\/client\[Pod\] to web\/web\[Pod\]: NetworkPolicy web\/plain allows TCP 8080 without it/,
      ),
    ],
  ]);
  expect(compared([filtering, plainly(port)], [filtering]).filters.map((f) => f.how)).toEqual(['added']);
  // Beside traffic that is gained.
  expect(compared([filtering], [filtering, plainly('')]).filters.map((f) => f.how)).toEqual(['removed']);
  expect(compared([filtering], [filtering, plainly(', ports: [{port: 22}]')]).filters).toEqual([]);
  expect(compared([filtering], [filtering, plainly(port, 'other')]).filters).toEqual([]);
});

test('what is not compared is said: pods to come, and secondary networks', () => {
  const attached = pods.replace(
    'metadata: {name: client, namespace: web,',
    'metadata: {name: client, namespace: web, annotations: {k8s.v1.cni.cncf.io/networks: web/fast},',
  );
  const said = (texts: readonly string[]): string => compared([], texts).assumptions.join('\n');
  expect(said([])).toContain('Pods of the input alone are compared');
  expect(said([])).not.toContain('secondary networks');
  const profile = profileOf('cilium@1.19');
  if (!profile.ok) throw new Error('no profile');
  const side = { title: 'x', ...seenBy(loadSnapshot([{ file: 'p.yaml', text: attached }]).snapshot, profile.value) };
  expect(diff(side, side).assumptions.join('\n')).toContain('Traffic on secondary networks is not compared (web/fast)');
  const multi =
    'apiVersion: k8s.cni.cncf.io/v1beta1\nkind: MultiNetworkPolicy\nmetadata: {name: m, namespace: web, annotations: {k8s.v1.cni.cncf.io/policy-for: web/fast}}\nspec: {podSelector: {}, policyTypes: [Ingress]}\n';
  expect(said([multi])).toContain('Policies for them differ');
});
