import { describe, expect, test } from 'vitest';
import { among, asked, deny, dns, job, only, space, statuses } from '../../../cases/support/asked-job.ts';
import { wouldRun } from '../../model/preflight-report.ts';

const open = among('{protocol: TCP}');

describe('DNS that is open over UDP alone', () => {
  const udp = dns.replace(', {protocol: TCP, port: 53}', '');

  test('stops no job, and is told', () => {
    const found = only(asked(job(), [space, deny, udp, open]));
    expect(statuses(found)).toMatchObject({ dns: 'open', 'dns/tcp': 'blocked' });
    expect(wouldRun(found)).toBe(true);
    expect(found.paths.find((p) => p.id === 'dns')?.ports).toBe('UDP 53');
    expect(found.patch?.opens).toEqual(['dns/tcp']);
  });

  test('is one path where all of it is open, or all is shut', () => {
    expect(Object.keys(statuses(only(asked(job(), [space, deny, dns, open]))))).not.toContain('dns/tcp');
    const tcp = dns.replace('{protocol: UDP, port: 53}, ', '');
    for (const shut of [[], [tcp]]) {
      const found = only(asked(job(), [space, deny, ...shut, open]));
      expect(statuses(found)).toMatchObject({ dns: 'blocked' });
      expect(Object.keys(statuses(found))).not.toContain('dns/tcp');
    }
  });
});

describe('a rendezvous in etcd', () => {
  const elastic = (backend: string, endpoint: string): string => `
apiVersion: batch/v1
kind: Job
metadata: {name: llm, namespace: ml}
spec:
  completionMode: Indexed
  completions: 2
  parallelism: 2
  template:
    metadata: {labels: {training.kubeflow.org/job-name: llm}}
    spec: {containers: [{name: c, image: "acme:1", command: [torchrun, --rdzv_backend=${backend}, "--rdzv_endpoint=${endpoint}", t.py]}]}`;
  const etcd = `
apiVersion: v1
kind: Service
metadata: {name: etcd, namespace: ml}
spec: {selector: {app: etcd}, ports: [{port: 2379}]}
---
apiVersion: v1
kind: Pod
metadata: {name: etcd, namespace: ml, labels: {app: etcd}}
spec: {containers: [{name: c, image: etcd}]}`;

  test.each([
    ['etcd-v2', 'etcd:2379', 'named/etcd:2379', 'blocked'],
    ['etcd', 'etcd', 'named/etcd:2379', 'blocked'],
    ['etcd-v2', 'etcd.elsewhere.svc:2380', 'named/etcd.elsewhere.svc:2380', 'unknown'],
    ['etcd-v2', '$WHERE', 'named/etcd://', 'unknown'],
  ])('is dialled by every pod: %s at %s', (backend, endpoint, id, status) => {
    const found = only(asked(elastic(backend, endpoint), [space, deny, dns, open, etcd]));
    expect(statuses(found)).toMatchObject({ [id]: status });
    expect(Object.keys(statuses(found))).not.toContain('pytorch/rendezvous');
  });

  test('is no etcd where the pods meet by themselves', () => {
    expect(Object.keys(statuses(only(asked(elastic('c10d', 'etcd:2379'), [space, deny, dns, open, etcd]))))).not.toContain('named/etcd:2379');
  });
});

describe('a policy that an operator makes', () => {
  test('says who makes it', () => {
    const volcano = `
apiVersion: batch.volcano.sh/v1alpha1
kind: Job
metadata: {name: llm, namespace: ml}
spec:
  plugins: {pytorch: [], svc: []}
  tasks:
  - {name: master, replicas: 1, template: {spec: {containers: [{name: c, image: "acme:1", command: [torchrun, t.py]}]}}}
  - {name: worker, replicas: 2, template: {spec: {containers: [{name: c, image: "acme:1", command: [torchrun, t.py]}]}}}`;
    const found = only(asked(volcano, [space, deny.replace('Ingress, Egress', 'Egress')]));
    expect(JSON.stringify(found.paths)).toContain('NetworkPolicy ml/llm (made by Volcano for Job ml/llm)');
  });
});

describe('a patch for one sort of pod', () => {
  test('chooses it by the labels of its operator, whatever else its pods carry', () => {
    const labelled = job(', {name: X, value: "http://a.example.com"}').replace('{template: {spec', '{template: {metadata: {labels: {app: one}}, spec');
    const master = labelled.replace(/(Worker[\s\S]*), \{name: X, value: "http:\/\/a\.example\.com"\}/, '$1');
    const found = only(asked(master, [space, deny, dns, open], 'cilium@1.19'));
    const [edit] = found.patch?.edits ?? [];
    expect(edit?.manifest).toContain('training.kubeflow.org/replica-type: master');
    expect(edit?.manifest).toContain('training.kubeflow.org/job-name: llm');
    expect(edit?.manifest).not.toContain('app: one');
  });
});
