import type { Alert } from './alert.ts';
import { quoted, said } from './text.ts';

export const alert: Alert = {
  id: 'default-deny-missing',
  severity: 'critical',
  expr: ({ namespace, defaultDeny }) =>
    `kube_namespace_created{namespace=${quoted(namespace)}} unless on (namespace) kube_networkpolicy_created{networkpolicy=${quoted(defaultDeny)}}`,
  for: '2m',
  summary: `Namespace ${said('namespace')} has no default deny`,
  description: `The NetworkPolicy that shuts every pod of ${said('namespace')} is not in the cluster. Pods that no other policy selects reach everything, and are reached by everything.`,
  runbook: {
    means: 'The policy on which all others rest is gone, or was never applied. It goes on firing until it is there.',
    look: ['`kubectl -n NAMESPACE get networkpolicy`', 'Who removed it is in the audit log of the API server (verb delete, resource networkpolicies).'],
    mend: 'Apply the pack again (`kubectl apply --server-side -k .`), then look for what connected meanwhile: connections that were open stay open.',
  },
  scenarios: ({ namespace, defaultDeny }) => {
    const made = { series: `kube_namespace_created{namespace="${namespace}"}`, values: '1700000000x30' };
    const policy = (name: string, values: string, where = namespace) => ({
      series: `kube_networkpolicy_created{namespace="${where}",networkpolicy="${name}"}`,
      values,
    });
    return [
      {
        name: 'never applied, beside other policies',
        input: [made, policy('other', '1x30'), policy(defaultDeny, '1x30', 'elsewhere')],
        at: '10m',
        fires: [{ namespace }],
      },
      { name: 'removed', input: [made, policy(defaultDeny, '1x9 stale')], at: '15m', fires: [{ namespace }] },
      { name: 'removed a minute ago: perhaps it is being replaced', input: [made, policy(defaultDeny, '1x9 stale')], at: '11m', fires: [] },
      { name: 'there', input: [made, policy(defaultDeny, '1x30')], at: '15m', fires: [] },
      { name: 'no kube-state-metrics: nothing is known', input: [], at: '15m', fires: [] },
      { name: 'another namespace without it', input: [{ series: 'kube_namespace_created{namespace="elsewhere"}', values: '1x30' }], at: '15m', fires: [] },
    ];
  },
};
