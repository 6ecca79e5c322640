import type { TrainingJob } from '../model/training-job.ts';
import { everyoneDialsEveryone, hasGpu, otherAccelerators, ranks } from './among.ts';
import type { Framework, Sign } from './framework.ts';
import { jaxSigns } from './jax-signs.ts';
import { listenerPin } from './knobs.ts';
import { configuredBy, saidBy } from './signs.ts';
import { ncclSigns, standsAlone, torchSigns } from './torch-signs.ts';

/**
 * Gloo, the collectives of CPUs. Each pair of ranks has one connection, which the one with the larger address and port dials.
 * Sources: facebookincubator/gloo gloo/transport/tcp/device.cc (isInitiator), listener.cc.
 */
export const framework: Framework = {
  id: 'gloo',
  kind: 'library',
  title: 'Gloo',
  about: 'Of each pair of ranks the one with the larger address and port dials the other, at a port that the kernel picks.',
  sources: ['facebookincubator/gloo gloo/transport/tcp/device.cc, listener.cc'],
  knobs: [listenerPin, { kind: 'env', name: 'GLOO_SOCKET_IFNAME', what: 'the interface', source: 'pytorch torch/csrc/distributed/c10d/ProcessGroupGloo.cpp' }],
  fixedPorts: [],
  detect: (job) => [...configuredBy(job, ['GLOO_']), ...saidBy(job, '--backend', 'gloo'), ...withoutGpus(job)],
  passages: (job) =>
    standsAlone(job)
      ? []
      : [
          everyoneDialsEveryone(
            job,
            {
              id: 'gloo/collectives',
              ownProtocol: true,
              purpose: 'collectives',
              title: 'collectives',
              ports: [{ kind: 'ephemeral' }],
              because: 'Gloo listens on a port that the kernel picks, and the larger address dials',
              source: 'facebookincubator/gloo gloo/transport/tcp/device.cc, listener.cc',
            },
            ranks(job),
          ),
        ],
};

/** Without GPUs, and where nothing speaks of NCCL, torch and JAX call Gloo, but for other accelerators, which have libraries of their own. Sources: pytorch torch/distributed/distributed_c10d.py (default back ends by device); jax jax/_src/xla_bridge.py. */
function withoutGpus(job: TrainingJob): readonly Sign[] {
  const [why] = [...torchSigns(job), ...jaxSigns(job)];
  return why === undefined || job.members.some(hasGpu) || ncclSigns(job).length > 0 || otherAccelerators(job).length > 0
    ? []
    : [{ text: `${why.text}, and none of its pods asks for a GPU`, origin: why.origin }];
}
