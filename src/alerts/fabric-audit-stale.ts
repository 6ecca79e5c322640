import type { Alert } from './alert.ts';

export const alert: Alert = {
  id: 'fabric-audit-stale',
  severity: 'warning',
  idle: ({ rdma }) => (rdma ? null : 'no workload of the zone uses RDMA'),
  expr: () => 'time() - max(ringfence_fabric_audit_timestamp_seconds) > 26 * 3600 or absent(ringfence_fabric_audit_timestamp_seconds)',
  for: '10m',
  summary: 'The fabric has not been audited for a day',
  description: 'The last audit of partitions is more than 26 hours old, or nothing tells of one. What the subnet manager does now is not known.',
  runbook: {
    means: 'The daily `ringfence fabric audit` did not run, or its numbers are not scraped.',
    look: ['The job that runs it, and the dumps that it reads.'],
    mend: 'Run it by hand, then mend the job.',
  },
  scenarios: () => {
    const audited = (values: string, instance = 'a') => ({ series: `ringfence_fabric_audit_timestamp_seconds{instance="${instance}"}`, values });
    return [
      { name: 'old', step: '1h', input: [audited('0x60')], at: '28h', fires: [{}] },
      { name: 'nothing tells', step: '1h', input: [], at: '1h', fires: [{}] },
      { name: 'just beyond', step: '1h', input: [audited('0x60')], at: '27h', fires: [] },
      { name: 'a day old', step: '1h', input: [audited('0x60')], at: '24h', fires: [] },
      { name: 'one of two goes on', step: '1h', input: [audited('0x60'), audited('0+3600x60', 'b')], at: '28h', fires: [] },
    ];
  },
};
