import { metricNamed } from '../prometheus/standing.ts';
import type { Check } from './check.ts';
import { aboutRule, ruleExample, rulesIn, ruleTitle } from './prometheus-rules.ts';

const ofCounters = new Set(['rate', 'irate', 'increase', 'resets']);
const ofGauges = new Set(['delta', 'idelta', 'deriv', 'predict_linear']);

export const check: Check = {
  slug: 'alert-rate-of-gauge',
  title: 'Rate of a gauge, or difference of a counter',
  severity: 'medium',
  plane: 'detection',
  why: '`rate` and `increase` take every fall for a restart of the counter, and add what a gauge holds each time that it falls; `delta` takes a restart of a counter for a fall. The number means nothing, and the alert fires or is silent by chance.',
  fix: 'Use `delta` or `changes` on gauges, `rate` or `increase` on counters.',
  sources: ['prometheus.io, Query functions: rate should only be used with counters'],
  example: {
    bad: ruleExample('increase(kube_networkpolicy_created{namespace="ai-training"}[15m]) > 0', null),
    good: ruleExample('changes(kube_networkpolicy_created{namespace="ai-training"}[15m]) > 0', null),
  },
  *run({ snapshot }) {
    for (const { rule, query } of rulesIn(snapshot)) {
      for (const { metric, range, within: around } of query.selectors) {
        const type = metric === null || range === null ? undefined : metricNamed(metric)?.metric.type;
        const call = around[0] ?? '';
        const wrong = type === 'gauge' ? ofCounters.has(call) : type === 'counter' && ofGauges.has(call);
        if (!wrong) continue;
        yield {
          severity: 'medium',
          confidence: 'certain',
          message: `${ruleTitle(rule)} takes ${call} of ${metric}, which is a ${type}: the number means nothing.`,
          ...aboutRule(rule),
          fix: type === 'gauge' ? `Write changes or delta in place of ${call}.` : `Write increase or rate in place of ${call}.`,
        };
      }
    }
  },
};
