import { describe, expect, test } from 'vitest';
import { type MetricSettings, unknownSettings } from '../model/alerting.ts';
import { exporters } from './catalogue/registry.gen.ts';
import { hubbleMetricText, readHubbleMetric } from './hubble-options.ts';
import { readQuery } from './promql.ts';
import { missingFrom } from './standing.ts';

const hubble = (...texts: readonly string[]): MetricSettings => ({ ...unknownSettings, hubble: new Map(texts.map(readHubbleMetric).map((m) => [m.name, m])) });
const missing = (query: string, settings: MetricSettings = unknownSettings): readonly string[] =>
  missingFrom(readQuery(query), settings).map((m) => `${m.sure ? '' : '? '}${m.kind} ${m.label ?? m.metric}`);

describe('what a query asks for is there, or what is missing is said', () => {
  test.each<[query: string, settings: MetricSettings, expected: readonly string[]]>([
    ['hubble_drop_total{source_namespace="ml"}', hubble('drop'), ['label source_namespace']],
    ['hubble_drop_total{source_namespace="ml"}', hubble('drop:labelsContext=source_namespace'), []],
    ['hubble_drop_total{source="ml"}', hubble('drop:sourceContext=namespace|reserved-identity'), []],
    ['hubble_drop_total{source="ml"}', hubble('drop:labelsContext=source_namespace'), ['label source']],
    ['sum by (destination) (hubble_drop_total)', hubble('drop'), ['label destination']],
    ['sum by (destination) (hubble_drop_total)', hubble('drop:destinationContext=dns'), []],
    ['hubble_drop_total', hubble('dns'), ['metric hubble_drop_total']],
    ['hubble_drop_total', unknownSettings, ['? metric hubble_drop_total']],
    ['hubble_drop_total{source_pod="x"}', unknownSettings, ['? metric hubble_drop_total', '? label source_pod']],
    ['hubble_drop_total{src_pod="x"}', hubble('drop'), ['label src_pod']],
    ['hubble_drop_total{pod="cilium-x",job="hubble"}', hubble('drop'), []],
    ['hubble_drop_total{source_pod=""}', hubble('drop'), []],
    ['hubble_drop_total{source_pod!="x"}', hubble('drop'), []],
    ['hubble_drop_total{source_pod!=""}', hubble('drop'), ['label source_pod']],
    ['hubble_drop_total{reason="Policy denied"}', hubble('drop'), ['value reason']],
    ['hubble_drop_total{reason=~"Policy denied|POLICY_DENIED"}', hubble('drop'), []],
    ['hubble_drop_total{reason=~"Policy.*"}', hubble('drop'), []],
    ['hubble_policy_verdicts_total{action="denied"}', hubble('policy'), ['value action']],
    ['hubble_dns_queries_total{query="x"}', hubble('dns'), ['label query']],
    ['hubble_dns_queries_total{query="x"}', hubble('dns:query'), []],
    ['hubble_drops_total', hubble('drop'), ['metric hubble_drops_total']],
    ['hubble_lost_events_total', hubble(), []],
    ['cilium_drop_count_total{reason="POLICY_DENIED"}', { ...unknownSettings, ciliumAgent: true }, ['value reason']],
    ['cilium_drop_count_total', { ...unknownSettings, ciliumAgent: false }, ['metric cilium_drop_count_total']],
    ['cilium_drop_count_total{source_namespace="x"}', { ...unknownSettings, ciliumAgent: true }, ['label source_namespace']],
    ['kube_namespace_labels{label_team="x"}', { ...unknownSettings, stateLabels: new Map() }, ['label label_team']],
    ['kube_namespace_labels{label_team="x"}', { ...unknownSettings, stateLabels: new Map([['namespaces', ['team']]]) }, []],
    ['kube_namespace_labels{label_example_com_team="x"}', { ...unknownSettings, stateLabels: new Map([['namespaces', ['example.com/team']]]) }, []],
    ['kube_namespace_labels{label_team="x"}', unknownSettings, ['? label label_team']],
    ['calico_denied_packets', unknownSettings, ['metric calico_denied_packets']],
    ['network_policy_drop_count_total{direction="egress"}', { ...unknownSettings, eksEventLogs: false }, ['metric network_policy_drop_count_total']],
    ['ringfence_external_bytes_total', { ...unknownSettings, ringfence: [] }, ['metric ringfence_external_bytes_total']],
    ['a * on (source_pod) hubble_drop_total', hubble('drop'), ['label source_pod']],
    ['sum by (nodename) (node_infiniband_port_data_transmitted_bytes_total * on (instance) group_left (nodename) node_uname_info)', unknownSettings, []],
    ['sum by (anything) (their:recorded:series)', hubble(), []],
    ['their_metric{whatever="x"}', hubble(), []],
  ])('%s', (query, settings, expected) => {
    expect(missing(query, settings)).toEqual(expected);
  });

  test('with what to set, so that the label is there afterwards', () => {
    const query = readQuery('sum by (destination) (hubble_drop_total{source_namespace="ml"})');
    let settings = hubble('drop:sourceContext=pod');
    for (let i = 0; i < 3; i++) {
      const [first] = missingFrom(query, settings);
      const text = /"(drop:[^"]+)"/.exec(first?.set ?? '')?.[1];
      if (text !== undefined) settings = hubble(text);
    }
    expect(missingFrom(query, settings)).toEqual([]);
    expect(settings.hubble?.get('drop')?.source).toEqual(['pod']);
  });
});

test('options of Hubble are read as they are written', () => {
  const text = 'flows-to-world:any-drop;port;syn-only;sourceContext=workload-name|reserved-identity;labelsContext=source_namespace,source_pod';
  expect(readHubbleMetric(text)).toEqual({
    name: 'flows-to-world',
    labels: ['source_namespace', 'source_pod'],
    source: ['workload-name', 'reserved-identity'],
    destination: [],
    options: ['any-drop', 'port', 'syn-only'],
  });
  expect(hubbleMetricText(readHubbleMetric(text))).toBe(text);
  expect(readHubbleMetric('dns:Query;ignoreAAAA').options).toEqual(['query', 'ignoreaaaa']);
});

test('the catalogue has each metric once, with a source', () => {
  const metrics = exporters.flatMap((e) => e.metrics);
  expect(new Set(metrics.map((m) => m.name)).size).toBe(metrics.length);
  for (const { name, source, about, type } of metrics) {
    expect(source, name).not.toBe('');
    expect(about, name).toMatch(/[.]$/);
    if (type === 'counter') expect(name).toMatch(/_total$|^felix_/);
  }
});
