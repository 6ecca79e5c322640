import { expect, test } from 'vitest';
import { asked, deny, dns, only, space, statuses } from '../../../cases/support/asked-job.ts';

const set = (at: string): string => `
apiVersion: v1
kind: Service
metadata: {name: ddp, namespace: ml}
spec: {clusterIP: None, selector: {app: ddp}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: ddp, namespace: ml}
spec:
  serviceName: ddp
  replicas: 4
  selector: {matchLabels: {app: ddp}}
  template: {metadata: {labels: {app: ddp}}, spec: {containers: [{name: t, image: i, command: [torchrun, --nnodes=4, --master-addr=${at}, t.py]}]}}
`;
const jobSet = `
apiVersion: jobset.x-k8s.io/v1alpha2
kind: JobSet
metadata: {name: ddp, namespace: ml, labels: {}}
spec:
  replicatedJobs:
  - name: workers
    template: {spec: {parallelism: 4, completions: 4, template: {metadata: {labels: {app: ddp}}, spec: {containers: [{name: t, image: i, command: [torchrun, --nnodes=4, --master-addr=ddp-workers-0-0.ddp, t.py]}]}}}}
`;
/** All may dial from the pods, and only the one pod with the label is to be dialled at 29500; all at the ports that the kernel picks. */
const open = (label: string): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: out, namespace: ml}
spec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: ddp}}}]}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: in, namespace: ml}
spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {app: ddp}}}], ports: [{port: 32768, endPort: 60999}]}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: zero, namespace: ml}
spec: {podSelector: {matchLabels: {${label}}}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {app: ddp}}}], ports: [{port: 29500}]}]}
`;

test.each<readonly [string, string, string, string]>([
  ['its index', set('ddp-0.ddp'), 'apps.kubernetes.io/pod-index: "0"', 'open'],
  ['its name', set('ddp-0.ddp.ml.svc'), 'statefulset.kubernetes.io/pod-name: ddp-0', 'open'],
  ['another pod', set('ddp-1.ddp'), 'statefulset.kubernetes.io/pod-name: ddp-0', 'blocked'],
  ['any of them', set('ddp'), 'apps.kubernetes.io/pod-index: "0"', 'blocked'],
  ['the number of a pod of a JobSet', jobSet, 'batch.kubernetes.io/job-completion-index: "0"', 'open'],
  ['another of a JobSet', jobSet, 'batch.kubernetes.io/job-completion-index: "1"', 'blocked'],
])('the place to meet is one pod, where its name tells which: %s', (_, job, label, store) => {
  expect(statuses(only(asked(job, [space, deny, dns, open(label)])))).toEqual({ 'pytorch/store': store, 'gloo/collectives': 'open', dns: 'open' });
});

test('a place that another job names is one pod of it too', () => {
  const client = `apiVersion: batch/v1\nkind: Job\nmetadata: {name: c, namespace: ml}\nspec: {template: {metadata: {labels: {app: ddp}}, spec: {restartPolicy: Never, containers: [{name: c, image: x, env: [{name: STORE_URL, value: "http://ddp-0.ddp:29500"}]}]}}}`;
  const named = (label: string) =>
    only(asked(client, [space, deny, dns, set('ddp-0.ddp'), open(label)])).paths.find((p) => p.id === 'named/ddp-0.ddp:29500')?.status;
  expect([named('apps.kubernetes.io/pod-index: "0"'), named('apps.kubernetes.io/pod-index: "1"')]).toEqual(['open', 'blocked']);
});

test('an elastic PyTorchJob meets at the Service of its first worker, which chooses it by its number', () => {
  const job = `
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: {name: llm, namespace: ml}
spec:
  elasticPolicy: {rdzvBackend: c10d, minReplicas: 1, maxReplicas: 4}
  pytorchReplicaSpecs: {Worker: {replicas: 4, template: {spec: {containers: [{name: pytorch, image: x, command: [torchrun, t.py]}]}}}}
`;
  const found = only(asked(job, [space]));
  expect(found.paths.filter((p) => /^(?:named|elsewhere)\//.test(p.id))).toEqual([]);
});
