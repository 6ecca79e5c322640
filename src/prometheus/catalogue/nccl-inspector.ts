import type { Exporter } from './metric.ts';

const labels = ['slurm_job_id', 'node', 'gpu', 'comm_name', 'n_nodes', 'nranks', 'collective', 'message_size', 'algo_proto'];
const source = 'NVIDIA/nccl plugins/profiler/inspector README.md';

export const exporter: Exporter = {
  id: 'nccl-inspector',
  title: 'NCCL Inspector, through the textfile collector (NCCL_INSPECTOR_ENABLE=1, NCCL_INSPECTOR_PROM_DUMP=1)',
  prefixes: ['nccl_'],
  metrics: [
    { name: 'nccl_bus_bandwidth_gbs', type: 'gauge', labels, about: 'Bus bandwidth of a collective, in GB/s. The file stays when the job dies.', source },
    { name: 'nccl_collective_exec_time_microseconds', type: 'gauge', labels, about: 'How long a collective took.', source },
    { name: 'nccl_p2p_bus_bandwidth_gbs', type: 'gauge', labels, about: 'Bus bandwidth of sends and receives.', source },
    { name: 'nccl_p2p_exec_time_microseconds', type: 'gauge', labels, about: 'How long a send or receive took.', source },
  ],
};
