import type { Alert } from './alert.ts';
import { quoted, said } from './text.ts';

export const alert: Alert = {
  id: 'network-policy-recreated',
  severity: 'warning',
  expr: ({ namespace }) => `max by (namespace, networkpolicy) (changes(kube_networkpolicy_created{namespace=${quoted(namespace)}}[15m])) > 0`,
  summary: `NetworkPolicy ${said('networkpolicy')} of ${said('namespace')} was deleted and made again`,
  description: `The NetworkPolicy ${said('namespace')}/${said('networkpolicy')} has another time of creation than before. In between it was not in force, and what connected then stays connected.`,
  runbook: {
    means:
      'Somebody replaced a policy (`kubectl replace --force`, or delete and apply), which leaves a gap; an edit in place leaves none and does not show here.',
    look: ['The audit log of the API server between the two creations.', 'Flows of the gap: `hubble observe --since …`, or the flow logs.'],
    mend: 'Change policies with `kubectl apply --server-side`. If it was not you, compare what is there now with the pack: `ringfence diff PACK/ LIVE/`.',
  },
  scenarios: ({ namespace }) => {
    const policy = (values: string, where = namespace, instance = 'a') => ({
      series: `kube_networkpolicy_created{namespace="${where}",networkpolicy="pretrain-dns",instance="${instance}"}`,
      values,
    });
    const fires = [{ namespace, networkpolicy: 'pretrain-dns' }];
    return [
      { name: 'made again', input: [policy('1700000000x20 1700001260x40')], at: '30m', fires },
      {
        name: 'told by two pods of kube-state-metrics',
        input: [policy('1700000000x20 1700001260x40'), policy('1700000000x20 1700001260x40', namespace, 'b')],
        at: '30m',
        fires,
      },
      { name: 'told of already', input: [policy('1700000000x20 1700001260x60')], at: '40m', fires: [] },
      { name: 'as it was', input: [policy('1700000000x60')], at: '30m', fires: [] },
      { name: 'another namespace', input: [policy('1700000000x20 1700001260x40', 'elsewhere')], at: '30m', fires: [] },
    ];
  },
};
