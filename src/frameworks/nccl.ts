import type { TrainingJob } from '../model/training-job.ts';
import { everyoneDialsEveryone, hasGpu, ranks } from './among.ts';
import type { Framework, Sign } from './framework.ts';
import { jaxSigns } from './jax-signs.ts';
import { listenerPin } from './knobs.ts';
import { settingsIn } from './settings.ts';
import { configuredBy, ofKind, packedIn, startedBy } from './signs.ts';
import { ncclSigns, standsAlone, torchSigns } from './torch-signs.ts';

/**
 * NCCL (and RCCL), the collectives of GPUs. Set-up goes over TCP whatever carries the data, and every listener asks the kernel for a port: there is no
 * setting for one. The root dials back to every rank. Its RAS listener at 28028 is on the loopback.
 * Sources: NVIDIA/nccl src/bootstrap.cc, src/misc/socket.cc, src/ras; NVIDIA/nccl#388.
 */
export const framework: Framework = {
  id: 'nccl',
  kind: 'library',
  title: 'NCCL',
  about:
    'Every rank dials the root and every other rank, and the root dials back, all at ports that the kernel picks; no setting of NCCL names one. Set-up goes over TCP even where RDMA carries the data.',
  sources: ['NVIDIA/nccl src/bootstrap.cc, src/misc/socket.cc', 'NVIDIA/nccl#388'],
  knobs: [
    listenerPin,
    {
      kind: 'env',
      name: 'NCCL_COMM_ID',
      what: 'the port of the root alone, for programs that start NCCL without a launcher; torch does not set it',
      source: 'NVIDIA/nccl src/bootstrap.cc',
    },
    {
      kind: 'env',
      name: 'NCCL_SOCKET_IFNAME',
      what: 'the interface, and with it whether a NetworkPolicy sees the traffic',
      source: 'NVIDIA/nccl src/misc/socket.cc',
    },
  ],
  fixedPorts: [],
  detect: (job) => [...ncclSigns(job), ...packedIn(job, ['nccl', 'rccl']), ...onGpus(job)],
  passages: (job) =>
    standsAlone(job)
      ? []
      : [
          everyoneDialsEveryone(
            job,
            {
              id: 'nccl/collectives',
              ownProtocol: true,
              purpose: 'collectives',
              title: 'bootstrap and collectives',
              ports: [{ kind: 'ephemeral' }],
              because: 'NCCL has no setting for the ports it listens on',
              source: 'NVIDIA/nccl src/bootstrap.cc, src/misc/socket.cc',
            },
            ranks(job),
          ),
        ],
};

/**
 * On GPUs, torch and JAX call NCCL; TensorFlow may, unless told otherwise, where no parameter servers take the place of collectives. Sources: pytorch
 * torch/distributed/distributed_c10d.py (default back ends by device); jax jax/_src/distributed.py; tensorflow tensorflow/python/distribute/cross_device_ops.py,
 * collective_util.py (CommunicationImplementation.AUTO).
 */
function onGpus(job: TrainingJob): readonly Sign[] {
  const member = job.members.find(hasGpu);
  const tensorflow = hasParameterServers(job) ? [] : [...ofKind(job, ['TFJob']), ...configuredBy(job, ['TF_CONFIG'])];
  const [why] = [...torchSigns(job), ...jaxSigns(job), ...startedBy(job, ['horovodrun']), ...tensorflow];
  return member === undefined || why === undefined ? [] : [{ text: `${why.text}, and its pods ask for GPUs`, origin: why.origin }];
}

function hasParameterServers(job: TrainingJob): boolean {
  return job.members.some((m) => m.role === 'ps') || settingsIn(job, { variables: ['TF_CONFIG'] }).some((s) => s.text?.includes('"ps"'));
}
