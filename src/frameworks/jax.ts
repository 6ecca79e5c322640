import type { Passage } from '../model/passage.ts';
import type { TrainingJob } from '../model/training-job.ts';
import { dials, leadersOf, trainers } from './among.ts';
import { containersOf } from './command-line.ts';
import type { Framework } from './framework.ts';
import { coordinatorGiven, jaxSigns } from './jax-signs.ts';
import { type Known, portOfEndpoint, portsSaid, type Setting, settingsIn } from './settings.ts';
import { asksFor, configuredBy } from './signs.ts';

/** Where the coordinator of a job is that finds itself in Kubernetes. Source: jax jax/_src/clusters/k8s_cluster.py. */
const kubernetesPort = 55527;

/**
 * JAX: every process dials the coordinator; collectives are NCCL's or Gloo's. Without an address for the coordinator, every pod also asks the Kubernetes API
 * for the pods of its job. Sources: jax jax/_src/clusters; kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/jax_types.go.
 */
export const framework: Framework = {
  id: 'jax',
  kind: 'framework',
  title: 'JAX',
  about:
    'Every process dials the coordinator: 6666 in a JAXJob, 29500 under Kubeflow Trainer, 8476 on TPUs, 61440-65535 by the number of a Slurm job. A job that is told no address finds itself in Kubernetes: its coordinator is at 55527, and every pod asks the Kubernetes API.',
  sources: ['jax jax/_src/clusters', 'kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/jax_types.go'],
  knobs: [
    { kind: 'env', name: 'JAX_COORDINATOR_ADDRESS', what: 'host and port of the coordinator', source: 'jax jax/_src/distributed.py' },
    {
      kind: 'port-name',
      name: 'jaxjob-port',
      what: 'the port of the coordinator in a JAXJob',
      source: 'kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/jax_types.go',
    },
  ],
  fixedPorts: [6666, kubernetesPort],
  detect: jaxSigns,
  passages: (job) => {
    const addresses = settingsIn(job, { variables: ['JAX_COORDINATOR_ADDRESS', 'COORDINATOR_ADDRESS'] }).filter((s) => s.text === null || s.text.includes(':'));
    const ports = settingsIn(job, { variables: ['JAX_COORDINATOR_PORT', 'COORDINATOR_PORT'], portNames: ['jaxjob-port'] });
    const given = containersOf(job).flatMap(({ container }): readonly Setting[] => {
      const text = coordinatorGiven(container);
      return text === undefined ? [] : [{ text, shown: `jax.distributed.initialize(${text ?? '…'}) of container ${container.name}` }];
    });
    // What the program gives comes before variables. Source: jax jax/_src/distributed.py State.initialize.
    const places = given.length > 0 ? given : addresses;
    const said = places.length > 0 ? places.map((s) => portOfEndpoint(s, kubernetesPort)) : ports;
    const byItself = byDefault(job);
    const coordinator = dials(trainers(job), leadersOf(job), {
      id: 'jax/coordinator',
      purpose: 'rendezvous',
      title: 'coordinator',
      ...portsSaid(said, byItself),
      source: 'jax jax/_src/clusters, jax/_src/distributed.py',
    });
    return said.length === 0 && byItself === inKubernetes ? [coordinator, apiServer(job)] : [coordinator];
  },
};

const inKubernetes: Known = {
  ports: [{ kind: 'fixed', port: kubernetesPort }],
  because: 'no address of a coordinator is set, so JAX finds itself in Kubernetes',
};

/** Sources: kubeflow/trainer pkg/constants; jax jax/_src/clusters/cloud_tpu_cluster.py, slurm_cluster.py. */
function byDefault(job: TrainingJob): Known {
  if (job.kind === 'JAXJob') return { ports: [{ kind: 'fixed', port: 6666 }], because: 'the port that the operator of a JAXJob sets' };
  if (job.kind === 'TrainJob') return { ports: [{ kind: 'fixed', port: 29500 }], because: 'the port that Kubeflow Trainer sets' };
  const [tpu] = asksFor(job, ['google.com/tpu']);
  if (tpu !== undefined) return { ports: [{ kind: 'fixed', port: 8476 }], because: tpu.text };
  const [slurm] = configuredBy(job, ['SLURM_JOB_ID', 'SLURM_JOBID']);
  return slurm === undefined
    ? inKubernetes
    : { ports: [{ kind: 'range', low: 61440, high: 65535 }], because: `${slurm.text}: the port follows from the number of the Slurm job` };
}

function apiServer(job: TrainingJob): Passage {
  return {
    id: 'jax/pods',
    purpose: 'rendezvous',
    title: 'the pods of its job, asked of the Kubernetes API',
    from: { kind: 'members', members: trainers(job) },
    to: { kind: 'api-server' },
    ports: [{ kind: 'fixed', port: 443 }],
    required: true,
    because: inKubernetes.because,
    source: 'jax jax/_src/clusters/k8s_cluster.py',
  };
}
