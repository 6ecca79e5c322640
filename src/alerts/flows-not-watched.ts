import type { Alert } from './alert.ts';

export const alert: Alert = {
  id: 'flows-not-watched',
  severity: 'critical',
  expr: () => 'time() - max(ringfence_flows_last_success_timestamp_seconds) > 900 or absent(ringfence_flows_last_success_timestamp_seconds)',
  for: '5m',
  summary: 'Nobody has looked at flows for a while',
  description: 'Flows were last looked at more than 15 minutes ago, or nothing tells when: new destinations and tunnels are not watched.',
  runbook: {
    means: 'What reads flows has stopped, or its numbers are not scraped.',
    look: ['The job that runs `ringfence flows detect`: its log, its disk.', 'Does `hubble observe` (or the flow log of the cloud) still give flows?'],
    mend: 'Start it again. Cloud flow logs are minutes late by themselves.',
  },
  scenarios: () => {
    const newest = (values: string, instance = 'a') => ({ series: `ringfence_flows_last_success_timestamp_seconds{instance="${instance}"}`, values });
    return [
      { name: 'it stands still', input: [newest('0x60')], at: '25m', fires: [{}] },
      { name: 'nothing tells', input: [], at: '25m', fires: [{}] },
      { name: 'ten minutes old', input: [newest('0x60')], at: '14m', fires: [] },
      { name: 'just beyond', input: [newest('0x60')], at: '18m', fires: [] },
      { name: 'one of two goes on', input: [newest('0x60'), newest('0+60x60', 'b')], at: '25m', fires: [] },
    ];
  },
};
