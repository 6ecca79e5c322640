import type { Alert } from './alert.ts';
import { everyMinutes } from './parts.ts';
import { said } from './text.ts';

export const alert: Alert = {
  id: 'calico-dataplane-failing',
  severity: 'critical',
  idle: ({ cni }) => (cni === 'calico' ? null : 'it is about Felix, the agent of Calico'),
  expr: () => 'sum by (instance) (increase(felix_int_dataplane_failures[5m])) > 0',
  for: '10m',
  summary: `Calico cannot write its rules on ${said('instance')}`,
  description: `Felix at ${said('instance')} fails to bring its data plane up to date. Policies of the last minutes are not in force there.`,
  runbook: {
    means: 'Felix tries again by itself; that it fails for minutes is the trouble.',
    look: ['`kubectl -n calico-system logs POD` on that node.', 'Another program that writes iptables or nftables.'],
    mend: 'Move training off the node until it is well.',
  },
  scenarios: () => {
    const failures = (values: string) => ({ series: 'felix_int_dataplane_failures{instance="n",job="felix"}', values });
    return [
      { name: 'again and again', input: [failures(everyMinutes(4, 1, 12))], at: '30m', fires: [{ instance: 'n' }] },
      { name: 'now and then', input: [failures(everyMinutes(8, 1, 6))], at: '34m', fires: [], also: [{ at: '37m', fires: [] }] },
      { name: 'none', input: [failures('4x60')], at: '20m', fires: [] },
    ];
  },
};
