import type { Exporter } from './metric.ts';

const labels = ['interface', 'id', 'image', 'name', 'container'];
const source = 'google/cadvisor metrics/prometheus.go; lib/container/libcontainer/handler.go';

export const exporter: Exporter = {
  id: 'cadvisor',
  title: 'cAdvisor, in each kubelet',
  prefixes: ['container_network_'],
  metrics: ['transmit', 'receive'].flatMap((way) =>
    ['bytes', 'packets', 'errors', 'packets_dropped'].map((what) => ({
      name: `container_network_${way}_${what}_total`,
      type: 'counter' as const,
      labels,
      about: `${what === 'bytes' ? 'Bytes' : 'Packets'} by interface of the pod's network namespace: a bond and its slave, lxc and cali devices all count; a hostNetwork pod has those of its node. RDMA is not in it.`,
      source,
    })),
  ),
};
