import { expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import { runChecks } from '../app/run-checks.ts';
import { profileOf } from '../engine/profiles.ts';
import { reach } from '../engine/reach.ts';

/** The two rules of the common guide, as it has them. */
const guide = `groups:
- name: training-network-security
  rules:
  - alert: TrainingPodUnexpectedEgress
    expr: >
      sum by (destination) (
        rate(hubble_drop_total{
          source_namespace="ai-training",
          reason="POLICY_DENIED"
        }[5m])
      ) > 0
    labels: {severity: warning}
    annotations: {summary: "Training pod attempted blocked egress to {{ $labels.destination }}"}
  - alert: TrainingDataEgressVolumeSpike
    expr: >
      sum(rate(container_network_transmit_bytes_total{namespace="ai-training"}[10m]))
        > 1.5 * avg_over_time(
          sum(rate(container_network_transmit_bytes_total{namespace="ai-training"}[10m]))[7d:1h]
        )
    labels: {severity: warning}
    annotations: {summary: "Training namespace egress volume 1.5x above 7-day average"}
`;

function found(text: string) {
  const profile = profileOf('cilium@1.19');
  if (!profile.ok) throw new Error('no profile');
  return runChecks(reach(loadSnapshot([{ file: 'rules.yaml', text }]).snapshot, profile.value)).filter((f) => f.check.startsWith('alert-'));
}

test('both are refuted, with the reason and with what to write', () => {
  const findings = found(`${guide}---\nhubble: {metrics: {enabled: [drop]}}\n`);
  expect(findings.map((f) => [f.check, f.severity, f.message.split(' ')[1]])).toEqual([
    ['alert-label-missing', 'high', 'TrainingPodUnexpectedEgress'],
    ['alert-label-missing', 'high', 'TrainingPodUnexpectedEgress'],
    ['alert-misses-first-event', 'high', 'TrainingPodUnexpectedEgress'],
    ['alert-on-mean-baseline', 'medium', 'TrainingDataEgressVolumeSpike'],
    ['alert-sums-interfaces', 'medium', 'TrainingDataEgressVolumeSpike'],
    ['alert-without-runbook', 'low', 'TrainingPodUnexpectedEgress'],
    ['alert-without-runbook', 'low', 'TrainingDataEgressVolumeSpike'],
  ]);
  const text = findings.map((f) => `${f.message} ${f.fix} ${f.patch ?? ''}`).join('\n');
  expect(text).toContain('drop:labelsContext=source_namespace');
  expect(text).toContain('unless hubble_drop_total offset 5m');
  expect(text).toContain('ringfence_external_budget_bytes');
});

test('without the configuration of Cilium it is only possible, and said so', () => {
  const findings = found(guide).filter((f) => f.check === 'alert-label-missing' || f.check === 'alert-metric-unknown');
  expect(findings.map((f) => [f.severity, f.confidence])).toEqual(findings.map(() => ['low', 'possible']));
  expect(findings.length).toBeGreaterThan(0);
});

test('with the options that make the labels only the first event is missed', () => {
  const findings = found(`${guide}---\nhubble: {metrics: {enabled: ["drop:labelsContext=source_namespace;destinationContext=namespace"]}}\n`);
  expect(findings.filter((f) => f.message.includes('UnexpectedEgress')).map((f) => f.check)).toEqual(['alert-misses-first-event', 'alert-without-runbook']);
});
