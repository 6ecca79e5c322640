import { expect } from 'vitest';
import { loadSnapshot } from '../../src/app/load.ts';
import { preflight } from '../../src/app/preflight/preflight.ts';
import { profileOf } from '../../src/engine/profiles.ts';
import type { JobPreflight, PreflightReport } from '../../src/model/preflight-report.ts';
import { readZones } from '../../src/spec/parse.ts';

/** A PyTorchJob and policies around it, and what preflight says to them. */

export const space = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: ml}\n';
export const deny = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: ml}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
`;
export const dns = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: dns, namespace: ml}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
  - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]
    ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
`;
export const among = (ports: string): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: among, namespace: ml}
spec:
  podSelector: {matchLabels: {training.kubeflow.org/job-name: llm}}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{podSelector: {matchLabels: {training.kubeflow.org/job-name: llm}}}], ports: [${ports}]}]
  egress: [{to: [{podSelector: {matchLabels: {training.kubeflow.org/job-name: llm}}}], ports: [${ports}]}]
`;
const container = (env: string): string =>
  `{containers: [{name: pytorch, image: "train:1", command: [torchrun, train.py], env: [{name: NCCL_DEBUG, value: INFO}${env}]}]}`;
export const job = (env = '', namespace = 'ml'): string => `
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: {name: llm, namespace: ${namespace}}
spec:
  pytorchReplicaSpecs:
    Master: {template: {spec: ${container(env)}}}
    Worker: {replicas: 3, template: {spec: ${container(env)}}}
`;

export function asked(jobText: string, cluster: readonly string[], profileId = 'kubernetes', zone?: string): PreflightReport {
  const { snapshot, diagnostics } = loadSnapshot([
    { file: 'cluster.yaml', text: cluster.join('\n---\n') },
    { file: 'job.yaml', text: jobText },
  ]);
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  const profile = profileOf(profileId);
  if (!profile.ok) throw new Error('no profile');
  const { zones } = readZones(zone === undefined ? [] : [{ file: 'zone.yaml', text: zone }]);
  return preflight(snapshot, profile.value, { files: new Set(['job.yaml']), zones });
}

export function only(report: PreflightReport): JobPreflight {
  const [found, ...others] = report.jobs;
  if (found === undefined || others.length > 0) throw new Error(`${report.jobs.length} jobs`);
  return found;
}

export const statuses = ({ paths }: JobPreflight): Record<string, string> => Object.fromEntries(paths.map((p) => [p.id, p.status]));
