import type { TrainingJob } from '../model/training-job.ts';
import { dials, everyoneDialsEveryone, leadersOf, trainers } from './among.ts';
import type { Framework } from './framework.ts';
import { type Known, portOfEndpoint, portsSaid, rangesSaid, type Setting, settingsIn } from './settings.ts';
import { configuredBy, ofKind } from './signs.ts';

/** Port of the master in a PaddleJob. Source: kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/paddlepaddle_types.go. */
const masterPort = 36543;

const node = 'PaddlePaddle/Paddle python/paddle/distributed/launch/context/node.py';

/** PaddlePaddle: every launcher dials the master, and trainers dial each other at ports that are found free. Source: PaddlePaddle/Paddle python/paddle/distributed/launch. */
export const framework: Framework = {
  id: 'paddle',
  kind: 'framework',
  title: 'PaddlePaddle',
  about: 'Every pod dials the master (36543 in a PaddleJob), and trainers dial each other at ports that the launcher finds free.',
  sources: ['PaddlePaddle/Paddle python/paddle/distributed/launch', 'kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/paddlepaddle_types.go'],
  knobs: [
    { kind: 'env', name: 'PADDLE_MASTER', what: 'host and port of the master', source: 'PaddlePaddle/Paddle python/paddle/distributed/launch' },
    { kind: 'env', name: 'PORT_RANGE', what: 'the ports of trainers, `50000:52000`', source: node, pin: (low, high) => `${low}:${high}` },
    {
      kind: 'port-name',
      name: 'master',
      what: 'the port of the master in a PaddleJob',
      source: 'kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/paddlepaddle_types.go',
    },
  ],
  fixedPorts: [masterPort],
  detect: (job) => [...ofKind(job, ['PaddleJob']), ...configuredBy(job, ['PADDLE_'])],
  passages: (job) => [
    dials(trainers(job), leadersOf(job), {
      id: 'paddle/master',
      purpose: 'rendezvous',
      title: 'master',
      ...portsSaid(masterSaid(job), { ports: [{ kind: 'fixed', port: masterPort }], because: 'the port that the operator of a PaddleJob sets' }),
      source: 'kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/paddlepaddle_types.go',
    }),
    everyoneDialsEveryone(job, {
      id: 'paddle/collectives',
      purpose: 'collectives',
      title: 'trainers',
      ...trainerPorts(job),
      source: node,
    }),
  ],
};

/** The launcher tries one port after the other of a range; which one that is by default differs from version to version. */
function trainerPorts(job: TrainingJob): Known {
  const unpinned: Known = { ports: [{ kind: 'range', low: 1024, high: 65535 }], because: 'its launcher looks for free ports by itself' };
  return rangesSaid(settingsIn(job, { variables: ['PORT_RANGE'] }), unpinned);
}

function masterSaid(job: TrainingJob): readonly Setting[] {
  const said = settingsIn(job, { options: ['master'], variables: ['PADDLE_MASTER'] }).map((s) => portOfEndpoint(s, masterPort));
  return said.length > 0 || job.kind !== 'PaddleJob' ? said : settingsIn(job, { portNames: ['master'] });
}
