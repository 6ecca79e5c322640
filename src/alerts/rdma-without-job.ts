import type { Alert, Recording, Site } from './alert.ts';
import { everyMinutes, stateMetricsUp, upSeries } from './parts.ts';
import { literally, quoted, said } from './text.ts';

/** By name of the node: exporters know their host name, Kubernetes its node, and the two are the same unless somebody says otherwise. */
const sent: Recording = {
  record: 'nodename:infiniband_transmitted_bytes:rate5m',
  expr: () =>
    'sum by (nodename) (rate(node_infiniband_port_data_transmitted_bytes_total[5m]) * on (instance) group_left (nodename) max by (instance, nodename) (node_uname_info))',
};

const noRdma = ({ rdma }: Site): string | null => (rdma ? null : 'no workload of the zone uses RDMA');

export const alert: Alert = {
  id: 'rdma-without-job',
  severity: 'critical',
  idle: noRdma,
  records: [sent],
  expr: (site) => {
    const asks = `kube_pod_container_resource_requests{resource=~${quoted(site.rdmaResources.map(literally).join('|'))}}`;
    const owners = `max by (node) (${asks} and on (namespace, pod) (kube_pod_status_phase{phase="Running"} == 1))`;
    return `label_replace(${sent.record} > 1e8, "node", "$1", "nodename", "(.*)") unless on (node) ${owners} and ${stateMetricsUp(site, '5m')}`;
  },
  for: '10m',
  summary: `Node ${said('node')} sends over RDMA, and no job runs there`,
  description: `More than 100 MB/s leave the InfiniBand ports of ${said('node')}, and no running pod there asked for a GPU or a device of the fabric. No metric says to whom.`,
  runbook: {
    means:
      'Something on the node uses the fabric without having asked Kubernetes for it: a process of the node, a privileged pod, or a pod that kept its queue pairs.',
    look: ['`rdma resource show qp` on the node: processes and their peers.', 'Pods with hostNetwork, privileged, or with /dev/infiniband from the host.'],
    mend: 'Stop it, and keep the node out of the pool until it was started afresh. A storage node that belongs there wants its resource named.',
  },
  scenarios: (site) => {
    const resource = site.rdmaResources[0] ?? 'nvidia_com_gpu';
    const port = (values: string, instance = 'n') => ({
      series: `node_infiniband_port_data_transmitted_bytes_total{device="mlx5_0",port="1",instance="${instance}"}`,
      values,
    });
    const uname = (instance = 'n', node = 'gpu-1', job = 'node-exporter') => ({
      series: `node_uname_info{nodename="${node}",release="6.1",instance="${instance}",job="${job}"}`,
      values: '1x60',
    });
    const asks = (what: string, node = 'gpu-1') => ({
      series: `kube_pod_container_resource_requests{namespace="x",pod="trainer",container="c",node="${node}",resource="${what}",unit="integer"}`,
      values: '8x60',
    });
    const phase = (of: string, value: number) => ({ series: `kube_pod_status_phase{namespace="x",pod="trainer",phase="${of}"}`, values: `${value}x60` });
    const up = upSeries(site.jobs.stateMetrics, 'a', '1x60');
    // 1 GB/s.
    const busy = '0+6e10x60';
    const fires = [{ node: 'gpu-1', nodename: 'gpu-1' }];
    return [
      { name: 'nobody asked; some target is down', input: [up, upSeries('other', 'x', '0x60'), port(busy), uname()], at: '20m', fires },
      { name: 'by fits and starts', input: [up, port(everyMinutes(4, 6e10, 15)), uname()], at: '30m', fires },
      { name: 'two exporters of one node', input: [up, port(busy), uname(), uname('n', 'gpu-1', 'other')], at: '20m', fires },
      {
        name: 'who asked is done',
        input: [
          up,
          port(busy),
          uname(),
          asks(resource),
          phase('Running', 0),
          phase('Succeeded', 1),
          ...['namespace="y",pod="trainer"', 'namespace="x",pod="other"'].map((of) => ({
            series: `kube_pod_status_phase{${of},phase="Running"}`,
            values: '1x60',
          })),
        ],
        at: '20m',
        fires,
      },
      { name: 'who asked is on another node', input: [up, port(busy), uname(), asks(resource, 'gpu-2'), phase('Running', 1)], at: '20m', fires },
      { name: 'who asked asked for memory', input: [up, port(busy), uname(), asks('memory'), phase('Running', 1)], at: '20m', fires },
      { name: 'a job runs', input: [up, port(busy), uname(), asks(resource), phase('Running', 1)], at: '20m', fires: [] },
      { name: 'for a moment', input: [up, port('0x20 0+6e10x40'), uname()], at: '30m', fires: [] },
      { name: 'little', input: [up, port('0+6e8x60'), uname()], at: '20m', fires: [] },
      {
        name: 'kube-state-metrics was down: nothing is known, for some minutes more',
        input: [upSeries(site.jobs.stateMetrics, 'a', '0x20 1x60'), port(busy), uname()],
        at: '20m',
        fires: [],
        also: [
          { at: '34m', fires: [] },
          { at: '38m', fires },
        ],
      },
      { name: 'after the end of it', input: [up, port('0+6e10x20 12e11x40'), uname()], at: '27m', fires: [] },
    ];
  },
};
