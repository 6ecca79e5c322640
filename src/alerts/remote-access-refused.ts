import type { Alert } from './alert.ts';
import { said } from './text.ts';

export const alert: Alert = {
  id: 'remote-access-refused',
  severity: 'warning',
  idle: ({ rdma }) => (rdma ? null : 'no workload of the zone uses RDMA'),
  expr: () => 'sum by (instance, device) (increase(node_infiniband_resp_remote_access_errors_total[10m])) > 0',
  keepFiringFor: '15m',
  summary: `${said('device')} on ${said('instance')} refused to let somebody at its memory`,
  description: `An RDMA request came to ${said('device')} of ${said('instance')} with a wrong key, or for memory beyond what was registered. A broken job does it when it ends; so does who tries keys.`,
  runbook: {
    means: 'The card refused a remote read, write or atomic. It is the denied connection of RDMA; the counter has no peer.',
    look: ['Did a job end or fail at that time on this node?', 'The same counter of requests (req_remote_access_errors) on other nodes shows who was refused.'],
    mend: 'Without a job that explains it, audit the fabric and look at who shares the partition.',
  },
  scenarios: () => {
    const errors = (values: string, name = 'resp') => ({
      series: `node_infiniband_${name}_remote_access_errors_total{device="mlx5_0",port="1",instance="n"}`,
      values,
    });
    const fires = [{ instance: 'n', device: 'mlx5_0' }];
    return [
      { name: 'one', input: [errors('0x20 1x40')], at: '25m', fires },
      {
        name: 'over two ports',
        input: [errors('0x20 1x40'), { ...errors('0x20 1x40'), series: errors('').series.replace('port="1"', 'port="2"') }],
        at: '25m',
        fires,
      },
      { name: 'it keeps firing for a while', input: [errors('0x20 1x40')], at: '43m', fires },
      { name: 'long ago', input: [errors('0x20 1x60')], at: '48m', fires: [] },
      { name: 'none, and ours that others refused', input: [errors('4x60'), errors('0x20 1x40', 'req')], at: '25m', fires: [] },
    ];
  },
};
