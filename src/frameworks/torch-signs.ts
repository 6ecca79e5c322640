import type { TrainingJob } from '../model/training-job.ts';
import type { Sign } from './framework.ts';
import { hasOption } from './settings.ts';
import { configuredBy, ofKind, packedIn, saidBy, startedBy } from './signs.ts';

/**
 * Programs that end in torch.distributed: its own launchers and those that wrap them.
 * Sources: pytorch torch/distributed/run.py; accelerate src/accelerate/utils/launch.py; DeepSpeed deepspeed/launcher/runner.py; composer composer/cli/launcher.py.
 */
const programs: readonly string[] = [
  'torchrun',
  'torch.distributed.run',
  'torch.distributed.launch',
  'torch.distributed.elastic.agent.server',
  'accelerate',
  'accelerate-launch',
  'deepspeed',
  'composer',
  'tune',
  'pretrain_gpt.py',
];

/** What shows that a job is one of torch.distributed. */
export function torchSigns(job: TrainingJob): readonly Sign[] {
  return [
    ...ofKind(job, ['PyTorchJob']),
    ...startedBy(job, programs),
    ...configuredBy(job, ['MASTER_ADDR', 'WORLD_SIZE', 'PET_']),
    ...packedIn(job, ['pytorch', 'torch', 'torchtune', 'deepspeed', 'megatron']),
  ];
}

/** What a job itself says of NCCL. */
export function ncclSigns(job: TrainingJob): readonly Sign[] {
  return [...configuredBy(job, ['NCCL_', 'RCCL_']), ...saidBy(job, '--backend', 'nccl')];
}

/** Whether each pod trains by itself, under a rendezvous of its own. Source: pytorch torch/distributed/run.py, --standalone. */
export function standsAlone(job: TrainingJob): boolean {
  return hasOption(job, 'standalone');
}
