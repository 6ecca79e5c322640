import type { Alert } from './alert.ts';
import { everyMinutes } from './parts.ts';
import { said } from './text.ts';

export const alert: Alert = {
  id: 'flows-lost',
  severity: 'warning',
  idle: ({ cni }) => (cni === 'cilium' ? null : 'it is about Hubble'),
  expr: () => 'sum by (instance, source) (rate(hubble_lost_events_total[5m])) > 0',
  for: '10m',
  summary: `Hubble loses events at ${said('instance')}`,
  description: `Events were lost (${said('source')}) at ${said('instance')} for ten minutes: drops among them are not counted, and flows among them are in no report.`,
  runbook: {
    means: 'More happens on the node than Hubble can follow. All-reduce over TCP, one event a connection, does it.',
    look: ['`hubble status`: flows a second, and how full the ring is.', 'Which pods make the events: `hubble observe --node … --last 1000`.'],
    mend: 'Raise `hubble.eventQueueSize` and `hubble.eventBufferCapacity`, aggregate more (`bpf.monitorAggregation: maximum`), and count reports of that time as incomplete.',
  },
  scenarios: ({ jobs }) => {
    const lost = (values: string) => ({ series: `hubble_lost_events_total{source="HUBBLE_RING_BUFFER",job="${jobs.hubble}",instance="a"}`, values });
    return [
      { name: 'every few minutes', input: [lost(everyMinutes(4, 5, 12))], at: '30m', fires: [{ instance: 'a', source: 'HUBBLE_RING_BUFFER' }] },
      { name: 'now and then', input: [lost(everyMinutes(8, 5, 6))], at: '34m', fires: [], also: [{ at: '37m', fires: [] }] },
      { name: 'never', input: [lost('0x60')], at: '20m', fires: [] },
    ];
  },
};
