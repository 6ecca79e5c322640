import type { Alert } from './alert.ts';
import { stateMetricsUp, upSeries } from './parts.ts';
import { quoted, said } from './text.ts';

export const alert: Alert = {
  id: 'network-policy-removed',
  severity: 'critical',
  expr: (site) => {
    const created = `kube_networkpolicy_created{namespace=${quoted(site.namespace)}}`;
    return `max by (namespace, networkpolicy) (${created} offset 10m) unless on (namespace, networkpolicy) kube_networkpolicy_created and ${stateMetricsUp(site, '10m')}`;
  },
  for: '2m',
  summary: `NetworkPolicy ${said('networkpolicy')} of ${said('namespace')} was removed`,
  description: `The NetworkPolicy ${said('namespace')}/${said('networkpolicy')} was there ten minutes ago and is not now. What it opened is shut, or, where it was the last to select pods, what it shut is open.`,
  runbook: {
    means:
      'A policy was deleted within the last ten minutes. kube-state-metrics was up all the time, so that it is the policy that is gone, and not the news of it.',
    look: [
      '`kubectl -n NAMESPACE get networkpolicy`',
      'The audit log of the API server has who did it.',
      '`ringfence diff PACK/ LIVE/` says what traffic it opened and shut.',
    ],
    mend: 'Apply the pack again. If it is meant, it is gone from the alert after ten minutes by itself.',
  },
  scenarios: (site) => {
    const { namespace } = site;
    const job = site.jobs.stateMetrics;
    const policy = (values: string, where = namespace, instance = 'a') => ({
      series: `kube_networkpolicy_created{namespace="${where}",networkpolicy="pretrain-dns",instance="${instance}"}`,
      values,
    });
    const up = upSeries(job, 'a', '1x60');
    const other = { series: `kube_networkpolicy_created{namespace="${namespace}",networkpolicy="other",instance="a"}`, values: '1x60' };
    const removed = policy('1700000000x20 stale');
    const fires = [{ namespace, networkpolicy: 'pretrain-dns' }];
    return [
      {
        name: 'removed; another of that name elsewhere is not it, nor is another target that is down',
        input: [up, upSeries('other', 'b', '0x60'), other, removed, policy('1700000000x60', 'elsewhere')],
        at: '24m',
        fires,
        also: [
          { at: '22m', fires: [] },
          { at: '29m', fires },
          { at: '36m', fires: [] },
        ],
      },
      {
        name: 'removed after kube-state-metrics was away',
        input: [upSeries(job, 'a', '1x10 0x1 1x60'), other, removed],
        at: '23m',
        fires: [],
        also: [{ at: '27m', fires }],
      },
      {
        name: 'told by another pod of kube-state-metrics',
        input: [up, upSeries(job, 'b', '_x20 1x60'), removed, policy('_x20 1700000000x60', namespace, 'b')],
        at: '25m',
        fires: [],
      },
      { name: 'kube-state-metrics is down', input: [upSeries(job, 'a', '1x20 0x40'), other, removed], at: '25m', fires: [] },
      { name: 'another namespace', input: [up, other, policy('1700000000x20 stale', 'elsewhere')], at: '25m', fires: [] },
    ];
  },
};
