import { kept } from '../kernel/memo.ts';
import type { Origin } from '../kernel/origin.ts';
import { within } from '../kernel/origin.ts';
import type { PrometheusRule } from '../model/alerting.ts';
import type { Finding } from '../model/finding.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type Query, readQuery, type Selector } from '../prometheus/promql.ts';
import { metricNamed } from '../prometheus/standing.ts';

/** A rule of the input with its query, read. */
export interface ReadRule {
  readonly rule: PrometheusRule;
  readonly query: Query;
}

/** Rules of a snapshot, read once for all checks of them. */
const read = new WeakMap<Snapshot['alerting'], readonly ReadRule[]>();

/** Rules that ask for something. */
export function rulesIn({ alerting }: Snapshot): readonly ReadRule[] {
  return kept(read, alerting, () => alerting.rules.map((rule) => ({ rule, query: readQuery(rule.expr) })));
}

/** How findings name a rule. */
export function ruleTitle({ kind, name }: PrometheusRule): string {
  return kind === 'alert' ? `Alert ${name}` : `Recording rule ${name}`;
}

/** Where its query stands. */
export function exprOf({ origin }: PrometheusRule): Origin {
  return within(origin, 'expr');
}

/** What findings about a rule have alike. */
export function aboutRule(rule: PrometheusRule): Pick<Finding, 'related' | 'subjects' | 'primary'> {
  return { primary: exprOf(rule), related: [], subjects: [rule.object ?? `${rule.group}/${rule.name}`] };
}

/** Exporters whose metrics say what policies do, or what leaves. */
const ofPolicies: ReadonlySet<string> = new Set(['hubble', 'cilium-agent', 'eks-network-policy-agent', 'calico', 'cadvisor', 'ringfence']);

/** Whether a query asks what policies do, or what leaves: rules about anything else are not ours to judge by taste. */
export function asksOfPolicies({ selectors }: Query): boolean {
  return selectors.some(
    ({ metric }) => metric !== null && (metric.startsWith('kube_networkpolicy_') || ofPolicies.has(metricNamed(metric)?.exporter.id ?? '')),
  );
}

/** The text of a selector without its range. */
export function selectorText(rule: PrometheusRule, { from, to }: Selector): string {
  return rule.expr.slice(from, to);
}

/** An example: a rule, under Hubble metrics as they are turned on. */
export function ruleExample(expr: string, hubble: readonly string[] | null = ['drop:labelsContext=source_namespace,traffic_direction']): string {
  const values = hubble === null ? '' : `---\n# Helm values of Cilium\nhubble: {metrics: {enabled: ${JSON.stringify(hubble)}}}\n`;
  return `apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: training, namespace: monitoring}
spec:
  groups:
  - name: training
    rules:
    - alert: TrainingEgress
      expr: |
        ${expr.replaceAll('\n', '\n        ')}
      labels: {severity: warning}
      annotations: {summary: Training tried to leave, runbook_url: "https://runbooks.example.com/egress"}
${values}`;
}
