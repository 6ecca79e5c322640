import { labelOf } from '../model/labels.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Check, CheckContext } from './check.ts';
import { documents, pretrain, trainingNamespace } from './example-parts.ts';
import { policyIndex } from './policy-index.ts';
import { type TrainingKind, trainingKinds } from './training-kinds.ts';

const cluster = `
apiVersion: kubernetes.dask.org/v1
kind: DaskCluster
metadata: {name: features, namespace: ai-training}
spec:
  worker: {replicas: 2, spec: {containers: [{name: worker, image: "ghcr.io/dask/dask:latest", args: [dask-worker, --name, $(DASK_WORKER_NAME)]}]}}
  scheduler: {spec: {containers: [{name: scheduler, image: "ghcr.io/dask/dask:latest", args: [dask-scheduler]}]}, service: {type: ClusterIP}}`;

export const check: Check = {
  slug: 'training-kind-not-read',
  title: 'A training job that is not in the picture',
  severity: 'medium',
  plane: 'network',
  why: 'The object makes training pods, but its kind is not read, so none of its pods takes part in any answer: no reach, no blast radius, no other finding. Silence about them says nothing.',
  fix: 'Give the pods themselves too, as the operator made them: `kubectl get pods -o yaml`.',
  sources: trainingKinds.map((k) => `${k.group}/${k.kind}: ${k.source}`),
  example: { bad: documents(trainingNamespace, cluster), good: documents(trainingNamespace, pretrain) },
  *run(context) {
    for (const object of context.snapshot.objects) {
      const kind = kindOf(object);
      if (kind === undefined || !context.snapshot.unread.has(`${object.apiVersion}/${object.kind}`) || hasPods(context, object, kind)) continue;
      const place = `${object.namespace ?? 'default'}/${object.name}`;
      yield {
        severity: 'medium',
        confidence: 'certain',
        message: `${object.kind} ${place} makes training pods, but ${object.apiVersion} ${object.kind} is not read yet: its pods are in no answer.`,
        primary: object.origin,
        related: [],
        fix: `Give its pods as well: kubectl get pods -n ${object.namespace ?? 'default'} -o yaml.`,
        subjects: [place],
      };
    }
  },
};

function kindOf(object: RawObject): TrainingKind | undefined {
  const slash = object.apiVersion.indexOf('/');
  return trainingKinds.find((k) => k.kind === object.kind && k.group === object.apiVersion.slice(0, Math.max(0, slash)));
}

/** Whether pods of the object are in the input all the same, from a live cluster; operators that go through another object name that one after it. */
function hasPods({ snapshot }: CheckContext, object: RawObject, { kind, label }: TrainingKind): boolean {
  return policyIndex(snapshot)
    .inNamespace(object.namespace ?? 'default')
    .some((w) => {
      const named = label === null ? undefined : labelOf(w.labels, label);
      return (w.kind === kind && w.name === object.name) || named === object.name || named?.startsWith(`${object.name}-`) === true;
    });
}
