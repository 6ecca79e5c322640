import type { TrainingJob } from '../model/training-job.ts';
import type { Container } from '../model/workload.ts';
import { asksForGpu, joiners } from './among.ts';
import type { Sign } from './framework.ts';
import { configuredBy, ofKind, packedIn, saidBy, startedBy, startOf } from './signs.ts';
import { soleTorchrun } from './sole-start.ts';

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

/**
 * Whether each pod trains by itself, under a rendezvous of its own: every container that trains, of every sort of pod, runs one torchrun with that option and
 * nothing beside it. Source: pytorch torch/distributed/run.py, --standalone, a switch that takes no value.
 */
export function standsAlone(job: TrainingJob): boolean {
  return joiners(job).every(({ pod }) => {
    const training = pod.containers.filter((c) => c.sort === 'container' && (asksForGpu(c, pod) || launchesTorch(c)));
    return training.length > 0 && training.every((c) => soleTorchrun(c)?.includes('--standalone'));
  });
}

/** Whether a container starts a program that takes options of torch.distributed before its script. */
export function launchesTorch(container: Container): boolean {
  return startOf(container, programs) !== undefined;
}
