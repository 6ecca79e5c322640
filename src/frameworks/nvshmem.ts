import { everyoneDialsEveryone, ranks } from './among.ts';
import type { Framework } from './framework.ts';
import { listenerPin } from './knobs.ts';
import { configuredBy } from './signs.ts';

/** NVSHMEM, which meets over TCP as NCCL does where no MPI does it. Source: NVIDIA/nvshmem src/modules/bootstrap. */
export const framework: Framework = {
  id: 'nvshmem',
  kind: 'library',
  title: 'NVSHMEM',
  about: 'Ranks meet at ports that the kernel picks, where no MPI does it for them.',
  sources: ['NVIDIA/nvshmem src/modules/bootstrap'],
  knobs: [listenerPin],
  fixedPorts: [],
  detect: (job) => configuredBy(job, ['NVSHMEM_']),
  passages: (job) => [
    everyoneDialsEveryone(
      job,
      {
        id: 'nvshmem/bootstrap',
        ownProtocol: true,
        purpose: 'rendezvous',
        title: 'bootstrap',
        ports: [{ kind: 'ephemeral' }],
        because: 'its bootstrap listens at ports that the kernel picks',
        source: 'NVIDIA/nvshmem src/modules/bootstrap',
      },
      ranks(job),
    ),
  ],
};
