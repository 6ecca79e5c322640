import type { Scenario, Series, Site } from './alert.ts';

/**
 * How much a counter rose in a window, its first event counted: `increase` gives 0 for a series that was born with its first event and has not moved since.
 * A series is new where it was not there a window ago although its target was scraped then; else a gap would look like news. `before` is what is asked for a
 * window ago: the metric, or what keeps the question small.
 */
export function risen(selector: string, window: string, before: string = selector.replace(/[{].*$/, '')): string {
  return `((${selector} unless ${before} offset ${window}) and on (job, instance) (up offset ${window} == 1)) or increase(${selector}[${window}])`;
}

/** True while kube-state-metrics has been scraped all through a window: only then does the absence of an object mean anything. */
export function stateMetricsUp({ jobs }: Site, window: string): string {
  return `on () (min(min_over_time(up{job=${JSON.stringify(jobs.stateMetrics)}}[${window}])) == 1)`;
}

/** A target that is up, or whatever `values` say, in a test. */
export function upSeries(job: string, instance: string, values: string): Series {
  return { series: `up{job="${job}",instance="${instance}"}`, values };
}

/** A counter that is born, and one that rises, after so many minutes; in a test of what must stay silent. */
export function unrelated(series: string, minute: number): readonly Series[] {
  const named = (n: number): string => series.replace(/[}]$/, `,n="${n}"}`);
  return [
    { series: named(1), values: `_x${minute} 1x120` },
    { series: named(2), values: `4x${minute - 1} 9x120` },
  ];
}

/** What an alert on `risen` is asked about. Windows and waits are minutes. */
interface Risen {
  /** One series, of the target `job` and the instance "a". */
  readonly series: string;
  readonly job: string;
  readonly window: number;
  /** How long the alert keeps firing. */
  readonly keep: number;
  readonly fires: Scenario['fires'];
}

/** What every alert on `risen` does: the first event and each further one count, for as long as the window says, and a gap is no event. Minutes, since the start. */
export function risenScenarios({ series, job, window, keep, fires }: Risen): readonly Scenario[] {
  const at = window * 2;
  const last = [
    { at: `${at + window - 2 + keep}m`, fires },
    { at: `${at + window + 1 + keep}m`, fires: [] },
  ];
  const up = upSeries(job, 'a', '1x120');
  const down = window * 2 + 4;
  const back = down + window + 2;
  return [
    { name: 'the first event ever', input: [up, { series, values: `_x${at} 1x120` }], at: `${at + 1}m`, fires, also: last },
    { name: 'one more', input: [up, { series, values: `4x${at - 1} 5x120` }], at: `${at + 1}m`, fires, also: last },
    { name: 'a counter that stands still', input: [up, { series, values: '7x120' }], at: `${at + 1}m`, fires: [] },
    {
      name: 'a gap of scrapes is no event',
      input: [
        upSeries(job, 'a', `1x${down - 1} 0x${window + 1} 1x120`),
        upSeries(job, 'b', '1x120'),
        upSeries('other', 'a', '1x120'),
        { series, values: `7x${down - 1} stale _x${window + 1} 7x120` },
      ],
      at: `${back + 1}m`,
      fires: [],
      also: [{ at: `${back + window - 1}m`, fires: [] }],
    },
  ];
}

/** Values of a counter that rises once in so many minutes; in a test. */
export function everyMinutes(minutes: number, rise: number, times: number): string {
  return Array.from({ length: times }, (_, i) => `${i * rise}x${minutes - 1}`).join(' ');
}
