import type { SignatureFamily } from './signature.ts';

/** Gloo. Source: pytorch/gloo gloo/transport/tcp, gloo/common/error.cc; pytorch torch/csrc/distributed/c10d/ProcessGroupGloo.cpp. */
export const family: SignatureFamily = {
  title: 'Gloo',
  signatures: [
    {
      id: 'gloo/timed-out-connecting',
      subject: 'peers',
      anchor: 'SO_ERROR: ',
      pattern: /SO_ERROR: (?<errno>[A-Za-z ]{1,60}), remote=\[(?<host>[^\]\s]{1,64})\]:(?<port>\d{1,5})/,
      outcome: 'unclear',
      proof: 'connect',
      means: 'a rank could not connect to a peer; Gloo listens on a port that the kernel picks',
      source: 'pytorch/gloo gloo/transport/tcp/helpers.h, gloo/common/error.cc',
    },
    {
      id: 'gloo/full-mesh',
      subject: 'peers',
      anchor: 'Gloo connectFullMesh failed with ',
      pattern: /Gloo connectFullMesh failed with /,
      outcome: 'unclear',
      proof: 'hint',
      means: 'the ranks could not connect to each other, though they met at the store',
      source: 'pytorch torch/csrc/distributed/c10d/ProcessGroupGloo.cpp',
    },
    {
      id: 'gloo/failed-to-connect',
      subject: 'peers',
      anchor: 'failed to connect, willRetry',
      pattern: /failed to connect, willRetry=\d, retry=\d{1,6}, .{0,200}?remote=\[?(?<host>[^\]\s,]{1,64})\]?:(?<port>\d{1,5}), error=(?<errno>[^\n]{1,120})/,
      outcome: 'unclear',
      proof: 'connect',
      means: 'a rank could not connect to a peer',
      source: 'pytorch/gloo gloo/transport/tcp/debug_logger.cc',
    },
    {
      id: 'gloo/unreachable',
      subject: 'interface',
      anchor: 'connect: Network is unreachable',
      pattern: /rv != -1\. -1 vs -1\. connect: Network is unreachable/,
      outcome: 'rejected',
      proof: 'hint',
      means: 'Gloo took an interface that leads nowhere: set GLOO_SOCKET_IFNAME',
      source: 'pytorch/gloo gloo/transport/tcp/socket.cc',
    },
    {
      id: 'gloo/closed-by-peer',
      subject: 'peers',
      anchor: 'Connection closed by peer [',
      pattern: /Connection closed by peer \[(?<host>[^\]\s]{1,64})\]:(?<port>\d{1,5})/,
      outcome: 'cut',
      proof: 'echo',
      means: 'a peer went away: look at that peer first',
      source: 'pytorch/gloo gloo/transport/tcp/pair.cc',
    },
  ],
};
