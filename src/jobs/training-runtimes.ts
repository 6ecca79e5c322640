/** The part of a training runtime that bears on pods. Source: kubeflow/trainer pkg/apis/trainer/v1alpha1/trainingruntime_types.go. */
export type RuntimeSpec = Readonly<Record<string, unknown>>;

/** What a replicated job of a runtime is for, by which the controller knows it. Source: kubeflow/trainer pkg/constants/constants.go, LabelTrainJobAncestor. */
export const ancestorLabel = 'trainer.kubeflow.org/trainjob-ancestor-step';

const registry = 'ghcr.io/kubeflow/trainer';

function step(name: string, ancestor: string | null, container: Readonly<Record<string, unknown>>): unknown {
  return {
    name,
    template: {
      metadata: { labels: ancestor === null ? {} : { [ancestorLabel]: ancestor } },
      spec: { template: { spec: { containers: [container] } } },
    },
  };
}

function plain(policy: string, image: string): RuntimeSpec {
  return { mlPolicy: { numNodes: 1, [policy]: {} }, template: { spec: { replicatedJobs: [step('node', 'trainer', { name: 'node', image })] } } };
}

/** Nodes that run sshd on 2222, and a launcher that counts as one of them. */
function launched(image: string): RuntimeSpec {
  const sshd = { name: 'node', image, command: ['/usr/sbin/sshd'], args: ['-De', '-f', '/home/mpiuser/.sshd_config'] };
  return {
    mlPolicy: { numNodes: 1, mpi: { numProcPerNode: 1, mpiImplementation: 'OpenMPI', runLauncherAsNode: true } },
    template: { spec: { replicatedJobs: [step('node', null, sshd), step('launcher', 'trainer', { name: 'node', image })] } },
  };
}

/** Data and model are fetched first, by pods of their own; then one pod trains. */
function tuned(model: string): RuntimeSpec {
  const fetch = (what: string, uri: string): unknown =>
    step(what, what, { name: what, image: `${registry}/${what}`, env: [{ name: 'STORAGE_URI', value: uri }] });
  return {
    mlPolicy: { numNodes: 1, torch: {} },
    template: {
      spec: {
        replicatedJobs: [
          fetch('dataset-initializer', 'hf://tatsu-lab/alpaca'),
          fetch('model-initializer', `hf://${model}`),
          step('node', 'trainer', { name: 'node', image: `${registry}/torchtune-trainer`, command: ['tune', 'run', '--rdzv_endpoint=localhost:29500'] }),
        ],
      },
    },
  };
}

/** Cluster-wide runtimes that Kubeflow Trainer comes with, by name. Source: kubeflow/trainer manifests/base/runtimes, as of August 2026. */
export const builtInRuntimes: ReadonlyMap<string, RuntimeSpec> = new Map([
  ['torch-distributed', plain('torch', 'pytorch/pytorch')],
  ['jax-distributed', plain('jax', 'nvcr.io/nvidia/jax')],
  ['xgboost-distributed', plain('xgboost', `${registry}/xgboost-runtime`)],
  ['deepspeed-distributed', launched(`${registry}/deepspeed-runtime`)],
  ['mlx-distributed', launched(`${registry}/mlx-runtime`)],
  ['torchtune-llama3.2-1b', tuned('meta-llama/Llama-3.2-1B-Instruct')],
  ['torchtune-llama3.2-3b', tuned('meta-llama/Llama-3.2-3B-Instruct')],
  ['torchtune-qwen2.5-1.5b', tuned('Qwen/Qwen2.5-1.5B-Instruct')],
]);
