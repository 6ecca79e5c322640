import { built, generatedNote } from './printing.mjs';

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
const row = (...cells) => `| ${cells.map(cell).join(' | ')} |`;

/** What must be set for a metric to be there, in a few words. */
function condition({ when, lazy }) {
  const born = lazy === true ? ' No series before its first event.' : '';
  switch (when?.kind) {
    case 'hubble':
      return `Hubble metric \`${when.metric}\`.${born}`;
    case 'cilium-agent':
      return `\`prometheus.enabled\` of Cilium.${born}`;
    case 'state-labels':
      return `\`--metric-labels-allowlist\` for ${when.resource}`;
    case 'eks-event-logs':
      return `\`--enable-policy-event-logs\`.${born}`;
    case 'ringfence':
      return `\`exports: [${when.export}]\``;
    case 'never':
      return when.instead;
    default:
      return born.trim();
  }
}

/** The page of the alert pack: which alerts there are, what they rest on, and the catalogue of metrics that rules are held to. */
export async function alertFiles() {
  const [{ alerts }, { alertName }, { exporters }, { wantedMetrics }, { readQuery }, { plainWords }] = await Promise.all(
    [
      'alerts/registry.gen.js',
      'alerts/alert.js',
      'prometheus/catalogue/registry.gen.js',
      'alerts/wanted.js',
      'prometheus/promql.js',
      'app/generate/monitoring/runbook-page.js',
    ].map(built),
  );
  const site = {
    zone: 'ZONE',
    namespace: 'NAMESPACE',
    cni: 'cilium',
    defaultDeny: 'default-deny',
    dnsFiltered: true,
    rdma: true,
    rdmaResources: ['nvidia_com_gpu'],
    jobs: { hubble: 'hubble-metrics', stateMetrics: 'kube-state-metrics' },
    canary: { name: 'ringfence-canary', minutes: 5 },
  };
  const metricsOf = ({ expr, records = [] }) => [
    ...new Set(
      [expr, ...records.map((r) => r.expr)]
        .flatMap((text) => readQuery(text(site)).selectors.map((s) => s.metric))
        .filter((m) => m !== null && m !== 'up' && !m.includes(':')),
    ),
  ];
  const text = [
    '# Alerts',
    '',
    generatedNote('src/alerts and src/prometheus'),
    '',
    'Most alert rules about network policies that one finds can never fire: they ask for labels that the metric does not have, or for a rate that a first event does not make. `ringfence generate` writes rules for a zone',
    'with `spec.monitoring` into `monitoring/`, and only those whose metrics and labels exist under the settings that the zone has ([zone.md](zone.md#specmonitoring)); a rule that is left out is named, with what to set.',
    'Each has series in which it fires and series in which it stays silent; `promtool test rules` runs them, from the pack as well. The checks `alert-…` of `ringfence scan` hold the rules of others to the same catalogue.',
    '',
    '```yaml',
    'spec:',
    '  monitoring:',
    '    hubble: {values: hubble-values.yaml}     # your Helm values of Cilium; left out: those that the pack writes',
    '    runbooks: https://runbooks.example.com/',
    '    canary: {image: registry.example.com/mirror/busybox:1.37}',
    '```',
    '',
    '`monitoring/` holds the rules as files and as one PrometheusRule, their unit tests, the settings of the CNI that they need, a canary, routes for Alertmanager, a dashboard and a page for each alert. It is applied by itself',
    '(`kubectl apply --server-side -k monitoring`), because its kinds need the Prometheus operator. Rules need Prometheus 2.42 or later.',
    '',
    '## The canary',
    '',
    'Counters of drops have no series before the first drop: nothing tells a quiet cluster from a blind one. So a CronJob of the namespace, on the training nodes, tries every few minutes to reach the API server without any right to, and succeeds when',
    'it is refused; it trusts its own tools no further than it tries them. kube-state-metrics tells how it ended, so that it needs to reach nobody. With Cilium its drop must also be counted, which tries the whole way from the data plane to Prometheus.',
    '',
    '## The alerts',
    '',
    '| alert | severity | says | asks for |',
    '| --- | --- | --- | --- |',
    ...alerts.map((alert) =>
      row(
        `\`${alertName(alert.id)}\``,
        alert.severity,
        plainWords(alert.summary),
        metricsOf(alert)
          .map((m) => `\`${m}\``)
          .join(', '),
      ),
    ),
    '',
    'On purpose there is no alert on the share of names that do not exist (with `ndots:5` most look-ups begin so), on how random names look, or on a mean of the week before: in trials they fired on every start of a job, and missed what they were for.',
    '',
    '## Metrics of Hubble that they need',
    '',
    '```yaml',
    'hubble:',
    '  metrics:',
    '    enabled:',
    ...wantedMetrics.map((metric) => `    - "${metric}"`),
    '```',
    '',
    'None of these labels has values that somebody outside can make up without end. `dns:query`, and `dns` or `ip` as a context, make a series of every name or address that is asked for: they are for the flow store.',
    '',
    '## Metrics that are Ringfence’s, or yours under these names',
    '',
    'Rules on them are made where `spec.monitoring.exports` says that Prometheus scrapes them. `external-bytes` is a counter of whatever sees bytes (a gateway, Goldmane, accounting of connections): Hubble counts none. `feeds` and `fabric` are written by the jobs',
    'that run `ringfence feeds fetch` and `ringfence fabric audit`, for the textfile collector: `echo "ringfence_fabric_audit_timestamp_seconds $(date +%s)"`.',
    '',
    '## The catalogue',
    '',
    'What rules are held to. Labels that scraping adds (`job`, `instance`, `namespace`, `pod`, …) are on every metric, and are those of the exporter unless it is scraped with `honorLabels`.',
    '',
    ...exporters.flatMap(({ title, metrics }) => [
      `### ${title}`,
      '',
      '| metric | type | labels of its own | there with | what it counts | source |',
      '| --- | --- | --- | --- | --- | --- |',
      ...metrics.map((m) => row(`\`${m.name}\``, m.type, m.labels.map((l) => `\`${l}\``).join(' '), condition(m), m.about, m.source)),
      '',
    ]),
  ].join('\n');
  return [{ path: 'docs/alerts.md', text }];
}
