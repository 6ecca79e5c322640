import { within } from '../kernel/origin.ts';
import { inContainer, workloadTitle } from '../model/workload.ts';
import type { Check } from './check.ts';
import { documents, trainer, trainingNamespace } from './example-parts.ts';
import { subjectOf, trainingOf } from './subjects.ts';

export const check: Check = {
  slug: 'privileged-or-hostpath-in-training',
  title: 'Training pod that holds its node',
  severity: 'high',
  plane: 'node',
  why: 'A privileged container, or one with a directory of the node mounted, is a step away from the node itself: its network, its credentials, the secrets of every pod on it. No network policy counts after that step.',
  fix: 'Drop `privileged`; take device access from a device plugin and data from a volume of the cluster. Enforce it with Pod Security on the namespace.',
  sources: ['kubernetes.io, Pod Security Standards: privileged containers, hostPath volumes'],
  example: {
    bad: documents(trainingNamespace, trainer({ container: '    securityContext: {privileged: true}' })),
    good: documents(trainingNamespace, trainer({ container: '    securityContext: {allowPrivilegeEscalation: false}' })),
  },
  *run(context) {
    for (const workload of trainingOf(context)) {
      const container = workload.pod.containers.find((c) => c.privileged);
      const paths = workload.pod.hostPaths;
      if (container === undefined && paths.length === 0) continue;
      yield {
        severity: 'high',
        confidence: container === undefined ? 'likely' : 'certain',
        message:
          container === undefined
            ? `${workloadTitle(workload)} mounts ${paths.slice(0, 3).join(', ')} of its node.`
            : `Container ${container.name} of ${workloadTitle(workload)} is privileged: whoever holds it holds the node.`,
        primary: container === undefined ? within(workload.podOrigin, 'volumes') : inContainer(workload, container, 'securityContext', 'privileged'),
        related: [],
        fix:
          container === undefined
            ? 'Replace the hostPath volumes by volumes of the cluster.'
            : 'Remove privileged, and request devices through a device plugin.',
        subjects: [subjectOf(workload)],
      };
    }
  },
};
