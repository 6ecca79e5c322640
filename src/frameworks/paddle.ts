import type { TrainingJob } from '../model/training-job.ts';
import { dials, everyoneDialsEveryone, leadersOf, trainers } from './among.ts';
import type { Framework } from './framework.ts';
import { portOfEndpoint, portsSaid, type Setting, settingsIn } from './settings.ts';
import { configuredBy, ofKind } from './signs.ts';

/** Port of the master in a PaddleJob. Source: kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/paddlepaddle_types.go. */
const masterPort = 36543;

/** PaddlePaddle: every launcher dials the master, and trainers dial each other at ports that are found free. Source: PaddlePaddle/Paddle python/paddle/distributed/launch. */
export const framework: Framework = {
  id: 'paddle',
  kind: 'framework',
  title: 'PaddlePaddle',
  about: 'Every pod dials the master (36543 in a PaddleJob), and trainers dial each other at ports that the launcher finds free.',
  sources: ['PaddlePaddle/Paddle python/paddle/distributed/launch', 'kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/paddlepaddle_types.go'],
  knobs: [
    { kind: 'env', name: 'PADDLE_MASTER', what: 'host and port of the master', source: 'PaddlePaddle/Paddle python/paddle/distributed/launch' },
    {
      kind: 'port-name',
      name: 'master',
      what: 'the port of the master in a PaddleJob',
      source: 'kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/paddlepaddle_types.go',
    },
  ],
  fixedPorts: null,
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
      ports: [{ kind: 'range', low: 1024, high: 65535 }],
      because: 'its launcher looks for free ports by itself',
      source: 'PaddlePaddle/Paddle python/paddle/distributed/launch/context/node.py',
    }),
  ],
};

function masterSaid(job: TrainingJob): readonly Setting[] {
  const said = settingsIn(job, { options: ['master'], variables: ['PADDLE_MASTER'] }).map((s) => portOfEndpoint(s, masterPort));
  return said.length > 0 || job.kind !== 'PaddleJob' ? said : settingsIn(job, { portNames: ['master'] });
}
