import type { Check } from './check.ts';
import { missingIn } from './missing-from-rules.ts';
import { ruleExample } from './prometheus-rules.ts';

export const check: Check = {
  slug: 'alert-value-impossible',
  title: 'Rule asks for a value that the label never has',
  severity: 'high',
  plane: 'detection',
  why: 'Hubble says `reason="POLICY_DENIED"`, the Cilium agent says `reason="Policy denied"` of the same drop, and rules mix the two. A value that a label never has selects nothing: the alert is silent for ever.',
  fix: 'Write the value as this metric has it.',
  sources: ['cilium/cilium api/v1/flow/flow.proto (DropReason)', 'cilium/cilium pkg/monitor/api/drop.go'],
  example: {
    bad: ruleExample('increase(hubble_drop_total{source_namespace="ai-training",reason="Policy denied"}[5m]) > 5'),
    good: ruleExample('increase(hubble_drop_total{source_namespace="ai-training",reason="POLICY_DENIED"}[5m]) > 5'),
  },
  run: ({ snapshot }) => missingIn(snapshot, 'value', 'high'),
};
