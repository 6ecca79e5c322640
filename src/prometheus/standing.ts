import { nearest } from '../kernel/spelling.ts';
import type { HubbleMetric, MetricSettings } from '../model/alerting.ts';
import type { Exporter, Metric } from './catalogue/metric.ts';
import { exporters } from './catalogue/registry.gen.ts';
import { contextLabels, hubbleMetricText, labelsByOptions } from './hubble-options.ts';
import type { Matcher, Query, Selector } from './promql.ts';

/** Why a query cannot give what it asks for. `sure` is false where the input does not say how the exporter is set. */
export interface Missing {
  readonly kind: 'metric' | 'label' | 'value';
  readonly metric: string;
  /** The label, for `label` and `value`. */
  readonly label: string | null;
  readonly sure: boolean;
  /** One sentence: what is not there. */
  readonly message: string;
  /** What to set or write, in the imperative. */
  readonly set: string;
}

/**
 * Labels that scraping, and Prometheus itself, put on any series. Source: prometheus-operator ServiceMonitor (namespace, service, pod, container, endpoint,
 * node); prometheus.io configuration, external_labels and relabelling.
 */
const targetLabels: ReadonlySet<string> = new Set(
  'job instance namespace service pod container endpoint node cluster region environment prometheus prometheus_replica replica metrics_path'.split(' '),
);

const byName: ReadonlyMap<string, { readonly metric: Metric; readonly exporter: Exporter }> = new Map(
  exporters.flatMap((exporter) => exporter.metrics.map((metric) => [metric.name, { metric, exporter }])),
);

/** The metric of this name, with who exports it; undefined when the catalogue lacks it. Series of histograms and summaries count as theirs. */
export function metricNamed(name: string): { readonly metric: Metric; readonly exporter: Exporter } | undefined {
  return byName.get(name) ?? byName.get(name.replace(/_(?:bucket|sum|count)$/, ''));
}

/** Everything that the query asks for and the settings do not give; each thing once, in the order of the query. */
export function missingFrom(query: Query, settings: MetricSettings): readonly Missing[] {
  const found = new Map<string, Missing>();
  const add = (one: Missing | null): void => {
    const key = one === null ? '' : `${one.kind}\n${one.metric}\n${one.label}\n${one.message}`;
    if (one !== null && !found.has(key)) found.set(key, one);
  };
  for (const selector of query.selectors) {
    const there = metricMissing(selector, settings);
    add(there);
    if (there?.sure === true) continue;
    for (const matcher of selector.matchers) {
      if (!emptyMatches(matcher)) add(labelMissing(selector, matcher.label, settings));
      add(valueMissing(selector, matcher));
    }
  }
  for (const { kind, labels, selectors, made } of query.groupings)
    for (const label of labels) {
      if (made.includes(label)) continue;
      const lacking = selectors.map((selector) => labelMissing(selector, label, settings));
      // One operand that may have the label is enough, and one that is not known may have it.
      if (lacking.length > 0 && lacking.every((one) => one !== null))
        for (const one of lacking)
          add(one === null ? null : { ...one, message: `${one.message.replace(/[.]$/, '')}, and the query ${kind === 'by' ? 'groups' : 'matches'} by it.` });
    }
  return [...found.values()];
}

/** Whether the series may lack the label and match all the same: `label=""`, `label!="x"`, `label=~".*"`. */
function emptyMatches({ op, value }: Matcher): boolean {
  if (op === '=' || op === '!=') return (op === '=') === (value === '');
  const alternatives = value.split('|');
  const matchesEmpty = alternatives.some((one) => one === '' || one === '.*');
  return (op === '=~') === matchesEmpty;
}

function metricMissing({ metric: name }: Selector, settings: MetricSettings): Missing | null {
  if (name === null) return null;
  const known = metricNamed(name);
  if (known === undefined) {
    const exporter = exporters.find(({ prefixes }) => prefixes.some((prefix) => name.startsWith(prefix)));
    if (exporter === undefined) return null;
    const meant =
      nearest(
        name,
        exporter.metrics.map((m) => m.name),
      ) ??
      nearest(
        `${name}_total`,
        exporter.metrics.map((m) => m.name),
      );
    return {
      kind: 'metric',
      metric: name,
      label: null,
      sure: true,
      message: `${name} is no metric of ${exporter.title}.`,
      set: meant === undefined ? `Take one of ${exporter.metrics.map((m) => m.name).join(', ')}.` : `Write ${meant}.`,
    };
  }
  const { when } = known.metric;
  if (when === undefined) return null;
  const gone = (sure: boolean, message: string, set: string): Missing => ({ kind: 'metric', metric: name, label: null, sure, message, set });
  switch (when.kind) {
    case 'hubble': {
      if (settings.hubble?.has(when.metric) === true) return null;
      const set = `Turn on the metric ${when.metric} of Hubble: hubble.metrics.enabled: [${when.metric}].`;
      return settings.hubble === null
        ? gone(false, `Whether ${name} is there is not known: it is only with the Hubble metric ${when.metric}, which is off unless it is turned on.`, set)
        : gone(true, `${name} is not there: the Hubble metric ${when.metric} is not turned on.`, set);
    }
    case 'cilium-agent':
      return settings.ciliumAgent === true
        ? null
        : gone(
            settings.ciliumAgent === false,
            `${name} is ${settings.ciliumAgent === false ? 'not there: the agent serves no metrics' : 'there only where the Cilium agent serves metrics, and it does not by itself'}.`,
            'Set prometheus.enabled: true in the Helm values of Cilium.',
          );
    case 'state-labels':
      return null;
    case 'eks-event-logs':
      return settings.eksEventLogs === true
        ? null
        : gone(
            settings.eksEventLogs === false,
            `${name} is ${settings.eksEventLogs === false ? 'not there' : 'there only with policy event logs, which are off unless they are turned on'}.`,
            'Run the network policy agent with --enable-policy-event-logs=true (nodeAgent.enablePolicyEventLogs of the VPC CNI add-on).',
          );
    case 'ringfence':
      return settings.ringfence?.includes(when.export) === true
        ? null
        : gone(
            settings.ringfence !== null,
            `${name} is not there: nothing is said to export it.`,
            `Export it, and say so in the zone: spec.monitoring.exports: [${when.export}].`,
          );
    case 'never':
      return gone(true, `${name} is not there. ${when.instead}`, when.instead);
  }
}

/** Null also where it is not known which labels the series has. */
function labelMissing({ metric: name }: Selector, label: string, settings: MetricSettings): Missing | null {
  const known = name === null ? undefined : metricNamed(name);
  if (name === null || known === undefined || targetLabels.has(label) || label.startsWith('exported_')) return null;
  const { metric } = known;
  if (metric.labels.includes(label) || label === 'le' || label === 'quantile') return null;
  const gone = (sure: boolean, message: string, set: string): Missing => ({ kind: 'label', metric: name, label, sure, message, set });
  const { when } = metric;
  if (when?.kind === 'hubble') return hubbleLabel(name, metric, when.metric, label, settings, gone);
  if (when?.kind === 'state-labels' && label.startsWith('label_')) {
    const allowed = settings.stateLabels?.get(when.resource);
    if (allowed?.some((one) => one === '*' || `label_${one.replaceAll(/[^a-zA-Z0-9_]/g, '_')}` === label) === true) return null;
    const set = `Give kube-state-metrics --metric-labels-allowlist=${when.resource}=[KEY], with the key of the object's label that becomes ${label}.`;
    return settings.stateLabels === null
      ? gone(false, `${name} has ${label} only where kube-state-metrics is told to make it.`, set)
      : gone(true, `${name} has no label ${label}: kube-state-metrics is not told to make it.`, set);
  }
  const has = metric.labels.length === 0 ? 'it has none of its own' : `it has ${metric.labels.join(', ')}`;
  const meant = nearest(label, metric.labels);
  return gone(
    true,
    `${name} has no label ${label}: ${has}.`,
    `${meant === undefined ? 'Take a label that it has, or add this one by relabelling' : `Write ${meant}`} (${metric.source}).`,
  );
}

function hubbleLabel(
  name: string,
  metric: Metric,
  handler: string,
  label: string,
  settings: MetricSettings,
  gone: (sure: boolean, message: string, set: string) => Missing,
): Missing | null {
  const on = settings.hubble?.get(handler);
  if (on !== undefined && labelsByOptions(on).includes(label)) return null;
  const option = metric.optional !== undefined && Object.hasOwn(metric.optional, label) ? metric.optional[label] : undefined;
  if (option !== undefined && on?.options.includes(option) === true) return null;
  const wanted = optionFor(on ?? { name: handler, labels: [], source: [], destination: [], options: [] }, label, option);
  if (wanted === null) {
    const all = [...metric.labels, ...Object.keys(metric.optional ?? {}), ...contextLabels, 'source', 'destination'];
    const meant = nearest(label, all);
    return gone(true, `${name} has no label ${label}, whatever its options.`, meant === undefined ? `Take one of ${all.join(', ')}.` : `Write ${meant}.`);
  }
  const set = `Write "${wanted}" in hubble.metrics.enabled.`;
  return settings.hubble === null
    ? gone(false, `${name} has the label ${label} only where an option of the Hubble metric ${handler} makes it.`, set)
    : gone(true, `${name} has no label ${label}: the options of the Hubble metric ${handler} do not make it.`, set);
}

/** The metric's text with what makes the label; null when nothing does. */
function optionFor(on: HubbleMetric, label: string, option: string | undefined): string | null {
  if (option !== undefined) return hubbleMetricText({ ...on, options: [...on.options, option] });
  if (contextLabels.includes(label)) return hubbleMetricText({ ...on, labels: [...on.labels, label] });
  if (label === 'source') return hubbleMetricText({ ...on, source: ['workload-name', 'reserved-identity'] });
  return label === 'destination' ? hubbleMetricText({ ...on, destination: ['reserved-identity', 'namespace'] }) : null;
}

/** A value that the label never has, where it must have it. */
function valueMissing({ metric: name }: Selector, { label, op, value }: Matcher): Missing | null {
  const known = name === null ? undefined : metricNamed(name)?.metric.values;
  const values = known !== undefined && Object.hasOwn(known, label) ? known[label] : undefined;
  if (name === null || values === undefined || (op !== '=' && op !== '=~') || value === '') return null;
  const asked = op === '=' ? [value] : value.replace(/^\((.*)\)$/, '$1').split('|');
  // Words alone: what an expression matches is not worked out here.
  if (op === '=~' && asked.some((one) => /[\\^$.*+?()[\]{}]/.test(one))) return null;
  const fits = (one: string): boolean => ('words' in values ? values.words.includes(one) : values.spelled.test(one));
  if (asked.some(fits)) return null;
  const like = 'words' in values ? values.words.join(', ') : values.like;
  return {
    kind: 'value',
    metric: name,
    label,
    sure: true,
    message: `${name} never has ${label}="${asked.join('|')}".`,
    set: `Write one of: ${like}.`,
  };
}
