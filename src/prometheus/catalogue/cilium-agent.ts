import type { Exporter } from './metric.ts';

const docs = 'cilium/cilium Documentation/observability/metrics.rst';

export const exporter: Exporter = {
  id: 'cilium-agent',
  title: 'Cilium agent',
  prefixes: [],
  metrics: [
    {
      name: 'cilium_drop_count_total',
      type: 'counter',
      labels: ['reason', 'direction'],
      values: {
        reason: { spelled: /[a-z]/, like: '"Policy denied" or "Policy denied by denylist"' },
        direction: { words: ['INGRESS', 'EGRESS', 'SERVICE', 'UNKNOWN'] },
      },
      lazy: true,
      when: { kind: 'cilium-agent' },
      about: 'Packets that were dropped, by node: no namespace, no pod.',
      source: `${docs}; pkg/monitor/api/drop.go`,
    },
    {
      name: 'cilium_drop_bytes_total',
      type: 'counter',
      labels: ['reason', 'direction'],
      values: { reason: { spelled: /[a-z]/, like: '"Policy denied"' } },
      lazy: true,
      when: { kind: 'cilium-agent' },
      about: 'Bytes that were dropped, by node.',
      source: docs,
    },
    {
      name: 'cilium_policy_change_total',
      type: 'counter',
      labels: ['outcome'],
      values: { outcome: { words: ['success', 'fail', 'failure'] } },
      when: { kind: 'cilium-agent' },
      about: 'Changes of policies that the agent took in, by outcome. Versions differ over fail and failure (cilium/cilium#46388).',
      source: 'cilium/cilium pkg/metrics/metrics.go (PolicyChangeTotal)',
    },
    {
      name: 'cilium_policy_endpoint_enforcement_status',
      type: 'gauge',
      labels: ['enforcement'],
      when: { kind: 'cilium-agent' },
      about: 'Endpoints by whether policies are enforced (none, ingress, egress, both, audit-…).',
      source: docs,
    },
    {
      name: 'cilium_bpf_map_pressure',
      type: 'gauge',
      labels: ['map_name'],
      when: { kind: 'cilium-agent' },
      about: 'How full a map is, 0 to 1; only told above 0.1. A policy map that is full lets new rules go missing.',
      source: `${docs}; pkg/bpf/map_pressure.go`,
    },
    {
      name: 'cilium_endpoint_state',
      type: 'gauge',
      labels: ['endpoint_state'],
      when: { kind: 'cilium-agent' },
      about: 'Endpoints by state.',
      source: docs,
    },
  ],
};
