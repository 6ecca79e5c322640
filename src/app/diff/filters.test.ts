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
