import type { SignatureFamily } from './signature.ts';

/**
 * MPICH and its process manager Hydra, which Intel MPI has a version of. The launcher prints what its proxies in the workers say, so a line names the host it is of:
 * `[proxy:1@llm-worker-0]`. Source: pmodels/mpich src/pm/hydra; Intel MPI is not open, and its lines are those in reports to open projects.
 */
export const family: SignatureFamily = {
  title: 'MPICH and Intel MPI',
  signatures: [
    {
      id: 'mpich/connect',
      subject: 'launch',
      anchor: 'unable to connect from ',
      pattern: /unable to connect from "(?<from>[^\s"]{1,253})" to "(?<host>[^\s"]{1,253})" \((?<errno>[^)\n]{1,80})\)/,
      outcome: 'unclear',
      proof: 'connect',
      means: 'a proxy of Hydra could not dial back to the launcher: its port is picked by the kernel',
      versions: '3.4 to 5.0',
      source: 'pmodels/mpich v3.4.3 src/pm/hydra/utils/sock/sock.c; v4.3.2 src/pm/hydra/lib/utils/sock.c, HYDU_sock_connect',
    },
    {
      id: 'mpich/server',
      subject: 'launch',
      anchor: '(check for firewalls!)',
      pattern:
        /\[proxy:[\d:]{1,24}@(?<from>[^\s\]]{1,253})\] [^\n]{0,160}?unable to connect to server (?<host>[^\s]{1,253}) at port (?<port>\d{1,5}) \(check for firewalls!\)/,
      outcome: 'unclear',
      proof: 'connect',
      means: 'a proxy of Hydra could not dial back to the launcher: its port is picked by the kernel',
      versions: '3.4 to 5.0',
      source: 'pmodels/mpich v3.4.3 src/pm/hydra/pm/pmiserv/pmip.c; v4.3.2 src/pm/hydra/proxy/pmip.c',
    },
    {
      id: 'mpich/intel-proxy',
      subject: 'launch',
      anchor: 'nable to run ',
      pattern: /\[mpiexec@(?<from>[^\s\]]{1,253})\] [^\n]{0,160}?[uU]nable to run (?:bstrap_)?proxy on (?<host>[^\s:]{1,253})(?::\d{1,5})? \(pid \d{1,10}/,
      outcome: 'unclear',
      proof: 'hint',
      means: 'Intel MPI could not start its proxy in a worker, or the proxy could not dial back: ssh, or a port of the launcher that the kernel picks',
      versions: '2019 to 2021, as reported',
      source: 'Intel MPI Library, which is not open; lines in volcano-sh/volcano#2398 (2021.6), firemodels/fds#8508 (2019.4), BLAST-WarpX/warpx#6980',
    },
    {
      id: 'mpich/establish',
      subject: 'peers',
      anchor: 'Unable to establish connection to rank ',
      pattern: /Unable to establish connection to rank \d{1,7}/,
      outcome: 'unclear',
      proof: 'hint',
      means: 'a rank could not connect to another: MPICH listens at ports that the kernel picks',
      source: 'pmodels/mpich v5.0.0b1 src/mpi/errhan/errnames.txt, exceeded_connect_tries',
    },
    {
      id: 'mpich/rank',
      subject: 'peers',
      anchor: 'Communication error with rank ',
      pattern: /Communication error with rank \d{1,7}(?:: (?<errno>[^\n]{1,80}))?/,
      outcome: 'unclear',
      proof: 'hint',
      means: 'a rank could not reach another, or lost it: MPICH listens at ports that the kernel picks',
      source: 'pmodels/mpich v5.0.0b1 src/mpi/errhan/errnames.txt, comm_fail; src/mpid/ch3/channels/nemesis/netmod/tcp/socksm.c',
    },
    {
      id: 'mpich/bad-termination',
      subject: 'waiting',
      anchor: 'BAD TERMINATION OF ONE OF YOUR APPLICATION PROCESSES',
      pattern: /^= {3}BAD TERMINATION OF ONE OF YOUR APPLICATION PROCESSES/,
      outcome: 'unclear',
      proof: 'echo',
      means: 'a process ended, and the launcher ended the others: what it said before tells why',
      source: 'pmodels/mpich v5.0.0b1 src/pm/hydra/mpiexec/pmiserv_cb.c',
    },
  ],
};
