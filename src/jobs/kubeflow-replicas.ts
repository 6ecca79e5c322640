import { finish, Reader, shown } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { isLabelValue } from '../model/label-syntax.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { ContainerPort, Workload } from '../model/workload.ts';
import { texts } from './container.ts';
import type { JobExpander, TrainingMark } from './expander.ts';
import { operatorService, type ServicePortMade } from './kubeflow-services.ts';
import { type EndOfJob, endOf, lifecycleIn } from './kubeflow-status.ts';
import { type PodTemplate, readPodTemplate } from './pod-template.ts';
import { mostReplicas, workloadOf } from './workload-of.ts';

/** What a kind of the training operator v1 says about itself. Roles are spelled as in its manifests. */
export interface ReplicaKind {
  readonly kind: string;
  /** The field of spec that holds a role's pods by the role's name. */
  readonly specs: string;
  readonly roles: readonly string[];
  /** Other roles make pods too, in any case; else the operator's webhook refuses them. */
  readonly otherRoles?: true;
  /** Value of the label that names the controller. */
  readonly operator: string;
  /** Name of the container that trains. The operator adds `port` to it when none of its ports has that name. */
  readonly container: string;
  readonly port: { readonly name: string; readonly port: number };
  /** Roles whose pods are all masters; where the job has none of them, the first pod of `firstOf` is one. */
  readonly masters: readonly string[];
  readonly firstOf: string | null;
  /** Roles whose pods run until somebody ends them, and so outlive the job unless its cleanPodPolicy ends them. */
  readonly lasting?: readonly string[];
  /** How many pods of a role there may come to be, of those that it has, where something scales it. */
  readonly most?: (role: string, replicas: number, spec: Reader) => number;
  /** What the operator adds to the pods beyond that. */
  readonly amend?: (template: PodTemplate, spec: Reader, job: RawObject) => PodTemplate;
}

/** The label with which this operator names a job on its pods. Source: kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/common_types.go JobNameLabel. */
export const kubeflowTraining: TrainingMark = {
  label: 'training.kubeflow.org/job-name',
  source: 'kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1',
};

/**
 * A kind of the training operator v1: one sort of pod a role, each pod with the job's, the role's and its own number as labels, and one headless Service a pod.
 * A master that is only the first pod of its role is a sort by itself. Suspended jobs count as if they ran: something will resume them.
 * Sources: kubeflow/trainer release-1.9 pkg/controller.v1/common/pod.go createNewPod, common/service.go CreateNewService; pkg/apis/kubeflow.org/v1 defaults.
 */
export function replicaExpander(kind: ReplicaKind): JobExpander {
  return {
    kinds: [{ group: 'kubeflow.org', kind: kind.kind }],
    endsWhenDone: true,
    training: kubeflowTraining,
    expand(object) {
      const diagnostics: Diagnostic[] = [];
      const { roles, end } = readJob(object, kind, diagnostics);
      return finish(diagnostics, () => roles.flatMap((role) => workloadsOf(object, kind, role, end)));
    },
    makes(object) {
      const diagnostics: Diagnostic[] = [];
      const { roles, end } = readJob(object, kind, diagnostics);
      if (end.over || diagnostics.some((d) => d.severity === 'error')) return [];
      return roles.flatMap((role) => servicesOf(object, kind, role));
    },
  };
}

/** The labels that the operator writes on each pod of a role. */
export function replicaLabels(job: RawObject, operator: string, type: string): readonly (readonly [string, string])[] {
  return [
    ['training.kubeflow.org/job-name', job.name],
    ['training.kubeflow.org/operator-name', operator],
    ['training.kubeflow.org/replica-type', type],
  ];
}

export const replicaIndex = 'training.kubeflow.org/replica-index';

interface Role {
  /** In lower case, as labels and names have it. */
  readonly type: string;
  readonly replicas: number;
  readonly template: PodTemplate;
  readonly servicePorts: readonly ServicePortMade[] | null;
  readonly master: 'all' | 'first' | 'none';
  readonly lasting: boolean;
}

function readJob(object: RawObject, kind: ReplicaKind, diagnostics: Diagnostic[]): { readonly roles: readonly Role[]; readonly end: EndOfJob } {
  const at = new Reader(object.body, object.origin, diagnostics);
  const spec = at.field('spec');
  const specs = spec.field(kind.specs);
  if (at.required('spec') && spec.expect('an object') && spec.required(kind.specs)) {
    if (kind.otherRoles) specs.expect('an object');
    else specs.object(kind.roles);
  }
  const names = kind.otherRoles ? specs.keys() : kind.roles;
  const present = names.filter((name) => specs.has(name));
  const led = present.some((name) => kind.masters.includes(canonical(name, kind)));
  const roles = present.map((name): Role => {
    const at = specs.field(name);
    const own = canonical(name, kind);
    const type = name.toLowerCase();
    if (!isLabelValue(type)) at.error('bad-label-value', `${shown(name)} is no role: the operator writes it into a label, which takes no such value.`);
    const { template, servicePorts } = readReplicas(at, object, kind);
    const replicas = at.field('replicas').integer(0, mostReplicas) ?? 1;
    return {
      type,
      replicas: kind.most?.(own, replicas, spec) ?? replicas,
      template: kind.amend?.(template, spec, object) ?? template,
      servicePorts,
      master: kind.masters.includes(own) ? 'all' : !led && own === kind.firstOf ? 'first' : 'none',
      lasting: kind.lasting?.includes(own) === true,
    };
  });
  return { roles, end: endOf(object, at) };
}

/** Source: kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/defaulting_utils.go setTypeNameToCamelCase. */
function canonical(name: string, kind: ReplicaKind): string {
  return kind.roles.find((role) => role.toLowerCase() === name.toLowerCase()) ?? name;
}

/** Source: kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/defaulting_utils.go getDefaultContainerIndex, setDefaultPort; pkg/core/service.go GetPortsFromJob. */
function readReplicas(at: Reader, job: RawObject, kind: ReplicaKind): Pick<Role, 'template' | 'servicePorts'> {
  at.expect('an object');
  const template = readPodTemplate(at.field('template'), job.namespace ?? 'default');
  const containers = silent(at.field('template').field('spec').field('containers')).each();
  const named = containers.find((one) => one.field('name').value === kind.container);
  const own = (named ?? containers[0] ?? silent(at.field('none')))
    .field('ports')
    .each()
    .map((port): ServicePortMade => ({ name: port.field('name').value ?? '', port: port.field('containerPort').value }));
  const has = own.some((port) => port.name === kind.port.name);
  const all = has ? own : [...own, kind.port];
  const hostPort = template.hostNetwork ? kind.port.port : null;
  const added: ContainerPort = { ...kind.port, protocol: 'TCP', hostPort };
  return { template: has ? template : { ...template, ports: [...template.ports, added] }, servicePorts: named === undefined ? null : all };
}

/** Whoever reads the template tells what is wrong with it. */
function silent(at: Reader): Reader {
  return new Reader(at.value, at, []);
}

function workloadsOf(job: RawObject, kind: ReplicaKind, role: Role, end: EndOfJob): readonly Workload[] {
  const { type, replicas, template } = role;
  const labels = replicaLabels(job, kind.operator, type);
  const masterLabels = [...labels, ['training.kubeflow.org/job-role', 'master'] as const];
  const lifecycle = lifecycleIn(end, role.lasting);
  const make = (name: string, count: number, start: number, own: typeof labels): Workload =>
    workloadOf(job, template, {
      role: name,
      replicas: count,
      labels: texts(own),
      perPodLabels: [{ key: replicaIndex, prefix: '', start }],
      lifecycle,
    });
  if (role.master === 'first' && replicas > 1) return [make(`${type}-0`, 1, 0, masterLabels), make(type, replicas - 1, 1, labels)];
  return [make(type, replicas, 0, role.master === 'none' ? labels : masterLabels)];
}

/** Most Services that are made of one role: the pods of most jobs have one each, and those of larger ones differ in nothing but their number. */
const mostServices = 64;

/** Services of pods without a number beyond the bound are left out: what is said of a name that nothing has is never that it is open. */
function servicesOf(job: RawObject, kind: ReplicaKind, { type, replicas, servicePorts }: Role): readonly RawObject[] {
  if (servicePorts === null) return [];
  const labels = replicaLabels(job, kind.operator, type);
  return Array.from({ length: Math.min(replicas, mostServices) }, (_, i) =>
    operatorService(job, `${job.name}-${type}-${i}`, { selected: [...labels, [replicaIndex, String(i)]], ports: servicePorts }),
  ).filter((made) => made !== null);
}
