import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
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
import { headServiceOf, rayObjects } from './ray-objects.ts';
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
      ...rayObjects(object, nodes, name, spec.field('submissionMode').value === 'K8sJobMode' || !spec.has('submissionMode') ? submitterLabels(object) : null),
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

function submitterLabels({ name }: RawObject): Readonly<Record<string, string>> {
  return { 'ray.io/originated-from-cr-name': name, 'ray.io/originated-from-crd': 'RayJob' };
}

/** The pod of the Job that submits; its name is that of the RayJob. Source: rayjob_controller.go getSubmitterTemplate, createNewK8sJob; common/job.go GetSubmitterTemplate. */
function submitterOf(object: RawObject, spec: Reader, lifecycle: Lifecycle, diagnostics: Diagnostic[]): Workload {
  const own = spec.field('submitterPodTemplate');
  const heads = spec.field('rayClusterSpec').field('headGroupSpec').field('template').field('spec').field('containers').value;
  const image: unknown = Array.isArray(heads) ? new Reader(heads[0], object.origin, []).field('image').value : undefined;
  const resources = { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m', memory: '200Mi' } };
  const plain = { spec: { containers: [{ name: 'ray-job-submitter', image: typeof image === 'string' ? image : '', resources }] } };
  const template = readPodTemplate(own.present ? own : new Reader(plain, object.origin, diagnostics), object.namespace ?? 'default');
  return workloadOf(object, template, {
    role: 'submitter',
    replicas: 1,
    labels: texts([
      ...Object.entries(submitterLabels(object)),
      ['app.kubernetes.io/created-by', 'kuberay-operator'],
      ['batch.kubernetes.io/job-name', object.name],
      ['job-name', object.name],
    ]),
    lifecycle,
  });
}

function isOver(object: RawObject, job: Reader): boolean {
  const state = job.field('status').field('jobDeploymentStatus');
  return (state.value === 'Complete' || state.value === 'Failed') && isBelieved(object, state, uidOf(object) !== null);
}
