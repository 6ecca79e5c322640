import type { Alert, Recording } from './alert.ts';
import { counter, egress, recordedBy } from './egress-volume.ts';
import { quoted, said } from './text.ts';

const daily: Recording = {
  record: 'source_namespace_destination_class:egress_bytes:increase1d',
  slow: true,
  expr: ({ namespace }) => `sum by (source_namespace, destination_class) (increase(ringfence_external_bytes_total{source_namespace=${quoted(namespace)}}[1d]))`,
};

export const alert: Alert = {
  id: 'external-egress-budget',
  severity: 'critical',
  records: [daily],
  expr: ({ namespace }) =>
    `${daily.record}{source_namespace=${quoted(namespace)}} > on (source_namespace, destination_class) max by (source_namespace, destination_class) (ringfence_external_budget_bytes)`,
  summary: `${said('source_namespace')} sent more to ${said('destination_class')} than its budget`,
  description: `In 24 hours ${said('source_namespace')} sent more bytes to destinations of class ${said('destination_class')} than were declared for it.`,
  runbook: {
    means:
      'A fixed limit, by class of destination: known storage apart from everything else. In trials on invented data no method that learns was better once known destinations were taken out.',
    look: [
      '`ringfence flows detect` names workloads and destinations.',
      'The counter by workload: `sum by (source_workload, destination_class) (increase(ringfence_external_bytes_total[1d]))`.',
    ],
    mend: 'If it is meant, declare the new budget with its reason. If not, stop the workload: bytes that left are gone, so look at what it could read.',
  },
  scenarios: ({ namespace }) => {
    const budget = (bytes: string, to = 'unknown', instance = 'a') => ({
      series: `ringfence_external_budget_bytes{source_namespace="${namespace}",destination_class="${to}",instance="${instance}"}`,
      values: `${bytes}x90`,
    });
    const fires = [{ source_namespace: namespace, destination_class: 'unknown' }];
    const steady = counter([6e9, 90]);
    return [
      { name: 'beyond it', step: '30m', input: [egress(namespace, steady), budget('2e11')], at: '25h', fires },
      { name: 'two workloads together', step: '30m', input: [egress(namespace, steady), egress(namespace, steady, 'other'), budget('4e11')], at: '25h', fires },
      { name: 'told twice', step: '30m', input: [egress(namespace, steady), budget('2e11'), budget('2e11', 'unknown', 'b')], at: '25h', fires },
      { name: 'within it, a day at a time', step: '30m', input: [egress(namespace, steady), budget('3.5e11')], at: '36h', fires: [] },
      { name: 'the budget of another class', step: '30m', input: [egress(namespace, steady), budget('2e11', 'storage')], at: '25h', fires: [] },
      {
        name: 'others’ bytes',
        step: '30m',
        input: [egress('elsewhere', steady), { ...budget('2e11'), series: budget('').series.replace(namespace, 'elsewhere') }],
        at: '25h',
        fires: [],
        unrecorded: daily.record,
      },
      {
        name: 'those of another zone',
        step: '30m',
        input: [
          recordedBy(daily.record, 'another-zone', counter([6e12, 90])),
          { ...budget('2e11'), series: budget('').series.replace(namespace, 'another-zone') },
        ],
        at: '25h',
        fires: [],
      },
    ];
  },
};
