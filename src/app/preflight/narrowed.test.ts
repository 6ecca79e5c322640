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

test('traffic that is no HTTP does not pass a rule on HTTP, and passes a plain one beside it', () => {
  const filter = cilium('train', peers(', rules: {http: [{method: GET}]}'));
  const plain = cilium('plain', peers(''));
  const found = only(asked(job(''), [space, ingress, filter, dns], 'cilium@1.19'));
  expect(statuses(found)).toMatchObject({ 'pytorch/store': 'blocked', dns: 'open' });
  expect(found.paths.find((p) => p.id === 'pytorch/store')?.reasons.join(' ')).toMatch(
    /on 23456\/TCP CiliumNetworkPolicy ml\/train lets through only HTTP, and this is neither/,
  );
  expect(found.patch?.also).toContain('undoes what CiliumNetworkPolicy ml/train filters above layer 4, for this traffic');
  const manifests = (found.patch?.edits ?? []).map((e) => e.manifest ?? '');
  expect(told(ask(ingress, filter, dns, ...manifests))).toEqual(['open']);
  expect(told(ask(ingress, filter, plain, dns))).toEqual(['open']);
  expect(told(ask(ingress, plain, dns))).toEqual(['open']);
});

test.each([
  ['{matchPattern: "*.amazonaws.com"}', 'blocked'],
  ['{matchName: huggingface.co}', 'blocked'],
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

test('a filter of names gets the names of the cluster beside it, and no others', () => {
  const cluster = [space, deny, among('{protocol: TCP}'), cilium('dns', resolver('{matchName: huggingface.co}'))];
  const found = only(asked(job(''), cluster, 'cilium@1.19'));
  const manifests = (found.patch?.edits ?? []).map((e) => e.manifest ?? '');
  expect(manifests.join('')).toMatch(/dns:\n\s+- matchPattern: "?\*\.\*\.svc\.cluster\.local"?\n\s+- matchPattern: "?\*\.\*\.\*\.svc\.cluster\.local"?\n/);
  expect(ask(...cluster.slice(1), ...manifests).dns).toBe('open');
});

test('server names end what is no TLS; what may be HTTP is not known', () => {
  const names = cilium('train', peers(', serverNames: [a.example.com]').replaceAll('protocol: TCP}]}]}', 'protocol: TCP}]}]}'));
  expect(ask(ingress, names, dns)['pytorch/store']).toBe('blocked');
  const tune = `
apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: tune, namespace: ml}
spec:
  headGroupSpec: {rayStartParams: {}, template: {spec: {containers: [{name: ray, image: ray}]}}}
  workerGroupSpecs: [{groupName: gpu, replicas: 2, rayStartParams: {}, template: {spec: {containers: [{name: ray, image: ray}]}}}]
`;
  const http = cilium('train', peers(', rules: {http: [{}]}').replaceAll('23456', '6379').replaceAll('23455', '6378').replaceAll('23457', '6380'));
  expect(statuses(only(asked(tune, [space, ingress, http, dns], 'cilium@1.19')))['ray/gcs']).toBe('unknown');
});
