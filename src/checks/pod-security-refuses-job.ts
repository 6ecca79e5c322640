import { within } from '../kernel/origin.ts';
import { enforceLabel, podSecurityViolations, refusingLevel } from '../model/pod-security.ts';
import { workloadTitle } from '../model/workload.ts';
import type { Check } from './check.ts';
import { documents } from './example-parts.ts';
import { withInitPytorch } from './init-pytorch.ts';
import { subjectOf, trainingOf } from './subjects.ts';

const namespace = (level: string): string => `\napiVersion: v1\nkind: Namespace\nmetadata: {name: ai-training, labels: {${enforceLabel}: ${level}}}`;
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
  running: true,
  why: 'Pod Security admission rejects pods that ask for more than the level of their namespace allows and, under "restricted", pods that do not say themselves that they run as no root, with a seccomp profile, without privilege escalation and with all capabilities dropped. RDMA jobs ask for `IPC_LOCK`, some for hostNetwork or hostPath; under "restricted" or "baseline" their pods are never created, and the operator retries for ever.',
  fix: 'Take what the job does not need out of it, and write what "restricted" requires into its securityContext. What it does need (IPC_LOCK for RDMA) wants a namespace of its own at level "privileged", with an admission policy that allows just that.',
  sources: [
    'kubernetes.io, Pod Security Standards',
    'kubernetes.io, Pod Security Admission: pod-security.kubernetes.io/enforce',
    'kubeflow/trainer release-1.9 pkg/controller.v1/pytorch/initcontainer.go',
  ],
  example: { bad: documents(namespace('restricted'), pod), good: documents(namespace('privileged'), pod) },
  *run(context) {
    for (const workload of trainingOf(context)) {
      const space = context.snapshot.namespaces.get(workload.namespace);
      const level = space === undefined ? null : refusingLevel(space.labels);
      if (space === undefined || level === null) continue;
      const violations = podSecurityViolations(workload, level);
      if (violations.length === 0) {
        const added = podSecurityViolations(withInitPytorch(workload, context.snapshot), level);
        if (added.length === 0) continue;
        yield {
          severity: 'high',
          confidence: 'likely',
          message: `Namespace ${space.name} enforces Pod Security level ${level}, which refuses ${workloadTitle(workload)}: the training operator adds the init container init-pytorch to its workers, without a securityContext: ${added.join('; ')}.`,
          primary: workload.podOrigin,
          related: space.origin === null ? [] : [{ origin: within(space.origin, 'metadata', 'labels', enforceLabel), message: `level ${level}` }],
          fix: 'Start the training operator with --pytorch-init-container-template-file and a template that has the securityContext, or run the job without a master (elastic, or Kubeflow Trainer), which gets no init container.',
          subjects: [subjectOf(workload)],
        };
        continue;
      }
      yield {
        severity: 'high',
        confidence: 'certain',
        message: `Namespace ${space.name} enforces Pod Security level ${level}, which refuses ${workloadTitle(workload)}: ${violations.join('; ')}.`,
        primary: workload.podOrigin,
        related: space.origin === null ? [] : [{ origin: within(space.origin, 'metadata', 'labels', enforceLabel), message: `level ${level}` }],
        ...remedy(podSecurityViolations(workload, 'baseline').length > 0, violations.length),
        subjects: [subjectOf(workload)],
      };
    }
  },
};

const hardened = `securityContext:            # of the pod
  runAsNonRoot: true
  seccompProfile: {type: RuntimeDefault}
containers:
- securityContext:          # of each container
    allowPrivilegeEscalation: false
    capabilities: {drop: [ALL]}
`;

/** Pods that ask for too much need another level; pods that only keep silent need to say what restricted wants to hear. */
function remedy(asksTooMuch: boolean, count: number): { readonly fix: string; readonly patch?: string } {
  if (!asksTooMuch) return { fix: 'Say it in the securityContext of the pod and of each container.', patch: hardened };
  return { fix: `Take ${count === 1 ? 'it' : 'them'} out of the pod, or run it in a namespace at level privileged.` };
}
