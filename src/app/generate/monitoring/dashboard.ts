import type { Site } from '../../../alerts/alert.ts';
import { literally, quoted } from '../../../alerts/text.ts';
import type { MetricSettings } from '../../../model/alerting.ts';
import { madeByUs } from '../../../model/made-by.ts';
import { readQuery } from '../../../prometheus/promql.ts';
import { missingFrom } from '../../../prometheus/standing.ts';

/** One panel: what it asks, and how it shows it. */
export interface PanelDraft {
  readonly title: string;
  readonly about: string;
  readonly kind: 'timeseries' | 'stat';
  readonly unit: string;
  readonly queries: readonly { readonly expr: string; readonly legend: string }[];
}

/** Panels about a site whose every query can have an answer under the settings. */
export function panelsOf(site: Site, settings: MetricSettings): readonly PanelDraft[] {
  return allPanels(site).filter(({ queries }) => queries.every(({ expr }) => missingFrom(readQuery(expr), settings).length === 0));
}

function allPanels({ zone, namespace, jobs, canary, cni, rdma }: Site): readonly PanelDraft[] {
  const from = `source_namespace=${quoted(namespace)}`;
  const panel = (
    kind: PanelDraft['kind'],
    unit: string,
    title: string,
    about: string,
    ...queries: readonly (readonly [expr: string, legend: string])[]
  ): PanelDraft => ({
    title,
    about,
    kind,
    unit,
    queries: queries.map(([expr, legend]) => ({ expr, legend })),
  });
  const hubble: readonly PanelDraft[] =
    cni !== 'cilium'
      ? []
      : [
          panel(
            'stat',
            'short',
            'Nodes that Hubble is scraped on, of all',
            'What is not scraped is not counted anywhere below.',
            [`count(up{job=${quoted(jobs.hubble)}} == 1) or vector(0)`, 'scraped'],
            ['count(count by (node) (kube_node_info))', 'nodes'],
          ),
          panel('timeseries', 'cps', 'Events that Hubble lost', 'Drops among them are in no panel.', [
            'sum by (source) (rate(hubble_lost_events_total[5m]))',
            '{{source}}',
          ]),
          panel('timeseries', 'cps', 'Verdicts', 'Audit means that what is denied passes.', [
            `sum by (direction, action) (rate(hubble_policy_verdicts_total{${from}}[5m]))`,
            '{{direction}} {{action}}',
          ]),
          panel('timeseries', 'cps', 'Refused, by workload and destination', 'Rates: a single packet hardly shows, and fires an alert all the same.', [
            `sum by (source_workload, destination, reason) (rate(hubble_drop_total{${from},traffic_direction="egress"}[5m]))`,
            '{{source_workload}} → {{destination}} ({{reason}})',
          ]),
          panel('timeseries', 'cps', 'Names that were refused', 'By workload; the names are in Hubble, and not in a label.', [
            `sum by (source_workload) (rate(hubble_dns_queries_total{${from},rcode="Policy denied"}[5m]))`,
            '{{source_workload}}',
          ]),
        ];
  return [
    panel('stat', 'short', 'Alerts of the zone that fire', 'By severity.', [
      `count by (severity) (ALERTS{alertstate="firing",pack="ringfence",zone=${quoted(zone)}}) or vector(0)`,
      '{{severity}}',
    ]),
    ...(canary === null
      ? []
      : [
          panel('stat', 's', 'Since the canary was refused', `It tries every ${canary.minutes} minutes.`, [
            `time() - max(kube_cronjob_status_last_successful_time{namespace=${quoted(namespace)},cronjob=${quoted(canary.name)}})`,
            '',
          ]),
        ]),
    panel('stat', 'short', 'NetworkPolicies', 'A step down is a policy that is gone.', [
      `count(kube_networkpolicy_created{namespace=${quoted(namespace)}}) or vector(0)`,
      '',
    ]),
    ...hubble,
    ...(cni === 'eks'
      ? [
          panel('timeseries', 'cps', 'Refused, by node', 'The agent of EKS counts by node alone.', [
            'sum by (instance) (rate(network_policy_drop_count_total{direction="egress"}[5m]))',
            '{{instance}}',
          ]),
        ]
      : []),
    panel('timeseries', 'short', 'Writes of network policies', 'Of the whole cluster; who did it is in the audit log.', [
      'sum by (resource, verb) (increase(apiserver_request_total{resource=~".*networkpolicies",verb=~"POST|PUT|PATCH|APPLY|DELETE",code=~"2..",dry_run=""}[5m]))',
      '{{verb}} {{resource}}',
    ]),
    panel(
      'timeseries',
      'decbytes',
      'Bytes to outside in 24 hours, and their budgets',
      'By class of destination.',
      [`sum by (destination_class) (increase(ringfence_external_bytes_total{${from}}[1d]))`, '{{destination_class}}'],
      [`max by (destination_class) (ringfence_external_budget_bytes{${from}})`, '{{destination_class}}, budget'],
    ),
    panel('timeseries', 'short', 'What flows show', 'Findings of the last look, by check.', ['max by (check) (ringfence_flow_findings)', '{{check}}']),
    ...(rdma
      ? [
          panel(
            'timeseries',
            'Bps',
            'RDMA by node, and pods that asked for the fabric',
            'No metric says to whom it went.',
            [
              'sum by (nodename) (rate(node_infiniband_port_data_transmitted_bytes_total[5m]) * on (instance) group_left (nodename) max by (instance, nodename) (node_uname_info))',
              '{{nodename}}',
            ],
            [`count by (node) (kube_pod_info{namespace=~${quoted(literally(namespace))}})`, '{{node}}: pods of the zone'],
          ),
        ]
      : []),
  ];
}

const source = { type: 'prometheus', uid: '$datasource' };
const letters = 'ABCDEFGH';
/** Columns of a dashboard of Grafana. */
const columns = 24;

/** The dashboard as Grafana takes it, in the schema of version 42. A test holds it against what Grafana's own builders make of the same panels. */
export function dashboard(site: Site, panels: readonly PanelDraft[]): Readonly<Record<string, unknown>> {
  let [x, y, rowHeight] = [0, 0, 0];
  const placed = panels.map((panel) => {
    const [w, h] = panel.kind === 'stat' ? [8, 4] : [12, 8];
    if (x + w > columns || (rowHeight !== 0 && rowHeight !== h)) [x, y] = [0, y + rowHeight];
    const gridPos = { h, w, x, y };
    [x, rowHeight] = [x + w, h];
    return panelBody(panel, gridPos);
  });
  return {
    title: `Ringfence: ${site.zone}`,
    uid: `ringfence-${site.zone}`.slice(0, 40),
    description: `What keeps ${site.namespace} apart, and what tries it. ${madeByUs}`,
    tags: ['ringfence'],
    timezone: 'browser',
    editable: false,
    graphTooltip: 0,
    time: { from: 'now-6h', to: 'now' },
    fiscalYearStartMonth: 0,
    refresh: '1m',
    schemaVersion: 42,
    templating: {
      list: [
        {
          type: 'datasource',
          name: 'datasource',
          skipUrlSync: false,
          multi: false,
          allowCustomValue: true,
          includeAll: false,
          auto: false,
          auto_min: '10s',
          auto_count: 30,
          label: 'Data source',
          query: 'prometheus',
        },
      ],
    },
    annotations: {},
    panels: placed,
  };
}

function panelBody({ title, about, kind, unit, queries }: PanelDraft, gridPos: Readonly<Record<string, number>>): Readonly<Record<string, unknown>> {
  const options =
    kind === 'timeseries'
      ? { legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] }, tooltip: { mode: 'multi', sort: 'desc' } }
      : {
          graphMode: 'none',
          colorMode: 'value',
          justifyMode: 'auto',
          textMode: 'auto',
          wideLayout: true,
          showPercentChange: false,
          reduceOptions: { calcs: ['lastNotNull'] },
          percentChangeColorMode: 'standard',
          orientation: 'auto',
        };
  return {
    type: kind,
    transparent: false,
    repeatDirection: 'h',
    title,
    description: about,
    datasource: source,
    gridPos,
    options,
    fieldConfig: { defaults: { ...(kind === 'timeseries' ? { custom: {} } : {}), unit }, overrides: [] },
    targets: queries.map(({ expr, legend }, i) => ({ expr, legendFormat: legend, refId: letters[i] ?? '' })),
  };
}
