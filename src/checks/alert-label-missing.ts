import type { Check } from './check.ts';
import { missingIn } from './missing-from-rules.ts';
import { ruleExample } from './prometheus-rules.ts';

export const check: Check = {
  slug: 'alert-label-missing',
  title: 'Rule asks for a label that the metric does not have',
  severity: 'high',
  plane: 'detection',
  why: 'A matcher on a label that no series has selects nothing: the alert is silent for ever, and promtool finds nothing wrong with it. Labels of Hubble’s metrics are there only where an option of the metric makes them (`labelsContext`, `sourceContext`, `destinationContext`); those of kube-state-metrics only where `--metric-labels-allowlist` names them.',
  fix: 'Turn on the option that makes the label, or ask for one that is there. `ringfence generate` writes rules for the options that you have, and the options that they need.',
  sources: [
    'cilium/cilium pkg/hubble/metrics/api/context.go',
    'kubernetes/kube-state-metrics docs/developer/cli-arguments.md',
    'docs/alerts.md: the catalogue of metrics',
  ],
  example: {
    bad: ruleExample('increase(hubble_drop_total{source_namespace="ai-training"}[5m]) > 5', ['drop']),
    good: ruleExample('increase(hubble_drop_total{source_namespace="ai-training"}[5m]) > 5'),
  },
  run: ({ snapshot }) => missingIn(snapshot, 'label', 'high'),
};
