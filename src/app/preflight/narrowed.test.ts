import { expect, test } from 'vitest';
import { among, asked, deny, dns, job, only, space, statuses } from '../../../cases/support/asked-job.ts';

const cilium = (name: string, egress: string): string =>
  `apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: ${name}, namespace: ml}\nspec: {endpointSelector: {}, egress: [${egress}]}\n`;
const peers = (rules: string): string =>
  `{toEndpoints: [{}], toPorts: [{ports: [{port: "23456", protocol: TCP}]${rules}}, {ports: [{port: "1", endPort: 23455, protocol: TCP}, {port: "23457", endPort: 65535, protocol: TCP}]}]}`;
const resolver = (names: string): string =>
  `{toEndpoints: [{matchLabels: {k8s:io.kubernetes.pod.namespace: kube-system, k8s-app: kube-dns}}], toPorts: [{ports: [{port: "53", protocol: ANY}], rules: {dns: [${names}]}}]}`;
const ingress =
  'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: in, namespace: ml}\nspec: {podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {}}]}]}\n';

const ask = (...cluster: string[]): Record<string, string> => statuses(only(asked(job(''), [space, ...cluster], 'cilium@1.19')));
const told = (found: Record<string, string>): string[] => [...new Set(Object.values(found))].sort();

test('traffic that is no HTTP is not known to pass a rule on HTTP, and passes a plain one beside it', () => {
  const filter = cilium('train', peers(', rules: {http: [{method: GET}]}'));
  const plain = cilium('plain', peers(''));
  expect(told(ask(ingress, filter, dns))).toContain('unknown');
  expect(told(ask(ingress, filter, plain, dns))).toEqual(['open']);
  expect(told(ask(ingress, plain, dns))).toEqual(['open']);
});

test.each([
  ['{matchPattern: "*.amazonaws.com"}', 'unknown'],
  ['{matchName: huggingface.co}', 'unknown'],
  ['{matchPattern: "*.amazonaws.com"}, {matchPattern: "*.ml.svc.cluster.local"}', 'open'],
  ['{matchPattern: "*"}', 'open'],
  ['{matchPattern: "**.cluster.local"}', 'open'],
])('a filter of names that lets through %s: cluster DNS is %s', (names, status) => {
  const found = ask(deny, among('{protocol: TCP}'), cilium('dns', resolver(names)));
  expect(found.dns).toBe(status);
});

test('a role without pods is dialled by nobody', () => {
  const alone = job().replace('replicas: 3', 'replicas: 0');
  expect(told(statuses(only(asked(alone, [space, deny, dns], 'cilium@1.19'))))).toEqual(['open']);
  expect(told(statuses(only(asked(job(), [space, deny, dns], 'cilium@1.19'))))).toContain('blocked');
});
