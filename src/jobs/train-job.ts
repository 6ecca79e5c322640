import { isMap, memberOf } from '../kernel/map.ts';
import { finish, Reader, shown } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Told } from '../model/workload.ts';
import { endedBy } from './ended.ts';
import type { JobExpander, Surroundings } from './expander.ts';
import { headlessService } from './headless-service.ts';
import { merged } from './merged.ts';
import { expandReplicatedJobs, jobSetNameLabel, subdomainOf } from './replicated-jobs.ts';
import { ancestorLabel, builtInRuntimes, type RuntimeSpec } from './training-runtimes.ts';
import { mostReplicas } from './workload-of.ts';

/** Port on which the nodes of a job find each other. Source: kubeflow/trainer pkg/constants/constants.go, ContainerTrainerPort. */
const trainerPort = 29500;

/**
 * TrainJob of Kubeflow Trainer v2: a JobSet of the same name, made from a runtime that the input holds or that Trainer comes with, with what the job says laid
 * over it: image, command, environment, resources, number of nodes, and patches in both of their forms. A runtime that is neither leaves a sort of pod with what
 * the job itself says, and a warning. Source: kubeflow/trainer pkg/runtime/framework/plugins (jobset, torch, mpi, jax, xgboost); pkg/apis/trainer/v1alpha1.
 */
export const expander: JobExpander = {
  kinds: [{ group: 'trainer.kubeflow.org', kind: 'TrainJob' }],
  supports: ['TrainingRuntime', 'ClusterTrainingRuntime'].map((kind) => ({ group: 'trainer.kubeflow.org', kind })),
  endsWhenDone: true,
  training: { label: jobSetNameLabel, source: 'kubeflow/trainer pkg/apis/trainer/v1alpha1' },
  expand(object, around) {
    const diagnostics: Diagnostic[] = [];
    const at = new Reader(object.body, object.origin, diagnostics);
    const spec = at.field('spec');
    if (at.required('spec') && spec.required('runtimeRef')) spec.field('runtimeRef').required('name');
    // Lists that are merged below: what is no list is told here.
    for (const list of [spec.field('trainer').field('env'), spec.field('runtimePatches'), spec.field('podTemplateOverrides')]) list.each();
    const runtime = runtimeOf(object, at, around);
    const set = new Reader(setSpec(object, runtime, nodesOf(spec, runtime)), at, diagnostics, 'spec');
    const workloads = expandReplicatedJobs(set, {
      object,
      shared: undefined,
      lifecycle: endedBy(['Complete', 'Failed'], object, at),
      told: (name) => (name === 'launcher' ? implementationOf(object, runtime) : []),
    });
    return finish(diagnostics, () => workloads);
  },
  makes(object, around) {
    const at = new Reader(object.body, object.origin, []);
    const set = new Reader(templateOf(runtimeOf(object, at, around)), object.origin, []);
    return [headlessService(object, subdomainOf(set, object), { [jobSetNameLabel]: object.name })];
  },
};

/** The runtime that the job names, of the input or built in; an empty one with a node, and a warning, where it is neither. */
function runtimeOf(object: RawObject, at: Reader, around: Surroundings): RuntimeSpec {
  const reference = at.field('spec').field('runtimeRef');
  const name = reference.field('name').string() ?? '';
  const kind = reference.field('kind').oneOf(['ClusterTrainingRuntime', 'TrainingRuntime']) ?? 'ClusterTrainingRuntime';
  const namespace = kind === 'TrainingRuntime' ? (object.namespace ?? 'default') : null;
  const found = around.find('trainer.kubeflow.org', kind, namespace, name);
  if (found !== undefined && isMap(found.body.spec)) return found.body.spec;
  const known = kind === 'ClusterTrainingRuntime' ? builtInRuntimes.get(name) : undefined;
  if (known !== undefined) return known;
  if (name !== '')
    reference.warning(
      'runtime-not-given',
      `${kind} ${shown(name)} is neither in the input nor one that Kubeflow Trainer comes with: only what the job itself says of its pods is known.`,
      `Give it as well: kubectl get ${kind.toLowerCase()} ${name} -o yaml.`,
    );
  return {
    template: {
      spec: {
        replicatedJobs: [
          {
            name: 'node',
            template: { metadata: { labels: { [ancestorLabel]: 'trainer' } }, spec: { template: { spec: { containers: [{ name: 'node' }] } } } },
          },
        ],
      },
    },
  };
}

function templateOf(runtime: RuntimeSpec): unknown {
  return memberOf(runtime, 'template', 'spec');
}

/** Which MPI the runtime is set up for; Open MPI where it says nothing. Source: kubeflow/trainer pkg/apis/trainer/v1alpha1 MPIMLPolicySource. */
function implementationOf(object: RawObject, runtime: RuntimeSpec): readonly Told[] {
  if (memberOf(runtime, 'mlPolicy', 'mpi') === undefined) return [];
  const said = memberOf(runtime, 'mlPolicy', 'mpi', 'mpiImplementation');
  return [{ field: 'mpiImplementation', text: typeof said === 'string' ? said : 'OpenMPI', origin: object.origin }];
}

/** Nodes that train: what the job says, else the runtime. */
function nodesOf(spec: Reader, runtime: RuntimeSpec): number {
  const own = spec.field('trainer').field('numNodes').integer(1, mostReplicas);
  const given = memberOf(runtime, 'mlPolicy', 'numNodes');
  return own ?? (typeof given === 'number' && Number.isInteger(given) && given > 0 ? Math.min(given, mostReplicas) : 1);
}

/** The spec of the JobSet that the controller makes. */
function setSpec(object: RawObject, runtime: RuntimeSpec, nodes: number): unknown {
  const base = merged(templateOf(runtime), patchesOf(object));
  const jobs = memberOf(base, 'replicatedJobs');
  if (!Array.isArray(jobs)) return base;
  return merged(base, { replicatedJobs: jobs.flatMap((job) => changesTo(job, object, runtime, nodes)) });
}

/** What the job and the plug-ins of the runtime's policy change in one replicated job. */
function changesTo(job: unknown, object: RawObject, runtime: RuntimeSpec, nodes: number): readonly unknown[] {
  const name = memberOf(job, 'name');
  if (typeof name !== 'string') return [];
  const ancestor = memberOf(job, 'template', 'metadata', 'labels', ancestorLabel);
  const trainer = memberOf(object.body, 'spec', 'trainer');
  const launcherIsNode = memberOf(runtime, 'mlPolicy', 'mpi', 'runLauncherAsNode') === true;
  const isMpi = memberOf(runtime, 'mlPolicy', 'mpi') !== undefined;
  const trains = ancestor === 'trainer';
  const isNode = name === 'node';
  const count = isMpi ? (isNode ? (launcherIsNode ? Math.max(nodes - 1, 1) : nodes) : null) : trains ? nodes : null;
  const container = {
    name: trains || isNode ? 'node' : name,
    ...(trains ? present({ image: memberOf(trainer, 'image'), command: memberOf(trainer, 'command'), args: memberOf(trainer, 'args') }) : {}),
    ...present({ resources: trains || (isMpi && isNode) ? memberOf(trainer, 'resourcesPerNode') : undefined }),
    ...(trains || (launcherIsNode && isNode) ? { env: [...pluginEnv(object, runtime, name), ...listOf(memberOf(trainer, 'env'))] } : {}),
    ...(trains && !isMpi && hasPolicy(runtime) ? { ports: [{ containerPort: trainerPort }] } : {}),
    ...initializerOf(name, object),
  };
  return [
    {
      name,
      ...(trains ? { replicas: 1 } : {}),
      template: { spec: { ...(count === null ? {} : { parallelism: count, completions: count }), template: { spec: { containers: [container] } } } },
    },
  ];
}

function hasPolicy(runtime: RuntimeSpec): boolean {
  return ['torch', 'jax', 'xgboost'].some((policy) => memberOf(runtime, 'mlPolicy', policy) !== undefined);
}

/** Variables by which the plug-ins tell pods of each other. Those that differ from pod to pod come from fields, and so have no literal value. */
function pluginEnv(object: RawObject, runtime: RuntimeSpec, name: string): readonly unknown[] {
  const first = `${object.name}-${name}-0-0.${object.name}`;
  if (memberOf(runtime, 'mlPolicy', 'torch') !== undefined)
    return [
      { name: 'PET_MASTER_ADDR', value: first },
      { name: 'PET_MASTER_PORT', value: String(trainerPort) },
    ];
  if (memberOf(runtime, 'mlPolicy', 'jax') !== undefined) return [{ name: 'JAX_COORDINATOR_ADDRESS', value: `${first}:${trainerPort}` }];
  if (memberOf(runtime, 'mlPolicy', 'xgboost') !== undefined)
    return [
      { name: 'DMLC_TRACKER_URI', value: first },
      { name: 'DMLC_TRACKER_PORT', value: String(trainerPort) },
    ];
  return [];
}

/** What the job says of the pods that fetch data and model. */
function initializerOf(name: string, object: RawObject): Readonly<Record<string, unknown>> {
  const which = name === 'dataset-initializer' ? 'dataset' : name === 'model-initializer' ? 'model' : null;
  const said = which === null ? undefined : memberOf(object.body, 'spec', 'initializer', which);
  if (said === undefined) return {};
  const uri = memberOf(said, 'storageUri');
  return { env: [...(typeof uri === 'string' ? [{ name: 'STORAGE_URI', value: uri }] : []), ...listOf(memberOf(said, 'env'))] };
}

/** Patches of the job: `runtimePatches` from 2.2 on, `podTemplateOverrides` up to 2.1. */
function patchesOf({ body }: RawObject): unknown {
  const patches = listOf(memberOf(body, 'spec', 'runtimePatches')).map((p) => memberOf(p, 'trainingRuntimeSpec', 'template', 'spec'));
  const overrides = listOf(memberOf(body, 'spec', 'podTemplateOverrides')).map((override) => ({
    replicatedJobs: listOf(memberOf(override, 'targetJobs')).map((target) => ({
      name: memberOf(target, 'name'),
      template: { spec: { template: present({ metadata: memberOf(override, 'metadata'), spec: memberOf(override, 'spec') }) } },
    })),
  }));
  return [...overrides, ...patches].reduce<unknown>((so, patch) => merged(so, patch), {});
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function present(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
}
