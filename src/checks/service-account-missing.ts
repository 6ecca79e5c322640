import { memberOf } from '../kernel/map.ts';
import { within } from '../kernel/origin.ts';
import type { RawObject } from '../model/snapshot.ts';
import { type Workload, workloadTitle } from '../model/workload.ts';
import type { Check } from './check.ts';
import { documents, trainer, trainingNamespace } from './example-parts.ts';
import { subjectOf, trainingOf } from './subjects.ts';

const account = (name: string): string => `\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ${name}, namespace: ai-training}`;
const pod = trainer({ spec: '  serviceAccountName: trainer' });

export const check: Check = {
  slug: 'service-account-missing',
  title: 'A job under a service account that is not there',
  severity: 'high',
  plane: 'scheduling',
  running: true,
  why: 'The API server refuses each pod whose ServiceAccount does not exist. The operator makes them again and again; nothing starts, and only the events of the job say why. Nothing is said where the input shows no ServiceAccount of the namespace.',
  fix: 'Make the ServiceAccount in the namespace of the job, or name one that is there.',
  sources: ['kubernetes/kubernetes plugin/pkg/admission/serviceaccount/admission.go: error looking up service account'],
  example: { bad: documents(trainingNamespace, pod, account('default')), good: documents(trainingNamespace, pod, account('default'), account('trainer')) },
  *run(context) {
    const { serviceAccounts, objects } = context.snapshot;
    for (const workload of trainingOf(context)) {
      const { namespace, serviceAccount, lifecycle, replicas, ips } = workload;
      // A controller makes `default` in each namespace, and pods that have an address were let in.
      if (serviceAccount === 'default' || lifecycle === 'finished' || replicas === 0 || ips.length > 0) continue;
      const here = serviceAccounts.filter((a) => a.namespace === namespace);
      if (here.length === 0 || here.some((a) => a.name === serviceAccount) || isMade(workload, objects)) continue;
      // Lists of a cluster have `default`; without it the input may hold some of the accounts alone.
      const whole = here.some((a) => a.name === 'default');
      yield {
        severity: whole ? 'high' : 'medium',
        confidence: whole ? 'certain' : 'possible',
        message: `${workloadTitle(workload)} runs under ServiceAccount ${namespace}/${serviceAccount}, which is not among those of the namespace in the input: ${whole ? 'its pods are refused' : 'if it is not in the cluster, its pods are refused'}.`,
        primary: within(workload.podOrigin, 'serviceAccountName'),
        related: [],
        fix: `Make ServiceAccount ${serviceAccount} in namespace ${namespace}, or name one that is there.`,
        subjects: [subjectOf(workload)],
      };
    }
  },
};

/** Operators that make an account for pods that name none: KubeRay for its autoscaler, MPIJob v1 for its launcher. */
function isMade({ kind, podOrigin }: Workload, objects: readonly RawObject[]): boolean {
  if (!/^(?:MPIJob|Ray)/.test(kind)) return false;
  const { document, path } = podOrigin;
  const object = objects.find(
    ({ origin }) => origin.document.file === document.file && origin.document.index === document.index && origin.path.every((step, i) => step === path[i]),
  );
  if (object === undefined) return true;
  const spec = path
    .slice(object.origin.path.length)
    .reduce<unknown>((at, step) => (Array.isArray(at) ? at[Number(step)] : memberOf(at, String(step))), object.body);
  return !memberOf(spec, 'serviceAccountName') && !memberOf(spec, 'serviceAccount');
}
