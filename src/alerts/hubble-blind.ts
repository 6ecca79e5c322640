import type { Alert } from './alert.ts';
import { upSeries } from './parts.ts';
import { quoted } from './text.ts';

export const alert: Alert = {
  id: 'hubble-blind',
  severity: 'critical',
  idle: ({ cni }) => (cni === 'cilium' ? null : 'it is about Hubble'),
  expr: ({ jobs }) => `(count(up{job=${quoted(jobs.hubble)}} == 1) or vector(0)) < count(count by (node) (kube_node_info))`,
  for: '10m',
  summary: 'Hubble is not scraped on every node',
  description:
    'Fewer agents answer with metrics of Hubble than there are nodes. On the others drops, audit mode and refused names go unseen, and no alert about them fires.',
  runbook: {
    means: 'Counters of drops have no series before the first drop, so that their absence says nothing. This alert is what tells quiet from blind.',
    look: [
      'Targets of Prometheus with the job of Hubble: is it the name that the zone has (`spec.monitoring.jobs.hubble`)?',
      '`kubectl -n kube-system get pods -l k8s-app=cilium -o wide`',
      'Does a policy keep Prometheus from port 9965?',
    ],
    mend: 'Bring the targets back. Until then take drops for not counted.',
  },
  scenarios: ({ jobs }) => {
    const nodes = ['1', '2'].map((n) => ({ series: `kube_node_info{node="gpu-${n}",instance="ksm"}`, values: '1x60' }));
    const twice = nodes.map(({ series, values }) => ({ series: series.replace('"ksm"', '"ksm-2"'), values }));
    return [
      { name: 'one of two', input: [...nodes, upSeries(jobs.hubble, 'a', '1x60'), upSeries(jobs.hubble, 'b', '0x60')], at: '15m', fires: [{}] },
      {
        name: 'none, as with another name of the job',
        input: [...nodes, upSeries('other', 'a', '1x60'), upSeries('other', 'b', '1x60')],
        at: '15m',
        fires: [{}],
      },
      { name: 'a rollout of agents', input: [...nodes, upSeries(jobs.hubble, 'a', '1x60'), upSeries(jobs.hubble, 'b', '1x10 0x5 1x40')], at: '15m', fires: [] },
      { name: 'all', input: [...nodes, ...twice, upSeries(jobs.hubble, 'a', '1x60'), upSeries(jobs.hubble, 'b', '1x60')], at: '15m', fires: [] },
    ];
  },
};
