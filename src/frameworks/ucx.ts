import { everyoneDialsEveryone, ranks } from './among.ts';
import type { Framework } from './framework.ts';
import { listenerPin } from './knobs.ts';
import { rangesSaid, settingsIn } from './settings.ts';
import { configuredBy } from './signs.ts';

/** UCX, the transport below Open MPI, Dask and others. Its connections are set up over TCP where TCP is among its transports. Source: openucx/ucx src/uct/tcp/tcp_iface.c. */
export const framework: Framework = {
  id: 'ucx',
  kind: 'library',
  title: 'UCX',
  about: 'Ranks dial each other at ports that the kernel picks, where TCP is among the transports of UCX.',
  sources: ['openucx/ucx src/uct/tcp/tcp_iface.c'],
  knobs: [
    {
      kind: 'env',
      name: 'UCX_TCP_PORT_RANGE',
      what: 'the ports of its TCP transport; 0 leaves them to the kernel',
      source: 'openucx/ucx src/uct/tcp/tcp_iface.c',
    },
    listenerPin,
  ],
  fixedPorts: [],
  detect: (job) => configuredBy(job, ['UCX_']),
  passages: (job) => {
    const said = settingsIn(job, { variables: ['UCX_TCP_PORT_RANGE'] }).filter((s) => s.text !== '0');
    return [
      everyoneDialsEveryone(
        job,
        {
          id: 'ucx/tcp',
          ownProtocol: true,
          purpose: 'collectives',
          title: 'connections of UCX',
          ...rangesSaid(said, { ports: [{ kind: 'ephemeral' }], because: 'UCX listens at ports that the kernel picks' }),
          source: 'openucx/ucx src/uct/tcp/tcp_iface.c',
        },
        ranks(job),
      ),
    ];
  },
};
