import { metricNamed } from '../prometheus/standing.ts';
import type { Check } from './check.ts';
import { aboutRule, ruleExample, rulesIn, ruleTitle, selectorText } from './prometheus-rules.ts';

const whole = `((hubble_drop_total{source_namespace="ai-training"} unless hubble_drop_total offset 5m)
  and on (job, instance) (up offset 5m == 1))
or increase(hubble_drop_total{source_namespace="ai-training"}[5m]) > 0`;

export const check: Check = {
  slug: 'alert-misses-first-event',
  title: 'Alert does not see the first event',
  severity: 'high',
  plane: 'detection',
  why: 'A counter with labels has no series before its first event: it is born at 1. `rate` and `increase` compare two samples of a series, so that a counter that was born at 1 and stands still has a rate of 0. One blocked packet, which may be the only one, never fires `rate(…) > 0`.',
  fix: 'Count a series that was not there a window ago as an event, where its target was scraped then, and put it before the increase, which would hide it with its 0.',
  sources: [
    'cilium/cilium pkg/hubble/metrics/drop/handler.go: a counter vector',
    'prometheus.io, Query functions: rate and increase need two samples',
    'docs/alerts.md',
  ],
  example: { bad: ruleExample('sum(rate(hubble_drop_total{source_namespace="ai-training"}[5m])) > 0'), good: ruleExample(whole) },
  *run({ snapshot }) {
    for (const { rule, query } of rulesIn(snapshot)) {
      // One that waits is about what goes on, and not about a first event.
      if (rule.wait !== null) continue;
      const told = new Set<string>();
      for (const { left, right, from, to } of query.comparisons) {
        if (right.length > 0 || !/>\s*0\s*\)*$/.test(rule.expr.slice(from, to))) continue;
        for (const selector of left) {
          const { metric, range, within: around } = selector;
          if (metric === null || range === null || told.has(metric) || metricNamed(metric)?.metric.lazy !== true) continue;
          if (around[0] !== 'rate' && around[0] !== 'increase' && around[0] !== 'irate') continue;
          if (query.operators.includes('unless') && query.selectors.some((s) => s.metric === metric && s.offset)) continue;
          told.add(metric);
          const text = selectorText(rule, selector);
          yield {
            severity: 'high',
            confidence: 'certain',
            message: `${ruleTitle(rule)} does not fire for a single event: ${metric} has no series before its first, and ${around[0]} of a series that was born at 1 is 0.`,
            ...aboutRule(rule),
            fix: 'Count a series that is new as an event, with a guard against gaps of scrapes.',
            patch: `expr: |\n  ((${text} unless ${metric} offset ${range}) and on (job, instance) (up offset ${range} == 1))\n  or increase(${text}[${range}])`,
          };
        }
      }
    }
  },
};
