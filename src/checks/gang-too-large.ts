import { within } from '../kernel/origin.ts';
import { Reader } from '../kernel/reader.ts';
import { labelOf } from '../model/labels.ts';
import { groupOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Check, CheckContext } from './check.ts';
import { documents, trainingNamespace } from './example-parts.ts';
import { policyIndex } from './policy-index.ts';
import { namesOf, subjectsOf } from './subjects.ts';

const job = (least: number): string => `
apiVersion: batch.volcano.sh/v1alpha1
kind: Job
metadata: {name: llm, namespace: ai-training}
spec:
  minAvailable: ${least}
  plugins: {pytorch: [], svc: []}
  tasks:
  - {name: master, replicas: 1, template: {spec: {containers: [{name: main, image: "registry.example.com/training:v1", resources: {limits: {nvidia.com/gpu: 8}}}]}}}
  - {name: worker, replicas: 3, template: {spec: {containers: [{name: main, image: "registry.example.com/training:v1", resources: {limits: {nvidia.com/gpu: 8}}}]}}}`;

/** Label by which pods join a group of the coscheduling plugin. Source: kubernetes-sigs/scheduler-plugins apis/scheduling/v1alpha1/types.go PodGroupLabel. */
const groupLabel = 'scheduling.x-k8s.io/pod-group';

export const check: Check = {
  slug: 'gang-too-large',
  title: 'A job that waits for more pods than it has',
  severity: 'high',
  plane: 'scheduling',
  running: true,
  why: 'A scheduler of gangs starts the pods of a job together, as soon as there are as many as it is told to wait for. A Volcano Job whose `minAvailable` is more than all replicas of its tasks, or more for one task than that has, is refused when it is made; pods of a PodGroup whose `minMember` is more than the pods that carry its name stay Pending for ever.',
  fix: 'Ask for no more than there are: the sum of the replicas, or leave the field out.',
  sources: [
    'volcano-sh/volcano pkg/webhooks/admission/jobs/validate/admit_job.go: minAvailable should not be greater than total replicas in tasks',
    'kubernetes-sigs/scheduler-plugins pkg/coscheduling/core/core.go PreFilter: fewer pods than minMember',
  ],
  example: { bad: documents(trainingNamespace, job(8)), good: documents(trainingNamespace, job(4)) },
  *run(context) {
    for (const object of context.snapshot.objects) {
      const group = groupOf(object.apiVersion);
      if (group === 'batch.volcano.sh' && object.kind === 'Job') yield* ofVolcano(object);
      else if (group === 'scheduling.x-k8s.io' && object.kind === 'PodGroup') yield* ofGroup(context, object);
    }
  },
};

type Found = ReturnType<Check['run']>;

function* ofVolcano(object: RawObject): Found {
  const spec = new Reader(object.body, object.origin, []).field('spec');
  const tasks = spec.field('tasks').each();
  const counts = tasks.map((task) => countOf(task.field('replicas')) ?? 0);
  const title = `${object.namespace ?? 'default'}/${object.name}[Job]`;
  const all = counts.reduce((sum, n) => sum + n, 0);
  const wanted = [
    { at: spec.field('minAvailable'), has: all, of: `${tasks.length === 1 ? 'its task has' : 'all its tasks have'}` },
    ...tasks.map((task, i) => ({ at: task.field('minAvailable'), has: counts[i] ?? 0, of: 'that task has' })),
  ];
  for (const { at, has, of } of wanted) {
    const least = countOf(at);
    if (least === null || least <= has) continue;
    yield {
      severity: 'high',
      confidence: 'certain',
      message: `${title} waits for ${least} pods (minAvailable), and ${of} ${has}: Volcano refuses it, or never starts it.`,
      primary: at.origin,
      related: [],
      fix: `Set minAvailable to ${has} or less, or raise the replicas.`,
      subjects: [`${object.namespace ?? 'default'}/${object.name}`],
    };
  }
}

function* ofGroup({ snapshot }: CheckContext, object: RawObject): Found {
  const at = new Reader(object.body, object.origin, []).field('spec').field('minMember');
  const least = countOf(at);
  const members = policyIndex(snapshot)
    .inNamespace(object.namespace ?? 'default')
    .filter((w) => w.lifecycle !== 'finished' && labelOf(w.labels, groupLabel) === object.name);
  const has = members.reduce((sum, w) => sum + w.replicas, 0);
  if (least === null || members.length === 0 || has >= least) return;
  yield {
    severity: 'high',
    // Pods that the input does not show may carry the label too.
    confidence: 'likely',
    message: `PodGroup ${object.namespace ?? 'default'}/${object.name} waits for ${least} pods (minMember), and ${has} carry its name, those of ${namesOf(members)}: they stay Pending.`,
    primary: within(object.origin, 'spec', 'minMember'),
    related: members.slice(0, 3).map((w) => ({ origin: w.origin, message: `${w.replicas} of them` })),
    fix: `Set minMember to ${has} or less, or make as many pods.`,
    subjects: subjectsOf(members),
  };
}

function countOf({ value }: Reader): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
}
