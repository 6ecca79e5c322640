import type { Check } from './check.ts';
import { aboutRule, ruleExample, rulesIn, ruleTitle } from './prometheus-rules.ts';

const sent = 'sum by (pod) (rate(container_network_transmit_bytes_total{namespace="ai-training",interface="eth0"}[10m]))';

export const check: Check = {
  slug: 'alert-on-mean-baseline',
  title: 'Alert compares with a mean of the past',
  severity: 'medium',
  plane: 'detection',
  why: 'A mean takes in what it should find. After a week of all-reduce at 1.1 GB/s, 100 GB that leave in ten minutes do not reach 1.5 times the mean; after an idle week every start of a job does. For the first hour there is no mean at all, and then one of a single point, without a word.',
  fix: 'Budget bytes by class of destination, which no week can move. As a hint beside it: median and quartiles of a recorded series, with a guard until there is a day of it, and an alert that says so meanwhile.',
  sources: [
    'promtool 2.42, unit tests of the rule with series of a week',
    'docs/alerts.md: external-egress-budget, external-egress-anomaly, baseline-not-ready',
  ],
  example: { bad: ruleExample(`${sent} > 1.5 * avg_over_time(${sent}[7d:1h])`, null), good: ruleExample(`${sent} > 1e9`, null) },
  *run({ snapshot }) {
    for (const { rule, query } of rulesIn(snapshot)) {
      const mean = query.comparisons.some(({ left, right }) =>
        right.some(
          (r) => r.within.includes('avg_over_time') && left.some((l) => l.metric !== null && l.metric === r.metric && !l.within.includes('avg_over_time')),
        ),
      );
      if (!mean) continue;
      yield {
        severity: 'medium',
        confidence: 'likely',
        message: `${ruleTitle(rule)} compares with the mean of its own past: a busy week hides what leaves, and after an idle one every job fires.`,
        ...aboutRule(rule),
        fix: 'Compare with a budget that is declared, by class of destination.',
        patch:
          'expr: |\n  sum by (source_namespace, destination_class) (increase(ringfence_external_bytes_total[1d]))\n  > on (source_namespace, destination_class) max by (source_namespace, destination_class) (ringfence_external_budget_bytes)',
      };
    }
  },
};
