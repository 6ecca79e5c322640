import type { Alert } from './alert.ts';
import { upSeries } from './parts.ts';
import { quoted } from './text.ts';

export const alert: Alert = {
  id: 'state-metrics-down',
  severity: 'critical',
  expr: ({ jobs }) => `absent(up{job=${quoted(jobs.stateMetrics)}} == 1)`,
  for: '5m',
  summary: 'kube-state-metrics is not scraped',
  description: 'Alerts on policies that are gone, pods on the network of their node and the canary rest on kube-state-metrics, and are silent without it.',
  runbook: {
    means: 'No target with the job of kube-state-metrics answers.',
    look: [
      'Targets of Prometheus: is it the name that the zone has (`spec.monitoring.jobs.stateMetrics`)?',
      '`kubectl get pods -A -l app.kubernetes.io/name=kube-state-metrics`',
    ],
    mend: 'Bring it back; then look at what changed meanwhile: `ringfence diff PACK/ LIVE/`.',
  },
  scenarios: ({ jobs }) => [
    { name: 'down', input: [upSeries(jobs.stateMetrics, 'a', '0x30')], at: '10m', fires: [{}] },
    { name: 'not there, and others are', input: [upSeries('other', 'a', '1x30')], at: '10m', fires: [{}] },
    { name: 'a restart', input: [upSeries(jobs.stateMetrics, 'a', '1x6 0x30')], at: '10m', fires: [] },
    { name: 'one of two is up', input: [upSeries(jobs.stateMetrics, 'a', '0x30'), upSeries(jobs.stateMetrics, 'b', '1x30')], at: '10m', fires: [] },
  ],
};
