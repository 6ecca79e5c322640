import type { Alert, Scenario } from './alert.ts';
import { counter, egress, hourly, recordedBy } from './egress-volume.ts';
import { quoted, said } from './text.ts';

/** Least spread in an hour, in bytes, so that a constant week does not make every change strange. */
const floor = '1e9';

export const alert: Alert = {
  id: 'external-egress-anomaly',
  severity: 'warning',
  records: [hourly],
  expr: ({ namespace }) => {
    const series = `${hourly.record}{source_namespace=${quoted(namespace)}}`;
    const quantile = (q: string): string => `quantile_over_time(${q}, ${hourly.record}[7d])`;
    // 1.349: the distance of the quartiles of a normal distribution, in standard deviations. Quantiles, because functions for MAD differ between Prometheus 2 and 3.
    return `${series} > ${quantile('0.5')} + 6 * clamp_min((${quantile('0.75')} - ${quantile('0.25')}) / 1.349, ${floor}) and ${hourly.record} offset 1d`;
  },
  for: '5m',
  summary: `${said('source_namespace')} sends unusually much to ${said('destination_class')}`,
  description: `In the last hour ${said('source_namespace')} sent far more to destinations of class ${said('destination_class')} than in the week before: six spreads above its median. A hint, to be read beside the budget.`,
  runbook: {
    means:
      'A robust measure: median and quartiles of the hours of a week, which a slow thief can still teach. It says that something is different, not that it is bad: a checkpoint to a new place does the same.',
    look: ['`ringfence flows detect` for what changed.', 'Which jobs started in that hour?'],
    mend: 'A job whose uploads are regular belongs into a class of its own, so that this series stays quiet.',
  },
  scenarios: ({ namespace }) => {
    const fires = [{ source_namespace: namespace, destination_class: 'unknown' }];
    // As it is recorded, every six hours: two weeks are few samples then.
    const recorded = (name: string, at: string, stretches: readonly (readonly [number, number])[], fired: boolean): Scenario => ({
      name,
      step: '6h',
      input: [recordedBy(hourly.record, namespace, stretches.map(([bytes, samples]) => `${bytes}x${samples - 1}`).join(' '))],
      at,
      fires: fired ? fires : [],
    });
    // As it is counted, every half an hour.
    const counted = (name: string, perHour: number, at: string, fired: boolean, hours = 30): Scenario => ({
      name,
      step: '30m',
      input: [egress(namespace, counter([5e9 / 2, hours * 2], [perHour / 2, 8]))],
      at,
      fires: fired ? fires : [],
    });
    return [
      recorded(
        'a varied week, then 100 GB in an hour',
        '174h',
        [
          [1e9, 14],
          [11e9, 14],
          [100e9, 4],
        ],
        true,
      ),
      recorded(
        'a varied week, then 40 GB in an hour',
        '174h',
        [
          [1e9, 14],
          [11e9, 14],
          [40e9, 4],
        ],
        false,
      ),
      recorded(
        'the calm half of a week is not the week',
        '174h',
        [
          [1e9, 2],
          [60e9, 12],
          [1e9, 14],
          [30e9, 4],
        ],
        false,
      ),
      recorded(
        'nor does its middle move with it',
        '174h',
        [
          [20e9, 15],
          [5e9, 13],
          [80e9, 4],
        ],
        false,
      ),
      recorded(
        'a wild week is forgotten after a calm one',
        '342h',
        [
          [80e9, 28],
          [1e9, 28],
          [30e9, 4],
        ],
        true,
      ),
      recorded(
        'and so is a low one',
        '342h',
        [
          [10e9, 8],
          [1e9, 20],
          [10e9, 28],
          [30e9, 4],
        ],
        true,
      ),
      recorded(
        'an hour that has just begun to be strange',
        '168h',
        [
          [5e9, 28],
          [50e9, 4],
        ],
        false,
      ),
      counted('a constant day, then 12 GB in an hour', 12e9, '32h', true),
      counted('a constant day, then 9 GB in an hour', 9e9, '32h', false),
      counted('on the first day nothing is strange', 50e9, '22h', false, 20),
      {
        name: 'another namespace',
        step: '30m',
        input: [egress('elsewhere', counter([5e9 / 2, 60], [50e9 / 2, 8]))],
        at: '32h',
        fires: [],
        unrecorded: hourly.record,
      },
      { name: 'another zone', step: '6h', input: [recordedBy(hourly.record, 'another-zone', '5e9x27 50e9x3')], at: '174h', fires: [] },
    ];
  },
};
