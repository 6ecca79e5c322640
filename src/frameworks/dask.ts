import type { TrainingJob } from '../model/training-job.ts';
import type { Container } from '../model/workload.ts';
import { dials, everyoneDialsEveryone, trainers } from './among.ts';
import { wordsOf } from './command-line.ts';
import { daskWorkerWordsOf } from './dask-worker.ts';
import type { Framework } from './framework.ts';
import { listenerPin } from './knobs.ts';
import { portsSaid, rangeSaid, settingsIn } from './settings.ts';
import { ofKind, saidBy, startedBy } from './signs.ts';

const cli = 'dask/distributed distributed/cli';

/** Dask: workers dial the scheduler, which dials back, and workers dial each other. Source: dask/distributed distributed/cli. */
export const framework: Framework = {
  id: 'dask',
  kind: 'framework',
  title: 'Dask',
  about: 'Workers dial the scheduler (8786), which dials back, and workers dial each other at ports that the kernel picks.',
  sources: ['dask/distributed distributed/cli'],
  knobs: [
    { kind: 'argument', name: '--worker-port', what: 'the ports of workers, also a range', source: cli },
    { kind: 'argument', name: '--nanny-port', what: 'the ports of nannies, also a range', source: cli },
    listenerPin,
  ],
  fixedPorts: [8786],
  detect: (job) => [
    ...ofKind(job, ['DaskCluster', 'DaskJob']),
    ...startedBy(job, ['dask-scheduler', 'dask-worker', 'dask-cuda-worker']),
    ...saidBy(job, 'dask', 'scheduler'),
    ...saidBy(job, 'dask', 'worker'),
  ],
  passages: (job) => {
    const schedulers = job.members.filter((m) => m.role === 'scheduler' || m.pod.containers.some(schedules));
    // Where all that starts here is a worker, the scheduler is elsewhere.
    const to = schedulers.length > 0 ? schedulers : job.members.filter((m) => m.pod.containers.every((c) => daskWorkerWordsOf(c) === null));
    return [
      ...(to.length === 0
        ? []
        : [
            dials(trainers(job), to, {
              id: 'dask/scheduler',
              purpose: 'rendezvous',
              title: 'scheduler',
              ...portsSaid(settingsIn({ members: to }, { options: ['port'] }), { ports: [{ kind: 'fixed', port: 8786 }], because: 'the default of Dask' }),
              source: cli,
            }),
          ]),
      everyoneDialsEveryone(job, { id: 'dask/workers', purpose: 'collectives', title: 'workers and nannies', ...workerPorts(job), source: cli }),
    ];
  },
};

function workerPorts(job: TrainingJob): Parameters<typeof portsSaid>[1] {
  const workers = settingsIn(job, { options: ['worker-port'] });
  const nannies = settingsIn(job, { options: ['nanny-port'] });
  const ranges = [...workers, ...nannies].map((s) => rangeSaid(s.text));
  const known = ranges.filter((r) => r !== null);
  const because = [...workers, ...nannies].map((s) => s.shown).join(', ');
  if (known.length < ranges.length) return { ports: [{ kind: 'range', low: 1, high: 65535 }], because: `${because}: the ports cannot be read` };
  if (workers.length > 0 && nannies.length > 0) return { ports: known, because };
  return { ports: [...known, { kind: 'ephemeral' }], because: 'workers and nannies listen at ports that the kernel picks' };
}

function schedules(container: Container): boolean {
  return wordsOf(container).some((word) => word === 'dask-scheduler' || word === 'scheduler');
}
