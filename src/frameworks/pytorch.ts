import type { TrainingJob } from '../model/training-job.ts';
import type { Framework } from './framework.ts';
import { listenerPin } from './knobs.ts';
import { configuredBy, ofKind, packedIn, startedBy } from './signs.ts';

/** Port of the store of torch.distributed when nothing says otherwise. Source: pytorch torch/distributed/run.py. */
const storePort = 29500;

/**
 * torch.distributed: every rank dials the store on rank 0.
 * Source: pytorch torch/distributed/run.py, torch/distributed/elastic/rendezvous.
 */
export const framework: Framework = {
  id: 'pytorch',
  title: 'PyTorch',
  knobs: [{ kind: 'env', name: 'MASTER_PORT', what: 'the port of the store', source: 'pytorch torch/distributed/run.py' }, listenerPin],
  detect: (job) => [
    ...ofKind(job, ['PyTorchJob']),
    ...startedBy(job, ['torchrun']),
    ...configuredBy(job, ['MASTER_ADDR', 'PET_']),
    ...packedIn(job, ['pytorch']),
  ],
  passages: (job) => [
    {
      id: 'pytorch/store',
      purpose: 'rendezvous',
      title: 'worker store',
      from: { kind: 'members', members: job.members },
      to: { kind: 'members', members: [leader(job)] },
      ports: [{ kind: 'fixed', port: storePort }],
      required: true,
      because: 'the default of torchrun',
      source: 'pytorch torch/distributed/run.py',
    },
  ],
};

function leader(job: TrainingJob): TrainingJob['members'][number] {
  const [first] = job.members;
  const found = job.members.find((m) => m.role === 'master' || m.role === 'launcher') ?? first;
  if (found === undefined) throw new RangeError('a job without members');
  return found;
}
