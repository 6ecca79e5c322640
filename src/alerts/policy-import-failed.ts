import type { Alert } from './alert.ts';
import { said } from './text.ts';

export const alert: Alert = {
  id: 'policy-import-failed',
  severity: 'critical',
  idle: ({ cni }) => (cni === 'cilium' ? null : 'it is about the agent of Cilium'),
  expr: () => 'sum by (instance) (increase(cilium_policy_change_total{outcome=~"fail|failure"}[10m])) > 0',
  summary: `The Cilium agent at ${said('instance')} could not take in a policy`,
  description: `A policy is in the cluster and not in force on the node of ${said('instance')}. What it shuts is open there, or what it opens is shut.`,
  runbook: {
    means: 'The agent read a policy and could not make rules of it.',
    look: [
      '`kubectl -n kube-system logs POD | grep -i policy` on the agent of that node.',
      '`kubectl get ciliumnetworkpolicies -A -o yaml`: a condition `Valid: False`.',
    ],
    mend: 'Mend the policy (`ringfence scan` names what Cilium does not take), and move training off the node until it is in force.',
  },
  scenarios: () => {
    const series = (outcome: string, values: string) => ({
      series: `cilium_policy_change_total{outcome="${outcome}",job="cilium-agent",instance="a"}`,
      values,
    });
    return [
      { name: 'as older versions say it', input: [series('fail', '0x10 1x40')], at: '18m', fires: [{ instance: 'a' }] },
      { name: 'as newer versions say it', input: [series('failure', '0x10 1x40')], at: '18m', fires: [{ instance: 'a' }] },
      { name: 'both', input: [series('fail', '0x10 1x40'), series('failure', '0x10 1x40')], at: '18m', fires: [{ instance: 'a' }] },
      { name: 'success', input: [series('success', '0+5x40'), series('fail', '3x40')], at: '18m', fires: [] },
      { name: 'a quarter of an hour ago', input: [series('fail', '0x10 1x40')], at: '24m', fires: [] },
    ];
  },
};
