import { within } from '../kernel/origin.ts';
import { labelOf } from '../model/labels.ts';
import { type Workload, workloadTitle } from '../model/workload.ts';
import type { Check } from './check.ts';
import { documents } from './example-parts.ts';
import { subjectOf, trainingOf } from './subjects.ts';

const levelLabel = 'pod-security.kubernetes.io/enforce';

/** Capabilities that the level baseline lets a container add. Source: kubernetes.io, Pod Security Standards. */
const baselineCapabilities: readonly string[] = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

const namespace = (level: string): string => `\napiVersion: v1\nkind: Namespace\nmetadata: {name: ai-training, labels: {${levelLabel}: ${level}}}`;
const pod = `
apiVersion: v1
kind: Pod
metadata: {name: trainer, namespace: ai-training}
spec:
  containers:
  - name: trainer
    image: registry.example.com/trainer:1
    resources: {limits: {nvidia.com/gpu: "8", rdma/hca_shared_devices_a: "1"}}
    securityContext: {capabilities: {drop: [ALL], add: [IPC_LOCK]}}`;

export const check: Check = {
  slug: 'pod-security-refuses-job',
  title: "The namespace's Pod Security level refuses the job",
  severity: 'high',
  plane: 'node',
  why: 'Pod Security admission rejects pods that ask for more than the level of their namespace allows. RDMA jobs ask for `IPC_LOCK`, some for hostNetwork or hostPath; under "restricted" or "baseline" their pods are never created, and the operator retries for ever.',
  fix: 'Take what the job does not need out of it. What it does need (IPC_LOCK for RDMA) wants a namespace of its own at level "privileged", with an admission policy that allows just that.',
  sources: ['kubernetes.io, Pod Security Standards', 'kubernetes.io, Pod Security Admission: pod-security.kubernetes.io/enforce'],
  example: { bad: documents(namespace('restricted'), pod), good: documents(namespace('privileged'), pod) },
  *run(context) {
    for (const workload of trainingOf(context)) {
      const space = context.snapshot.namespaces.get(workload.namespace);
      const level = space === undefined ? undefined : labelOf(space.labels, levelLabel);
      if (space === undefined || (level !== 'baseline' && level !== 'restricted')) continue;
      const asks = forbidden(workload, level);
      if (asks.length === 0) continue;
      yield {
        severity: 'high',
        confidence: 'certain',
        message: `Namespace ${space.name} enforces Pod Security level ${level}, which refuses ${workloadTitle(workload)}: it asks for ${asks.join(', ')}.`,
        primary: workload.podOrigin,
        related: space.origin === null ? [] : [{ origin: within(space.origin, 'metadata', 'labels', levelLabel), message: `level ${level}` }],
        fix: `Take ${asks.join(', ')} out of the pod, or run it in a namespace at level privileged.`,
        subjects: [subjectOf(workload)],
      };
    }
  },
};

/** What the pod asks for that even baseline refuses, or, under restricted, any capability but one. */
function forbidden(workload: Workload, level: 'baseline' | 'restricted'): readonly string[] {
  const { containers, hostPaths } = workload.pod;
  const allowed = level === 'restricted' ? ['NET_BIND_SERVICE'] : baselineCapabilities;
  const capabilities = containers.flatMap((c) => c.capabilities.add.map((a) => a.toUpperCase())).filter((c) => !allowed.includes(c));
  return [
    ...(workload.hostNetwork ? ['hostNetwork'] : []),
    ...(containers.some((c) => c.privileged) ? ['a privileged container'] : []),
    ...(hostPaths.length > 0 ? ['hostPath volumes'] : []),
    ...(workload.ports.some((p) => p.hostPort !== null) && !workload.hostNetwork ? ['host ports'] : []),
    ...[...new Set(capabilities)].map((c) => `capability ${c}`),
  ];
}
