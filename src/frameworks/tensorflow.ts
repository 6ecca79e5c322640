import type { PortUse } from '../model/passage.ts';
import type { TrainingJob } from '../model/training-job.ts';
import type { Workload } from '../model/workload.ts';
import { dialsByPorts, everyoneDialsEveryone, trainers } from './among.ts';
import type { Framework } from './framework.ts';
import { type Known, portsSaid, settingsIn } from './settings.ts';
import { configuredBy, ofKind } from './signs.ts';

/** Roles of a TFJob that are no part of its cluster. Source: kubeflow/trainer release-1.9 pkg/controller.v1/tensorflow/tensorflow.go. */
const outside: readonly string[] = ['evaluator', 'eval', 'tensorboard'];

/**
 * TensorFlow: every task of the cluster in TF_CONFIG serves gRPC at its own address, and dials the others. Collectives are part of it; those of GPUs are NCCL's.
 * Sources: tensorflow tensorflow/python/distribute/cluster_resolver/tfconfig_cluster_resolver.py; kubeflow/trainer release-1.9 tensorflow_types.go.
 */
export const framework: Framework = {
  id: 'tensorflow',
  kind: 'framework',
  title: 'TensorFlow',
  about: 'Every task of the cluster in TF_CONFIG dials every other at the address given there: port 2222 in a TFJob.',
  sources: [
    'tensorflow tensorflow/python/distribute/cluster_resolver/tfconfig_cluster_resolver.py',
    'kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/tensorflow_types.go',
  ],
  knobs: [
    { kind: 'env', name: 'TF_CONFIG', what: 'host and port of each task', source: 'tensorflow tfconfig_cluster_resolver.py' },
    {
      kind: 'port-name',
      name: 'tfjob-port',
      what: 'the port of each task in a TFJob',
      source: 'kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/tensorflow_types.go',
    },
  ],
  fixedPorts: [2222],
  detect: (job) => [...ofKind(job, ['TFJob']), ...configuredBy(job, ['TF_CONFIG'])],
  passages: (job) => {
    const roles = trainers(job).filter((m) => !outside.includes(m.role ?? ''));
    const tasks = roles.length > 0 ? roles : job.members;
    const about = { purpose: 'collectives', title: 'tasks of the cluster', source: 'tensorflow tfconfig_cluster_resolver.py' } as const;
    if (job.kind !== 'TFJob') return [everyoneDialsEveryone(job, { id: 'tensorflow/tasks', ...about, ...taskPorts(job) }, tasks)];
    return dialsByPorts(tasks, tasks, (task) => operatorPorts(job, task), { id: 'tensorflow/tasks', ...about });
  },
};

/** The port of a task follows from its replica type alone. Source: kubeflow/trainer release-1.9 pkg/controller.v1/tensorflow/tensorflow.go genClusterSpec, util.go GetPortFromTFJob. */
function operatorPorts(job: TrainingJob, member: Workload): Known {
  return portsSaid(settingsIn({ ...job, members: [member] }, { portNames: ['tfjob-port'] }).slice(0, 1), {
    ports: [{ kind: 'fixed', port: 2222 }],
    because: 'the port that the operator of a TFJob sets',
  });
}

function taskPorts(job: TrainingJob): Known {
  const named = settingsIn(job, { portNames: ['tfjob-port'] });
  if (named.length > 0) return portsSaid(named, unread);
  const configs = settingsIn(job, { variables: ['TF_CONFIG'] });
  if (configs.length === 0) return unread;
  const ports = new Set<number>();
  for (const { text } of configs) {
    const found = [...(text ?? '').matchAll(/:(\d{1,5})"/g)].map((m) => Number(m[1])).filter((port) => port >= 1 && port <= 65535);
    if (found.length === 0) return unread;
    for (const port of found) ports.add(port);
  }
  return { ports: [...ports].sort((a, b) => a - b).map((port): PortUse => ({ kind: 'fixed', port })), because: 'the addresses in TF_CONFIG' };
}

const unread: Known = { ports: [{ kind: 'range', low: 1, high: 65535 }], because: 'the addresses in TF_CONFIG cannot be read off the manifest' };
