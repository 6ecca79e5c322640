import { expect, test } from 'vitest';
import { asked, job, only, space, statuses } from '../../cases/support/asked-job.ts';
import { wouldRun } from '../model/preflight-report.ts';

const restricted = space.replace('{name: ml}', '{name: ml, labels: {pod-security.kubernetes.io/enforce: restricted}}');
const hardened = job()
  .replaceAll('{containers: [', '{securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}, containers: [')
  .replaceAll('image: "train:1"', 'image: "train:1", securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}');
const operator = (args: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: training-operator, namespace: kubeflow}
spec: {selector: {matchLabels: {app: o}}, template: {metadata: {labels: {app: o}}, spec: {containers: [{name: o, image: training-operator, args: [${args}]}]}}}
`;

test('the init container that the training operator adds to workers is refused by level restricted', () => {
  const found = only(asked(hardened, [restricted]));
  expect(wouldRun(found)).toBe(false);
  expect(found.problems.map((f) => f.message)).toEqual([
    'Namespace ml enforces Pod Security level restricted, which refuses ml/llm[PyTorchJob worker]: the training operator adds the init container init-pytorch to its workers, without a securityContext: allowPrivilegeEscalation must be false (container init-pytorch); capabilities must drop ALL (container init-pytorch).',
  ]);
  expect(wouldRun(only(asked(hardened, [space])))).toBe(true);
  expect(wouldRun(only(asked(hardened, [restricted.replace('restricted', 'baseline')])))).toBe(true);
  expect(only(asked(hardened, [restricted, operator('"--zap-log-level=2"')])).problems).toHaveLength(1);
  expect(only(asked(hardened, [restricted, operator('"--pytorch-init-container-template-file=/etc/t.yaml"')])).problems).toEqual([]);
  expect(only(asked(hardened.replace(/ {4}Master: .*\n/, ''), [restricted])).problems).toEqual([]);
});

test.each<[string, string, boolean, string | undefined]>([
  ['on the network of its node', 'hostNetwork: true, ', false, undefined],
  ['there, asking the cluster', 'hostNetwork: true, dnsPolicy: ClusterFirstWithHostNet, ', true, 'open'],
  ['with the resolver of the node', 'dnsPolicy: Default, ', false, undefined],
  ['with no resolver at all', 'dnsPolicy: None, ', false, undefined],
  ['as pods are', '', true, 'open'],
])('a pod finds its peers by name only if it asks the cluster: %s', (_, spec, runs, dns) => {
  const found = only(asked(job().replaceAll('{containers: [', `{${spec}containers: [`), [space]));
  expect(found.problems.map((f) => f.check)).toEqual(runs ? [] : ['cluster-names-unresolved', 'cluster-names-unresolved']);
  expect(wouldRun(found)).toBe(runs);
  expect(statuses(found).dns).toBe(dns);
});
