import type { FlowReport } from '../model/flow-report.ts';

/** Bytes that a workload sent to a class of destinations; see `ringfence_egress_bytes_total`. */
interface SentBytes {
  readonly namespace: string;
  readonly workload: string;
  readonly destinationClass: string;
  readonly bytes: number;
}

/**
 * A report as metrics for the textfile collector of node_exporter. Few and bounded: names, addresses and flows stay out, as whoever sends traffic chooses
 * them. Each number is about the flows of this run, so that all but the time are gauges in what they mean; `_total` follows the alerts that read them.
 * Source: Prometheus text exposition format 0.0.4. `now` is RFC 3339.
 */
export function flowMetricsText(report: FlowReport, sent: readonly SentBytes[], now: string): string {
  const { coverage, findings } = report;
  const by = (check: string): number => findings.filter((f) => f.check === check).length;
  const checks = [...new Set(findings.map((f) => f.check))].sort();
  const newOnes = findings.filter((f) => f.check === 'new-destination').flatMap((f) => f.measures.map((m) => m.value));
  const rows: readonly (readonly [name: string, type: 'gauge' | 'counter', help: string, samples: readonly string[]])[] = [
    ['ringfence_flows_read', 'gauge', 'Flows that were read.', [`${coverage.flows}`]],
    ['ringfence_flow_lines_unreadable', 'gauge', 'Lines that could not be read.', [`${coverage.bad}`]],
    ['ringfence_flow_events_lost', 'gauge', 'Events that the recorder says it lost.', [`${coverage.lost}`]],
    ['ringfence_flow_nodes', 'gauge', 'Nodes whose flows were read.', [`${coverage.nodes.length + coverage.nodesOmitted}`]],
    ['ringfence_flow_findings', 'gauge', 'Findings of this run, by rule.', checks.map((c) => `{check=${quoted(c)}} ${by(c)}`)],
    ['ringfence_new_destinations_total', 'counter', 'Destinations outside that a workload had not before.', [`${newOnes.reduce((sum, n) => sum + n, 0)}`]],
    ['ringfence_dns_tunnels_suspected', 'gauge', 'Pairs of workload and registered domain whose names carry data.', [`${by('dns-tunnel')}`]],
    [
      'ringfence_egress_bytes_total',
      'counter',
      'Bytes sent outside by workload and class of destination.',
      sent.map(
        (s) => `{source_namespace=${quoted(s.namespace)},source_workload=${quoted(s.workload)},destination_class=${quoted(s.destinationClass)}} ${s.bytes}`,
      ),
    ],
    ['ringfence_flows_last_success_timestamp_seconds', 'gauge', 'When flows were last looked at.', [`${Date.parse(now) / 1000}`]],
  ];
  return rows
    .filter(([, , , samples]) => samples.length > 0)
    .flatMap(([name, type, help, samples]) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...samples.map((s) => `${name}${s.startsWith('{') ? s : ` ${s}`}`),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

/** A label's value: names come from whoever makes pods. */
function quoted(value: string): string {
  return `"${value
    .slice(0, 128)
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replace(/[\p{Cc}\p{Cf}]/gu, '?')}"`;
}
