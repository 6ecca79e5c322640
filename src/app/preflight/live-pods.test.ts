import { expect, test } from 'vitest';
import { among, asked, deny, dns, job, only, space, statuses } from '../../../cases/support/asked-job.ts';

/** A pod of an earlier run of the same job, made from another template. */
const live = (role: string): string => `
apiVersion: v1
kind: Pod
metadata:
  name: llm-${role}-0
  namespace: ml
  uid: ${role}
  creationTimestamp: "2026-01-01T00:00:00Z"
  labels: {training.kubeflow.org/job-name: llm, training.kubeflow.org/replica-type: ${role}, training.kubeflow.org/operator-name: pytorchjob-controller, training.kubeflow.org/replica-index: "0"}
  ownerReferences: [{apiVersion: kubeflow.org/v1, kind: PyTorchJob, name: llm, uid: u, controller: true}]
spec: {nodeName: n1, containers: [{name: pytorch, image: "train:0"}]}
status: {phase: Running, podIP: 10.0.0.9}`;

test('pods of an earlier run in the cluster do not make a job forget who its master is', () => {
  const asksFor = (cluster: readonly string[]): readonly string[] =>
    Object.keys(statuses(only(asked(job(', {name: PET_MASTER_PORT, value: "30001"}'), cluster))));
  const shut = [space, deny, dns, among('{port: 23456, protocol: TCP}')];
  expect(asksFor([...shut, live('master'), live('worker')])).toEqual(asksFor(shut));
});
