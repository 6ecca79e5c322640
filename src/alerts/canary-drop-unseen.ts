import type { Alert } from './alert.ts';
import { withoutCanary } from './canary.ts';
import { literally, quoted, said } from './text.ts';

export const alert: Alert = {
  id: 'canary-drop-unseen',
  severity: 'critical',
  idle: (site) => (site.cni === 'cilium' ? withoutCanary(site) : 'only Hubble counts drops by workload'),
  expr: ({ namespace, canary }) => {
    const minutes = canary?.minutes ?? 0;
    const refused = `max by (namespace) (kube_cronjob_status_last_successful_time{namespace=${quoted(namespace)},cronjob=${quoted(canary?.name ?? '')}})`;
    const drops = `hubble_drop_total{source_namespace=${quoted(namespace)},traffic_direction="egress",source_workload=~${quoted(`${literally(canary?.name ?? '')}(-[0-9]+)?`)}}`;
    const seen = `label_replace(sum(max_over_time(${drops}[${minutes * 3}m])), "namespace", ${quoted(namespace)}, "", "")`;
    return `time() - ${refused} < ${minutes * 60 * 2} unless on (namespace) ${seen}`;
  },
  for: '15m',
  summary: `The canary of ${said('namespace')} was refused, and Hubble saw nothing`,
  description: `The canary of ${said('namespace')} is refused as it should be, but no drop of it is counted: the way from the data plane to Prometheus is broken, and drops of training are not counted either.`,
  runbook: {
    means: 'The canary is a known drop every few minutes. When it is missing, so is every other.',
    look: [
      'Is Hubble on, and the metric `drop` with the options of hubble-values.yaml?',
      'The target of Hubble on the node where the canary ran.',
      '`hubble observe --verdict DROPPED --namespace NAMESPACE` while the canary runs.',
    ],
    mend: 'Mend Hubble; take the silence of the alerts on drops since then for nothing.',
  },
  scenarios: ({ namespace, canary, jobs }) => {
    const name = canary?.name ?? '';
    const span = (canary?.minutes ?? 0) * 12;
    const refused = { series: `kube_cronjob_status_last_successful_time{namespace="${namespace}",cronjob="${name}"}`, values: `0+60x${span}` };
    const drop = (workload: string, values: string, where = namespace, direction = 'egress') => ({
      series: `hubble_drop_total{source_namespace="${where}",source_workload="${workload}",traffic_direction="${direction}",reason="POLICY_DENIED",job="${jobs.hubble}",instance="a"}`,
      values,
    });
    const at = `${(canary?.minutes ?? 0) * 8}m`;
    return [
      { name: 'nothing is counted', input: [refused], at, fires: [{ namespace }] },
      {
        name: 'others’ drops are',
        input: [refused, drop('pretrain', `5x${span}`), drop(name, `5x${span}`, 'elsewhere'), drop(name, `5x${span}`, namespace, 'ingress')],
        at,
        fires: [{ namespace }],
      },
      {
        name: 'counted once, long ago',
        input: [refused, drop(name, `1x${canary?.minutes ?? 0} stale`)],
        at,
        fires: [{ namespace }],
        also: [{ at: `${Math.round((canary?.minutes ?? 0) * 3.25) + 15}m`, fires: [] }],
      },
      { name: 'counted', input: [refused, drop(name, `0+1x${span}`)], at, fires: [] },
      { name: 'counted by the name of its job', input: [refused, drop(`${name}-28700000`, `0+1x${span}`)], at, fires: [] },
      { name: 'counted again a little later', input: [refused, drop(name, `_x${(canary?.minutes ?? 0) * 7} 1x${span}`)], at, fires: [] },
      {
        name: 'the canary was not refused: that is another alert',
        input: [
          { ...refused, values: `0x${span}` },
          ...[refused.series.replace(`"${name}"`, '"other"'), refused.series.replace(`"${namespace}"`, '"elsewhere"')].map((series) => ({
            ...refused,
            series,
          })),
        ],
        at,
        fires: [],
      },
      { name: 'just begun', input: [refused], at: '10m', fires: [] },
    ];
  },
};
