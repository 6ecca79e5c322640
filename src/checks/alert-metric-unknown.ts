import type { Check } from './check.ts';
import { missingIn } from './missing-from-rules.ts';
import { ruleExample } from './prometheus-rules.ts';

export const check: Check = {
  slug: 'alert-metric-unknown',
  title: 'Rule asks for a metric that is not there',
  severity: 'high',
  plane: 'detection',
  why: 'A metric that nobody exports selects nothing, and the alert is silent for ever. Metrics of Hubble are off until each is turned on; those of the Cilium agent want `prometheus.enabled`; the agent of EKS counts drops only with `--enable-policy-event-logs`; `calico_denied_packets` is in Calico Enterprise alone.',
  fix: 'Turn the metric on, or ask for one that is there.',
  sources: ['cilium/cilium install/kubernetes/cilium/values.yaml', 'aws/aws-network-policy-agent README.md', 'docs/alerts.md: the catalogue of metrics'],
  example: {
    bad: ruleExample('increase(hubble_drop_total{source_namespace="ai-training"}[5m]) > 5', ['dns', 'flow']),
    good: ruleExample('increase(hubble_drop_total{source_namespace="ai-training"}[5m]) > 5'),
  },
  run: ({ snapshot }) => missingIn(snapshot, 'metric', 'high'),
};
