import { labelOf } from '../model/labels.ts';
import type { PassageEnd } from '../model/passage.ts';
import type { TrainingJob } from '../model/training-job.ts';
import { everyoneDialsEveryone } from './among.ts';
import type { Framework } from './framework.ts';
import { listenerPin } from './knobs.ts';
import { ofKind } from './signs.ts';

const network = 'slurm.schedmd.com/network.html';
const builder = 'SlinkyProject/slurm-operator internal/builder/common/const.go';

/** The label of a set of nodes that names its Controller. Source: SlinkyProject/slurm-operator internal/builder/labels. */
const clusterLabel = 'slinky.slurm.net/cluster';

/**
 * Slurm in pods of slurm-operator: its nodes are pods, in which it starts the steps of its users' jobs. Sources: slurm.schedmd.com/network.html, slurm.conf
 * SrunPortRange; SlinkyProject/slurm-operator internal/builder/common/const.go.
 */
export const framework: Framework = {
  id: 'slurm',
  kind: 'library',
  title: 'Slurm',
  about:
    'Nodes dial the controller (6817), the controller and other nodes dial slurmd on every node (6818), and steps dial back to srun, which runs on a node or where users log in, at ports that the kernel picks. What users start in it, such as torchrun and NCCL, uses ports of its own among the nodes.',
  sources: [network, 'SlinkyProject/slurm-operator internal/builder'],
  knobs: [{ ...listenerPin, what: 'srun and whatever a job starts that asks the kernel for a port; `SrunPortRange` of slurm.conf pins srun alone' }],
  fixedPorts: [6817, 6818, 6819, 6820],
  detect: (job) => ofKind(job, ['NodeSet']),
  passages: (job) => {
    const nodes: PassageEnd = { kind: 'members', members: job.members };
    const port = (port: number): readonly [{ readonly kind: 'fixed'; readonly port: number }] => [{ kind: 'fixed', port }];
    const about = { because: 'the default of slurm-operator', source: builder } as const;
    return [
      { id: 'slurm/controller', purpose: 'control', title: 'slurmctld', from: nodes, to: controllerOf(job), ports: port(6817), required: true, ...about },
      {
        id: 'slurm/nodes',
        purpose: 'launch',
        title: 'slurmd, by the controller',
        from: controllerOf(job),
        to: nodes,
        ports: port(6818),
        required: true,
        ...about,
      },
      everyoneDialsEveryone(job, { id: 'slurm/forward', purpose: 'launch', title: 'slurmd, by other nodes and srun', ports: port(6818), ...about }),
      everyoneDialsEveryone(job, {
        id: 'slurm/steps',
        purpose: 'launch',
        title: 'steps that dial back to srun, and what they start',
        ports: [{ kind: 'ephemeral' }],
        because: 'srun listens where the kernel puts it',
        source: network,
      }),
    ];
  },
};

function controllerOf(job: TrainingJob): PassageEnd {
  const name = job.members.map((m) => labelOf(m.labels, clusterLabel)).find((n) => n !== undefined);
  return {
    kind: 'pods',
    title: `the Slurm controller${name === undefined ? '' : ` ${name}`}`,
    namespace: job.namespace,
    selector: { 'app.kubernetes.io/name': 'slurmctld', ...(name === undefined ? {} : { 'app.kubernetes.io/instance': name }) },
  };
}
