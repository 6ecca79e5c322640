import { everyoneDialsEveryone } from './among.ts';
import type { Framework } from './framework.ts';
import { listenerPin } from './knobs.ts';
import { configuredBy } from './signs.ts';

/**
 * NCCL, the collectives of NVIDIA GPUs. Set-up goes over TCP whatever carries the data, and every listener asks the kernel for a port.
 * Source: NVIDIA/nccl src/bootstrap.cc, src/misc/socket.cc.
 */
export const framework: Framework = {
  id: 'nccl',
  title: 'NCCL',
  knobs: [listenerPin],
  detect: (job) => configuredBy(job, ['NCCL_']),
  passages: (job) => [
    everyoneDialsEveryone(job, {
      id: 'nccl/collectives',
      purpose: 'collectives',
      title: 'bootstrap and collectives',
      ports: [{ kind: 'ephemeral' }],
      because: 'NCCL has no setting for the ports it listens on',
      source: 'NVIDIA/nccl src/bootstrap.cc, src/misc/socket.cc',
    }),
  ],
};
