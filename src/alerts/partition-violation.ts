import type { Alert } from './alert.ts';
import { said } from './text.ts';

const sides = ['transmitted', 'received'].map((side) => `increase(node_infiniband_port_constraint_errors_${side}_total[10m])`);

export const alert: Alert = {
  id: 'partition-violation',
  severity: 'warning',
  idle: ({ rdma }) => (rdma ? null : 'no workload of the zone uses RDMA'),
  expr: () => `sum by (instance, device, port) (${sides[0]}) > 0 or sum by (instance, device, port) (${sides[1]}) > 0`,
  keepFiringFor: '15m',
  summary: `Port ${said('port')} of ${said('device')} on ${said('instance')} refuses packets of the fabric`,
  description: `Port ${said('device')}/${said('port')} of ${said('instance')} counted constraint errors: packets with a partition key that it does not have, among other things.`,
  runbook: {
    means: 'Partition enforcement refused something. Switches count most of it; on a host port the counter is mostly 0, so that its silence says little.',
    look: ['`perfquery` on both ends, and the counters of the switch port (UFM, or ibqueryerrors).', '`ringfence fabric audit` for who has which key.'],
    mend: 'Find the sender; a host with a key that it should not have is a finding of the audit.',
  },
  scenarios: () => {
    const errors = (side: string, values: string) => ({
      series: `node_infiniband_port_constraint_errors_${side}_total{device="mlx5_0",port="1",instance="n"}`,
      values,
    });
    const fires = [{ instance: 'n', device: 'mlx5_0', port: '1' }];
    return [
      { name: 'on the way out', input: [errors('transmitted', '0x20 3x40'), errors('received', '0x60')], at: '25m', fires },
      { name: 'on the way in', input: [errors('transmitted', '0x60'), errors('received', '0x20 3x40')], at: '25m', fires, also: [{ at: '43m', fires }] },
      {
        name: 'both are one alert',
        input: [errors('transmitted', '0x20 3x40'), errors('received', '0x20 3x40')],
        at: '25m',
        fires,
        also: [{ at: '43m', fires }],
      },
      { name: 'it keeps firing for a while', input: [errors('transmitted', '0x20 3x40')], at: '43m', fires },
      { name: 'long ago', input: [errors('transmitted', '0x20 3x60'), errors('received', '0x20 3x60')], at: '48m', fires: [] },
      { name: 'none', input: [errors('transmitted', '3x60'), errors('received', '3x60')], at: '25m', fires: [] },
    ];
  },
};
