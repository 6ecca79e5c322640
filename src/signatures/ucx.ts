import type { SignatureFamily } from './signature.ts';

/**
 * UCX, below Open MPI, MPICH, Dask and NIXL. Its lines begin `[time] [host:pid:thread] file:line UCX  ERROR`, also where a launcher passes them on.
 * Sources: openucx/ucx src/ucs/debug/log.c, src/ucs/sys/sock.c, src/uct/tcp, src/uct/ib, src/ucp/wireup.
 */
export const family: SignatureFamily = {
  title: 'UCX',
  passages: ['ucx/'],
  signatures: [
    {
      id: 'ucx/connect',
      subject: 'peers',
      anchor: ', dest_addr',
      pattern:
        /(?:\[(?<from>[A-Za-z0-9][A-Za-z0-9.-]{0,252}):\d{1,10} {0,5}:[^\]\s]{1,16}\] [^\n]{0,80}?)?connect\(fd=\d{1,9}, dest_addr=(?:\[(?<host6>[0-9a-f:.%]{2,64})\]|(?<host>[0-9.]{7,15})):(?<port>\d{1,5})\) failed: (?<errno>[^\n]{1,80})/,
      outcome: 'unclear',
      proof: 'connect',
      means: 'a rank could not connect to a peer over the TCP transport of UCX, which listens at ports that the kernel picks',
      versions: '1.10 to 1.20',
      source: 'openucx/ucx v1.10.0, v1.14.0, v1.17.0, v1.20.0 src/ucs/sys/sock.c, ucs_socket_connect',
    },
    {
      id: 'ucx/retries',
      subject: 'peers',
      anchor: 'reached maximum number of connection retries',
      pattern: /tcp_ep 0x[0-9a-f]{1,16}: reached maximum number of connection retries/,
      outcome: 'unclear',
      proof: 'hint',
      means: 'a rank gave up connecting to a peer over the TCP transport of UCX',
      versions: '1.10 to 1.20',
      source: 'openucx/ucx v1.10.0, v1.14.0, v1.17.0, v1.20.0 src/uct/tcp/tcp_cm.c, uct_tcp_cm_conn_start',
    },
    {
      id: 'ucx/not-connected',
      subject: 'peers',
      anchor: 'connection establishment for socket fd ',
      pattern: /tcp_ep 0x[0-9a-f]{1,16}: connection establishment for socket fd \d{1,9} was unsuccessful/,
      outcome: 'unclear',
      proof: 'hint',
      means: 'a connection of UCX over TCP did not come about',
      versions: '1.10 to 1.20',
      source: 'openucx/ucx v1.10.0, v1.14.0, v1.17.0, v1.20.0 src/uct/tcp/tcp_cm.c, uct_tcp_cm_conn_progress',
    },
    {
      id: 'ucx/transport-retry',
      subject: 'rdma',
      anchor: 'Transport retry count exceeded on ',
      pattern: /Transport retry count exceeded on (?<device>[a-z0-9_]{1,32}:\d{1,3})\/(?:IB|RoCE)/,
      outcome: 'dropped',
      proof: 'connect',
      means: 'a queue pair of UCX got no answer: the partition key, a RoCE ACL, a rail, or a peer that is gone; NetworkPolicy never meets this traffic',
      source: 'openucx/ucx v1.20.0 src/uct/ib/mlx5/ib_mlx5_log.c, uct_ib_mlx5_completion_with_err',
    },
    {
      id: 'ucx/ud-timeout',
      subject: 'rdma',
      anchor: 'unhandled timeout error',
      pattern: /UD endpoint 0x[0-9a-f]{1,16} to [^\n]{1,200}?: unhandled timeout error/,
      outcome: 'dropped',
      proof: 'connect',
      means: 'a peer did not answer over UD of InfiniBand or RoCE, which NetworkPolicy never meets',
      versions: '1.10 to 1.20',
      source: 'openucx/ucx v1.10.0, v1.14.0, v1.17.0, v1.20.0 src/uct/ib/ud/base/ud_ep.c',
    },
    {
      id: 'ucx/locked-memory',
      subject: 'program',
      anchor: 'max locked memory',
      pattern: /failed: [^\n]{1,80}Please set max locked memory \(ulimit -l\)/,
      outcome: 'unclear',
      proof: 'hint',
      means: 'UCX could not pin memory for RDMA: the limit of locked memory is too low, or the container lacks IPC_LOCK',
      mend: 'Give the container the capability IPC_LOCK, or its runtime an unlimited memlock (ulimit -l).',
      source: 'openucx/ucx src/uct/ib/base/ib_log.c, uct_ib_memlock_limit_msg; before it, src/uct/ib/base/ib_md.c',
    },
    {
      id: 'ucx/no-transport',
      subject: 'interface',
      anchor: ' transport to ',
      pattern: /UCX {1,4}ERROR {1,8}no (?:high-bw )?(?:active messages|remote [a-z -]{0,20}memory access|keepalive) transport to /,
      outcome: 'unclear',
      proof: 'hint',
      means: 'UCX has no transport that both ends can use: UCX_TLS and UCX_NET_DEVICES leave none, or the pods have different devices',
      source: 'openucx/ucx v1.20.0 src/ucp/wireup/select.c, ucp_wireup_select_transport',
    },
  ],
};
