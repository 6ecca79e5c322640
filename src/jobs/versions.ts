import { within } from '../kernel/origin.ts';
import { shown } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { nearest } from '../kernel/spelling.ts';
import { groupOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';

/**
 * Versions in which kinds that make pods are read, newest first, by group, or by group and kind where one differs. What is of another version may say
 * something else under the same names, or be a slip: no API server has it. Sources: kubernetes/api; kubernetes-sigs/jobset api/jobset; kubernetes-sigs/lws
 * api/leaderworkerset; kubeflow/trainer pkg/apis/trainer, release-1.9 pkg/apis/kubeflow.org; kubeflow/mpi-operator pkg/apis/kubeflow; ray-project/kuberay
 * ray-operator/apis/ray; volcano-sh/apis pkg/apis/batch; SlinkyProject/slurm-operator api; kubevirt/kubevirt api/core; project-codeflare/appwrapper api.
 */
const versions: ReadonlyMap<string, readonly string[]> = new Map([
  ['', ['v1']],
  ['apps', ['v1', 'v1beta2', 'v1beta1']],
  ['batch/Job', ['v1']],
  ['batch/CronJob', ['v1', 'v1beta1', 'v2alpha1']],
  ['jobset.x-k8s.io', ['v1', 'v1beta1', 'v1alpha2', 'v1alpha1']],
  ['leaderworkerset.x-k8s.io', ['v1']],
  ['trainer.kubeflow.org', ['v1alpha1']],
  ['kubeflow.org/MPIJob', ['v2beta1', 'v1']],
  ['kubeflow.org', ['v1']],
  ['ray.io', ['v1', 'v1beta1', 'v1alpha1']],
  ['batch.volcano.sh', ['v1alpha1']],
  ['slinky.slurm.net', ['v1beta1', 'v1alpha1']],
  ['kubevirt.io', ['v1', 'v1alpha3']],
  ['workload.codeflare.dev', ['v1beta2']],
]);

/** Kinds of these groups that there are and that nothing reads: no slips. Source: kubeflow/training-operator pkg/apis/kubeflow.org/v1/mxnet_types.go. */
const others: readonly string[] = ['kubeflow.org/MXJob'];

type Kind = Pick<RawObject, 'apiVersion' | 'kind'>;

function versionsOf({ apiVersion, kind }: Kind): readonly string[] | undefined {
  const group = groupOf(apiVersion);
  return versions.get(`${group}/${kind}`) ?? versions.get(group);
}

/** Whether a kind that an expander takes is of a version that it reads. */
export function isReadVersion(object: Kind): boolean {
  const read = versionsOf(object);
  return read === undefined || read.includes(object.apiVersion.slice(object.apiVersion.indexOf('/') + 1));
}

/** Why an object is not read whose kind is. */
export function unreadVersion(object: RawObject): Diagnostic {
  const { kind, apiVersion, origin } = object;
  const group = groupOf(apiVersion);
  const full = (versionsOf(object) ?? []).map((v) => (group === '' ? v : `${group}/${v}`));
  return {
    code: 'unknown-version',
    severity: 'error',
    message: `${kind} ${shown(apiVersion)} is not read; expected ${full.join(' or ')}.`,
    hint: `Write apiVersion: ${full[0]}, or give its pods themselves.`,
    origin: within(origin, 'apiVersion'),
  };
}

/** The kind that was most likely meant by one that nothing reads, of `read`: one that is spelt nearly so in its group, or the same, but for case, in another of these. */
export function meantKind({ apiVersion, kind }: Kind, read: readonly { readonly group: string; readonly kind: string }[]): string | null {
  const group = groupOf(apiVersion);
  const here = read.filter((k) => k.group === group);
  // A kind of a group that has none of them is somebody's own.
  if (here.length === 0 || others.includes(`${group}/${kind}`)) return null;
  const near = nearest(
    kind,
    here.map((k) => k.kind),
  );
  const found = here.find((k) => k.kind === near) ?? read.find((k) => k.kind.toLowerCase() === kind.toLowerCase());
  if (found === undefined) return null;
  if (found.group === group && isReadVersion({ apiVersion, kind: found.kind })) return `kind ${found.kind} of ${apiVersion}`;
  const version = versionsOf({ apiVersion: `${found.group}/`, kind: found.kind })?.[0] ?? 'v1';
  return `kind ${found.kind} of ${found.group === '' ? version : `${found.group}/${version}`}`;
}
