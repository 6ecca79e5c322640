import type { Alert } from './alert.ts';
import { counter, egress, hourly, recordedBy } from './egress-volume.ts';
import { quoted, said } from './text.ts';

export const alert: Alert = {
  id: 'baseline-not-ready',
  severity: 'info',
  records: [hourly],
  expr: ({ namespace }) => {
    const series = `${hourly.record}{source_namespace=${quoted(namespace)}}`;
    return `${series} unless ${hourly.record} offset 1d`;
  },
  for: '1h',
  summary: `There is no baseline yet for what ${said('source_namespace')} sends to ${said('destination_class')}`,
  description: `Less than a day is known of bytes from ${said('source_namespace')} to class ${said('destination_class')}. Until then nothing counts as unusual; the budget holds all the same.`,
  runbook: {
    means: 'The complement of the guard in external-egress-anomaly: without it the first day would be silent without a word.',
    look: ['Is the exporter of flows new, or was it away?'],
    mend: 'Wait a day. Where it comes back, the exporter restarts or loses its store.',
  },
  scenarios: ({ namespace }) => {
    const fires = [{ source_namespace: namespace, destination_class: 'unknown' }];
    const bytes = egress(namespace, counter([6e9, 70]));
    return [
      { name: 'after some hours', step: '30m', input: [bytes], at: '5h', fires },
      { name: 'in the first hour', step: '30m', input: [bytes], at: '1h', fires: [] },
      { name: 'after a day', step: '30m', input: [bytes], at: '26h', fires: [] },
      { name: 'after half a day', step: '30m', input: [bytes], at: '13h', fires },
      { name: 'another namespace', step: '30m', input: [egress('elsewhere', counter([6e9, 70]))], at: '5h', fires: [], unrecorded: hourly.record },
      { name: 'another zone', step: '30m', input: [recordedBy(hourly.record, 'another-zone', '5e9x60')], at: '5h', fires: [] },
    ];
  },
};
