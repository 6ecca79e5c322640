import { dials, everyoneDialsEveryone, launcherOf, trainers } from './among.ts';
import type { Framework } from './framework.ts';
import { portsSaid, settingsIn } from './settings.ts';
import { configuredBy, packedIn, startedBy } from './signs.ts';

/** Ports from which Horovod draws by itself, whatever the kernel is told. Source: horovod horovod/runner/util/network.py find_port. */
const drawn = { kind: 'range', low: 1024, high: 65535 } as const;

/**
 * Horovod. Under horovodrun, driver and tasks dial each other at ports that it draws by itself; under mpirun all of that is MPI's.
 * Sources: horovod horovod/runner/util/network.py, horovod/runner/http/http_server.py, horovod/runner/launch.py.
 */
export const framework: Framework = {
  id: 'horovod',
  kind: 'framework',
  title: 'Horovod',
  about:
    'Under horovodrun, driver and tasks dial each other at ports that Horovod draws from 1024-65535 by itself: no sysctl moves them. Under mpirun all of that is MPI.',
  sources: ['horovod horovod/runner/util/network.py find_port', 'horovod horovod/runner/http/http_server.py'],
  knobs: [
    { kind: 'argument', name: '--ssh-port', what: 'the port of ssh; the ports of its services cannot be pinned', source: 'horovod horovod/runner/launch.py' },
  ],
  fixedPorts: null,
  detect: (job) => [...startedBy(job, ['horovodrun']), ...configuredBy(job, ['HOROVOD_']), ...packedIn(job, ['horovod'])],
  passages: (job) => {
    const byMpi = startedBy(job, ['mpirun', 'mpiexec', 'orterun']).length > 0;
    if (byMpi && startedBy(job, ['horovodrun']).length === 0) return [];
    const services = everyoneDialsEveryone(job, {
      id: 'horovod/services',
      purpose: 'rendezvous',
      title: 'driver, tasks and rendezvous',
      ports: [drawn],
      because: 'Horovod draws its ports from 1024-65535 by itself, and no sysctl moves them',
      source: 'horovod horovod/runner/util/network.py find_port',
    });
    const launcher = launcherOf(job);
    if (launcher === undefined) return [services];
    const said = settingsIn({ ...job, members: [launcher] }, { options: ['ssh-port', 'p'] });
    const ssh = dials(
      [launcher],
      trainers(job).filter((m) => m !== launcher),
      {
        id: 'horovod/ssh',
        purpose: 'launch',
        title: 'start of workers by ssh',
        ...portsSaid(said, { ports: [{ kind: 'fixed', port: 22 }], because: 'the default of ssh' }),
        source: 'horovod horovod/runner/launch.py',
      },
    );
    return [ssh, services];
  },
};
