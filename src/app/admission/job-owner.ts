import { celList, celText, labelValue } from './cel.ts';
import { created } from './conditions.ts';
import type { AdmissionRule } from './rule.ts';

/** A kind by its group, as owner references name it. */
interface Kind {
  readonly group: string;
  readonly kinds: readonly string[];
}

/** Pods that one more object stands between: how that object is called, in CEL over the name of the job. */
interface Part extends Kind {
  readonly name: (job: string) => string;
  /** The owners of that object, in CEL as well. */
  readonly of: readonly (Kind & { readonly name: (job: string) => string })[];
}

interface JobKind {
  /** Kinds whose objects have the name of the job and own its pods. */
  readonly whole: readonly Kind[];
  readonly parts: readonly Part[];
}

const itself = (job: string): string => job;
const label = (key: string): string => labelValue('object', key);
const group = label('leaderworkerset.sigs.k8s.io/group-index');

/**
 * Whom an operator makes the owner of pods that it labels. Sources: kubeflow/trainer release-1.9 pkg/controller.v1/common/pod.go; kubeflow/mpi-operator v2
 * pkg/controller (launcher Job NAME-launcher); kubernetes-sigs/jobset pkg/controllers/jobset_controller.go (Jobs NAME-REPLICATEDJOB-INDEX); ray-project/kuberay
 * ray-operator/controllers/ray/raycluster_controller.go; volcano-sh/volcano pkg/controllers/job; kubernetes-sigs/lws pkg/controllers (the leaders' StatefulSet
 * NAME, and one of the workers of each group, NAME-GROUP, which the leader pod owns); kubernetes/kubernetes pkg/controller/job.
 */
const jobKinds: ReadonlyMap<string, JobKind> = new Map<string, JobKind>([
  [
    'training.kubeflow.org/job-name',
    {
      whole: [{ group: 'kubeflow.org', kinds: ['PyTorchJob', 'TFJob', 'MPIJob', 'XGBoostJob', 'PaddleJob', 'JAXJob'] }],
      parts: [
        {
          group: 'batch',
          kinds: ['Job'],
          name: (job) => `${job} + '-launcher'`,
          of: [{ group: 'kubeflow.org', kinds: ['MPIJob'], name: itself }],
        },
      ],
    },
  ],
  [
    'jobset.sigs.k8s.io/jobset-name',
    {
      whole: [],
      parts: [
        {
          group: 'batch',
          kinds: ['Job'],
          name: (job) => `${job} + '-' + ${label('jobset.sigs.k8s.io/replicatedjob-name')} + '-' + ${label('jobset.sigs.k8s.io/job-index')}`,
          of: [{ group: 'jobset.x-k8s.io', kinds: ['JobSet'], name: itself }],
        },
      ],
    },
  ],
  ['ray.io/cluster', { whole: [{ group: 'ray.io', kinds: ['RayCluster'] }], parts: [] }],
  ['volcano.sh/job-name', { whole: [{ group: 'batch.volcano.sh', kinds: ['Job'] }], parts: [] }],
  ['batch.kubernetes.io/job-name', { whole: [{ group: 'batch', kinds: ['Job'] }], parts: [] }],
  ['job-name', { whole: [{ group: 'batch', kinds: ['Job'] }], parts: [] }],
  [
    'leaderworkerset.sigs.k8s.io/name',
    {
      whole: [],
      parts: [
        {
          group: 'apps',
          kinds: ['StatefulSet'],
          name: itself,
          of: [{ group: 'leaderworkerset.x-k8s.io', kinds: ['LeaderWorkerSet'], name: itself }],
        },
        {
          group: 'apps',
          kinds: ['StatefulSet'],
          name: (job) => `${job} + '-' + ${group}`,
          of: [{ group: '', kinds: ['Pod'], name: (job) => `object.metadata.name.startsWith(${job} + '-') ? object.metadata.name : ''` }],
        },
      ],
    },
  ],
]);

/**
 * The label of a job is for pods that its operator makes: owned by an object of the kind that the label is of, with the name of the job, and created by a
 * controller. Who creates counts, since anyone who may create pods may write any owner on them: the plug-in OwnerReferencesPermissionEnforcement looks at
 * references that block the deletion of their owner, and at changes of those that are there, alone. Source: kubernetes.io, Admission Controllers.
 * Of a label that no operator of ours writes, the owner may be of any kind.
 */
export function jobOwner(namespace: string, key: string): AdmissionRule {
  const value = `object.metadata.labels[${celText(key)}]`;
  const kind = jobKinds.get(key);
  const owners =
    kind === undefined ? [`o.name == ${value}`] : [...kind.whole.map((k) => owner({ ...k, name: itself }, value)), ...kind.parts.map((p) => owner(p, value))];
  return {
    id: 'job-owner',
    expression: created(
      `!has(object.metadata.labels) || !(${celText(key)} in object.metadata.labels) || (${byController(namespace)} && ${controlledBy(owners)})`,
    ),
    message: `only pods that a controller made for a job may carry its label ${key}; controllers run outside of ${namespace}`,
  };
}

/** The same for templates of what an operator makes pods by: whoever may create a Job would have the Job controller write the label for them. */
export function jobParts(namespace: string, key: string): readonly AdmissionRule[] {
  const of = jobKinds.get(key)?.parts.flatMap((p) => p.of) ?? [];
  if (of.length === 0) return [];
  const now = templateLabel('object', key);
  return [
    {
      id: 'job-parts',
      expression: `${now} == (request.operation == 'UPDATE' ? ${templateLabel('oldObject', key)} : '') || (${byController(namespace)} && ${controlledBy(of.map((k) => owner(k, now)))})`,
      message: `only what a controller made for a job may give pods its label ${key}; controllers run outside of ${namespace}`,
    },
  ];
}

/** Kinds of objects whose pods carry a label of a job, though another object is the job. */
export function partKinds(keys: readonly string[]): readonly Kind[] {
  const parts = keys.flatMap((key) => jobKinds.get(key)?.parts ?? []);
  return [...new Map(parts.map((p) => [p.group, { group: p.group, kinds: p.kinds }])).values()];
}

function templateLabel(object: string, key: string): string {
  const labels = `${object}.spec.template.metadata.labels`;
  return `(has(${object}.spec.template.metadata) && has(${labels}) && ${celText(key)} in ${labels} ? ${labels}[${celText(key)}] : '')`;
}

function owner({ group: of, kinds, name }: Kind & { readonly name: (job: string) => string }, job: string): string {
  const version = of === '' ? "o.apiVersion == 'v1'" : `o.apiVersion.startsWith(${celText(`${of}/`)})`;
  return `(${version} && o.kind in ${celList(kinds)} && o.name == (${name(job)}))`;
}

function controlledBy(owners: readonly string[]): string {
  return `has(object.metadata.ownerReferences) && object.metadata.ownerReferences.exists(o, has(o.controller) && o.controller && (${owners.join(' || ')}))`;
}

/**
 * Controllers have service accounts, outside of the namespace that they work for, or are the controller manager where it does not take accounts for its
 * controllers. Source: kubernetes.io, Authenticating, service accounts; kube-controller-manager --use-service-account-credentials.
 */
function byController(namespace: string): string {
  return `(request.userInfo.username == 'system:kube-controller-manager' || (has(request.userInfo.groups) && request.userInfo.groups.exists(g, g == 'system:serviceaccounts') && !request.userInfo.groups.exists(g, g == ${celText(`system:serviceaccounts:${namespace}`)})))`;
}
