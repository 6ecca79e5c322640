import type { Alert, Series } from './alert.ts';
import { withoutCanary } from './canary.ts';
import { stateMetricsUp, upSeries } from './parts.ts';
import { quoted, said } from './text.ts';

export const alert: Alert = {
  id: 'canary-silent',
  severity: 'critical',
  idle: withoutCanary,
  expr: (site) => {
    const cronJob = `namespace=${quoted(site.namespace)},cronjob=${quoted(site.canary?.name ?? '')}`;
    const by = 'max by (namespace, cronjob)';
    const last = `${by} (kube_cronjob_status_last_successful_time{${cronJob}}) or ${by} (kube_cronjob_created{${cronJob}})`;
    return `time() - (${last}) > ${(site.canary?.minutes ?? 0) * 60 * 3} or absent(kube_cronjob_created{${cronJob}}) and ${stateMetricsUp(site, '5m')}`;
  },
  for: '5m',
  summary: `The canary of ${said('namespace')} has not been refused for a while`,
  description: `CronJob ${said('cronjob')} of ${said('namespace')} has not succeeded three times in a row, or is not there. Nobody knows whether the default deny is in force.`,
  runbook: {
    means: 'No news of the canary: it is not applied, suspended, cannot be placed, cannot pull its image, or fails.',
    look: ['`kubectl -n NAMESPACE get cronjob,job,pod -l ringfence.dev/canary=true`', 'Events of its pods: quota, admission, image.'],
    mend: 'Apply `monitoring/` again and give the canary an image that the nodes can pull (`spec.monitoring.canary.image`).',
  },
  scenarios: (site) => {
    const { namespace, canary } = site;
    const name = canary?.name ?? '';
    const labels = { namespace, cronjob: name };
    const minutes = canary?.minutes ?? 0;
    const series = (metric: string, values: string, cronjob = name) => ({
      series: `${metric}{namespace="${namespace}",cronjob="${cronjob}",instance="a"}`,
      values,
    });
    const last = (values: string) => series('kube_cronjob_status_last_successful_time', values);
    const born = series('kube_cronjob_created', `0x${minutes * 8}`);
    const up = upSeries(site.jobs.stateMetrics, 'a', `1x${minutes * 8}`);
    const late = `${minutes * 3 + 6}m`;
    const elsewhere = (one: Series): readonly Series[] =>
      [one.series.replace(`"${namespace}"`, '"elsewhere"'), one.series.replace(`"${name}"`, '"other"')].map((changed) => ({ ...one, series: changed }));
    return [
      {
        name: 'no success since the start',
        input: [up, born, last(`0x${minutes * 8}`)],
        at: late,
        fires: [labels],
        also: [{ at: `${minutes * 2}m`, fires: [] }],
      },
      {
        name: 'never a success, as two pods of kube-state-metrics tell',
        input: [up, born, { ...born, series: born.series.replace('"a"', '"b"') }],
        at: late,
        fires: [labels],
        also: [{ at: `${minutes}m`, fires: [] }],
      },
      {
        name: 'not there, and another is; some target is down',
        input: [up, upSeries('other', 'x', '0x60'), ...elsewhere(series('kube_cronjob_created', '0+60x60'))],
        at: '20m',
        fires: [labels],
      },
      { name: 'not there for a moment', input: [up, series('kube_cronjob_created', '0x10 stale')], at: '14m', fires: [] },
      {
        name: 'well, and others are not',
        input: [up, born, last(`0+60x${minutes * 8}`), ...elsewhere(born), ...elsewhere(last(`0x${minutes * 8}`))],
        at: late,
        fires: [],
      },
      {
        name: 'kube-state-metrics was down: nothing is known, for some minutes more',
        input: [upSeries(site.jobs.stateMetrics, 'a', '0x20 1x60')],
        at: '20m',
        fires: [],
        also: [
          { at: '29m', fires: [] },
          { at: '33m', fires: [labels] },
        ],
      },
    ];
  },
};
