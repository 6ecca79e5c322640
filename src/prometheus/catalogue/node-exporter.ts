import type { Exporter, Metric } from './metric.ts';

const infiniband = 'prometheus/node_exporter collector/infiniband_linux.go';

function port(name: string, about: string): Metric {
  return { name: `node_infiniband_${name}_total`, type: 'counter', labels: ['device', 'port'], about, source: infiniband };
}

/** Ports of mlx5 and irdma devices, since node_exporter reads hw_counters. */
function hardware(name: string, about: string): Metric {
  return {
    name: `node_infiniband_${name}_total`,
    type: 'counter',
    labels: ['device', 'port'],
    about,
    source: `${infiniband} (hw_counters: newest releases, mlx5 and irdma)`,
  };
}

export const exporter: Exporter = {
  id: 'node-exporter',
  title: 'node_exporter',
  prefixes: ['node_infiniband_port_'],
  metrics: [
    port(
      'port_data_transmitted_bytes',
      'Bytes that left a port, RDMA and all: per port, with no pod and no peer. EFA devices have none (prometheus/node_exporter#3670).',
    ),
    port('port_data_received_bytes', 'Bytes that came into a port.'),
    port('port_packets_transmitted', 'Packets that left a port.'),
    port('port_packets_received', 'Packets that came into a port.'),
    port('port_constraint_errors_transmitted', 'Packets that the port refused to send, for their partition key among other things; on a host port mostly 0.'),
    port('port_constraint_errors_received', 'Packets that the port refused to take in.'),
    port('port_errors_received', 'Broken packets.'),
    port('port_discards_transmitted', 'Packets given up for want of room.'),
    hardware('resp_remote_access_errors', 'Requests of others that the card refused: wrong key, or beyond the memory that was registered.'),
    hardware('req_remote_access_errors', 'Requests of ours that the other side refused.'),
    {
      name: 'node_uname_info',
      type: 'gauge',
      labels: ['domainname', 'machine', 'nodename', 'release', 'sysname', 'version'],
      about: 'One a node; nodename is its host name, which Kubernetes takes as the name of the node unless told otherwise.',
      source: 'prometheus/node_exporter collector/uname.go',
    },
    {
      name: 'node_textfile_mtime_seconds',
      type: 'gauge',
      labels: ['file'],
      about: 'When a file of the textfile collector was written.',
      source: 'prometheus/node_exporter collector/textfile.go',
    },
  ],
};
