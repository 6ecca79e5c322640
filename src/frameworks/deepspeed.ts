import { dials, leadersOf, trainers } from './among.ts';
import { deepSpeedWordsOf } from './command-line.ts';
import type { Framework } from './framework.ts';
import { hasOption, portsSaid, settingsIn } from './settings.ts';
import { startedBy } from './signs.ts';

/** The launcher of DeepSpeed, which starts the other nodes by ssh or pdsh where it has a list of hosts; what it starts is torch.distributed. Source: DeepSpeed deepspeed/launcher/runner.py. */
export const framework: Framework = {
  id: 'deepspeed',
  kind: 'framework',
  endsIn: ['pytorch'],
  title: 'DeepSpeed',
  about: 'With a list of hosts its launcher starts the others by ssh; what it starts is PyTorch.',
  sources: ['DeepSpeed deepspeed/launcher/runner.py'],
  knobs: [{ kind: 'argument', name: '--ssh_port', what: 'the port of ssh', source: 'DeepSpeed deepspeed/launcher/runner.py' }],
  fixedPorts: [23456, 29400, 29500],
  detect: (job) => startedBy(job, ['deepspeed']),
  passages: (job) => {
    if (!hasOption(job, deepSpeedWordsOf, 'hostfile', 'h') || hasOption(job, deepSpeedWordsOf, 'no-ssh')) return [];
    return [
      dials(leadersOf(job), trainers(job), {
        id: 'deepspeed/ssh',
        purpose: 'launch',
        title: 'start of workers by ssh',
        ...portsSaid(settingsIn(job, { options: ['ssh-port'], words: deepSpeedWordsOf }), {
          ports: [{ kind: 'fixed', port: 22 }],
          because: 'the default of ssh',
        }),
        source: 'DeepSpeed deepspeed/launcher/runner.py',
      }),
    ];
  },
};
