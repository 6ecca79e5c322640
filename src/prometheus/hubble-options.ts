import type { HubbleMetric } from '../model/alerting.ts';

/** Labels that `labelsContext` takes. Source: cilium/cilium pkg/hubble/metrics/api/context.go, contextLabelsList. */
export const contextLabels: readonly string[] = [
  ...['source', 'destination'].flatMap((side) => ['ip', 'pod', 'namespace', 'workload', 'workload_kind', 'app'].map((what) => `${side}_${what}`)),
  'traffic_direction',
];

/** Reads one metric as Helm and the agent take it: `NAME[:option[=value][;option…]]`. Source: cilium/cilium pkg/hubble/metrics/api ParseStaticMetricsConfig. */
export function readHubbleMetric(text: string): HubbleMetric {
  const colon = text.indexOf(':');
  const name = (colon < 0 ? text : text.slice(0, colon)).trim();
  const parts = colon < 0 ? [] : text.slice(colon + 1).split(';');
  const given = (key: string): readonly string[] =>
    parts.flatMap((part) => {
      const [said = '', value = ''] = part.split('=', 2);
      return said.trim().toLowerCase() === key ? [value] : [];
    });
  const keyed = new Set(['labelscontext', 'sourcecontext', 'destinationcontext']);
  return {
    name,
    labels: listed(given('labelscontext'), ','),
    source: listed(given('sourcecontext'), '|'),
    destination: listed(given('destinationcontext'), '|'),
    options: parts.map((part) => part.trim().toLowerCase()).filter((part) => part !== '' && !keyed.has(part.split('=', 1)[0] ?? '')),
  };
}

function listed(values: readonly string[], between: string): readonly string[] {
  return values.flatMap((value) => value.split(between)).flatMap((word) => (word.trim() === '' ? [] : [word.trim()]));
}

/** Labels that the options of a metric add to those that it always has. */
export function labelsByOptions({ labels, source, destination }: HubbleMetric): readonly string[] {
  return [...labels, ...(source.length > 0 ? ['source'] : []), ...(destination.length > 0 ? ['destination'] : [])];
}

/** The metric as Helm takes it. */
export function hubbleMetricText({ name, labels, source, destination, options }: HubbleMetric): string {
  const parts = [
    ...options,
    ...(source.length > 0 ? [`sourceContext=${source.join('|')}`] : []),
    ...(destination.length > 0 ? [`destinationContext=${destination.join('|')}`] : []),
    ...(labels.length > 0 ? [`labelsContext=${labels.join(',')}`] : []),
  ];
  return parts.length === 0 ? name : `${name}:${parts.join(';')}`;
}
