import type { Alert } from './alert.ts';
import { quoted, said } from './text.ts';

export const alert: Alert = {
  id: 'dns-name-refused',
  severity: 'warning',
  idle: ({ cni, dnsFiltered }) =>
    cni !== 'cilium' ? 'only Cilium counts refused look-ups' : dnsFiltered ? null : 'the zone filters no names, so none are refused',
  expr: ({ namespace }) =>
    `sum by (source_namespace, source_workload) (increase(hubble_dns_queries_total{source_namespace=${quoted(namespace)},rcode="Policy denied"}[10m])) > 50`,
  summary: `Training workload ${said('source_workload')} keeps asking for names that it may not resolve`,
  description: `The DNS proxy refused more than 50 look-ups of ${said('source_namespace')}/${said('source_workload')} in ten minutes. Search domains refuse a few; this many are a missing name, or a tunnel that knocks.`,
  runbook: {
    means: 'Names outside the list of the zone were asked for, again and again. Every refused name is one that did not leave the cluster.',
    look: [
      '`hubble observe --namespace NAMESPACE --protocol dns --verdict DROPPED` has the names.',
      'Many different names under one domain are a tunnel; one name over and over is a job that lacks it.',
    ],
    mend: 'A name that the job needs goes into the zone (`services` or `data`). A tunnel: stop the pod, keep its volume and its logs.',
  },
  scenarios: ({ namespace, jobs }) => {
    const series = (rest: string, values: string) => ({
      series: `hubble_dns_queries_total{source_namespace="${namespace}",source_workload="pretrain",qtypes="TXT",ips_returned="0",${rest},job="${jobs.hubble}",instance="a"}`,
      values,
    });
    const fires = [{ source_namespace: namespace, source_workload: 'pretrain' }];
    return [
      { name: 'sixty in ten minutes', input: [series('rcode="Policy denied"', '0+6x40')], at: '30m', fires },
      {
        name: 'sixty over two agents',
        input: [
          series('rcode="Policy denied"', '0+3x40'),
          { ...series('rcode="Policy denied"', '0+3x40'), series: series('rcode="Policy denied"', '').series.replace('instance="a"', 'instance="b"') },
        ],
        at: '30m',
        fires,
      },
      { name: 'forty in ten minutes are search domains', input: [series('rcode="Policy denied"', '0+4x40')], at: '30m', fires: [] },
      { name: 'names that are resolved', input: [series('rcode=""', '0+60x40')], at: '30m', fires: [] },
      {
        name: 'another namespace',
        input: [{ ...series('rcode="Policy denied"', '0+60x40'), series: series('rcode="Policy denied"', '').series.replace(`"${namespace}"`, '"elsewhere"') }],
        at: '30m',
        fires: [],
      },
    ];
  },
};
