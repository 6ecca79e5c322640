import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { type Labels, labelOf } from '../model/labels.ts';
import type { MadeUpLabel } from '../model/made-up-label.ts';
import { uidOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Lifecycle, Told, Workload } from '../model/workload.ts';
import { isBelieved } from './believed.ts';
import { texts } from './container.ts';
import type { JobExpander } from './expander.ts';
import { readPodTemplate } from './pod-template.ts';
import { warnOfPolicies } from './ray-cluster.ts';
import { rayClusterName } from './ray-made-up.ts';
import { expandRayNodes, rayClusterLabel } from './ray-nodes.ts';
import { headServiceOf, rayObjects, raySubmitterLabels } from './ray-objects.ts';
import { workloadOf } from './workload-of.ts';

/** Where the job is submitted from. Source: ray-project/kuberay ray-operator/apis/ray/v1/rayjob_types.go JobSubmissionMode. */
const modes = ['K8sJobMode', 'HTTPMode', 'InteractiveMode', 'SidecarMode'] as const;

/**
 * RayJob of KubeRay: the cluster of `rayClusterSpec`, and, where a Kubernetes Job submits it, the pod that does. With `clusterSelector` the cluster is one
 * that is there. The submitter of SidecarMode is a container of the head. One that is over keeps its cluster, unless it shuts it down.
 * Source: ray-project/kuberay ray-operator/controllers/ray/rayjob_controller.go.
 */
export const expander: JobExpander = {
  kinds: [{ group: 'ray.io', kind: 'RayJob' }],
  endsWhenDone: true,
  training: { label: rayClusterLabel, source: 'ray-project/kuberay ray-operator/apis/ray/v1' },
  expand(object, { shared }) {
    const diagnostics: Diagnostic[] = [];
    const at = new Reader(object.body, object.origin, diagnostics);
    const spec = at.field('spec');
    if (at.required('spec') && spec.expect('an object') && !spec.has('clusterSelector')) spec.required('rayClusterSpec');
    spec.field('clusterSelector').textMap();
    const over = isOver(object, at);
    const nodes = spec.field('rayClusterSpec');
    const { name, madeUp } = clusterOf(object, at);
    const lifecycle: Lifecycle = over && spec.field('shutdownAfterJobFinishes').boolean() === true ? 'finished' : 'running';
    const mine = spec.has('clusterSelector')
      ? []
      : expandRayNodes(nodes, { object, cluster: name, lifecycle, shared, madeUp, told: (type) => toldBy(spec, type) });
    warnOfPolicies(nodes.field('networkPolicy'), name);
    const mode = spec.field('submissionMode').oneOf(modes) ?? 'K8sJobMode';
    const submitters = mode === 'K8sJobMode' ? [submitterOf(object, spec, over ? 'finished' : 'running', diagnostics)] : [];
    return finish(diagnostics, () => [...mine, ...submitters]);
  },
  makes(object, around) {
    const at = new Reader(object.body, object.origin, []);
    const spec = at.field('spec');
    if (object.name.includes('*') || spec.has('clusterSelector') || !spec.has('rayClusterSpec')) return [];
    const { name, madeUp } = clusterOf(object, at);
    const nodes = spec.field('rayClusterSpec');
    const door = headServiceOf(object, nodes, `${object.name}-head-svc`, name);
    // What a cluster is made of stands for itself where it is there; what nobody can name yet is left out.
    if (madeUp('head').length > 0 || around.find('ray.io', 'RayCluster', object.namespace, name) !== undefined) return [door];
    return [
      door,
      ...rayObjects(
        object,
        nodes,
        name,
        spec.field('submissionMode').value === 'K8sJobMode' || !spec.has('submissionMode') ? raySubmitterLabels(object.name) : null,
      ),
    ];
  },
};

/**
 * The runtime environment is fetched on every node that runs tasks; the entrypoint runs on the head, or where its resources are. What variables of the
 * environment name, tasks anywhere may dial. Source: ray-project/ray doc/source/ray-core/handling-dependencies.rst, cluster/running-applications/job-submission.
 */
function toldBy(spec: Reader, type: 'head' | 'worker'): readonly Told[] {
  const placed = ['entrypointNumCpus', 'entrypointNumGpus', 'entrypointResources'].some((field) => spec.has(field));
  const fields = [...(type === 'head' || placed ? ['entrypoint'] : []), 'runtimeEnvYAML'];
  return fields.flatMap((field) => {
    const { value, origin } = spec.field(field);
    return typeof value === 'string' && value !== '' ? [{ field, text: value, origin }] : [];
  });
}

function clusterOf(object: RawObject, at: Reader): ReturnType<typeof rayClusterName> {
  return rayClusterName(object, at.field('status').field('rayClusterName').value);
}

/**
 * The pod of the Job that submits. The Job has the name of the RayJob, which the Job controller writes on the pod. What KubeRay writes on the Job, it writes on
 * the pod too from 1.7.0 on only: before, the pod has none of it. Where the cluster asks for policies it is of 1.7 or later, as they are.
 * Source: ray-project/kuberay v1.6.2 and v1.7.0 ray-operator/controllers/ray/rayjob_controller.go getSubmitterTemplate, createNewK8sJob; common/job.go
 * GetSubmitterTemplate. kubernetes/kubernetes pkg/controller/job/job_controller.go, pkg/apis/batch/v1 job-name.
 */
function submitterOf(object: RawObject, spec: Reader, lifecycle: Lifecycle, diagnostics: Diagnostic[]): Workload {
  const own = spec.field('submitterPodTemplate');
  const nodes = spec.field('rayClusterSpec');
  const heads = nodes.field('headGroupSpec').field('template').field('spec').field('containers').value;
  const image: unknown = Array.isArray(heads) ? new Reader(heads[0], object.origin, []).field('image').value : undefined;
  const resources = { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m', memory: '200Mi' } };
  const plain = { spec: { containers: [{ name: 'ray-job-submitter', image: typeof image === 'string' ? image : '', resources }] } };
  const template = readPodTemplate(own.present ? own : new Reader(plain, object.origin, diagnostics), object.namespace ?? 'default');
  const written: Labels = { ...raySubmitterLabels(object.name), 'app.kubernetes.io/created-by': 'kuberay-operator' };
  const certain = nodes.has('networkPolicy');
  const madeUp = certain ? [] : Object.entries(written).flatMap(([key, value]) => perhaps(object, key, value, labelOf(template.labels, key)));
  return workloadOf(object, template, {
    role: 'submitter',
    replicas: 1,
    labels: texts([
      ...(certain ? Object.entries(written) : madeUp.map(({ key, value }): [string, string] => [key, value])),
      ['batch.kubernetes.io/job-name', object.name],
      ['job-name', object.name],
    ]),
    madeUp,
    lifecycle,
  });
}

/** A label that 1.7 writes, in place of what the author has there. */
function perhaps({ namespace, name }: RawObject, key: string, value: string, own: string | undefined): readonly MadeUpLabel[] {
  if (own === value) return [];
  const why = `the version of KubeRay, which writes ${key} on the pod that submits RayJob ${namespace ?? 'default'}/${name} from 1.7.0 on only; a selector that works is batch.kubernetes.io/job-name=${name}`;
  const frame = { key, value: `?${value}`, why };
  return [own === undefined ? { ...frame, patterns: [value], optional: true } : { ...frame, patterns: [value, own] }];
}

function isOver(object: RawObject, job: Reader): boolean {
  const state = job.field('status').field('jobDeploymentStatus');
  return (state.value === 'Complete' || state.value === 'Failed') && isBelieved(object, state, uidOf(object) !== null);
}
