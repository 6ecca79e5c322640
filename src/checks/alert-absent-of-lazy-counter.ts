import { metricNamed } from '../prometheus/standing.ts';
import type { Check } from './check.ts';
import { aboutRule, ruleExample, rulesIn, ruleTitle } from './prometheus-rules.ts';

export const check: Check = {
  slug: 'alert-absent-of-lazy-counter',
  title: 'Absence of a counter that is born with its first event',
  severity: 'medium',
  plane: 'detection',
  why: 'Counters of drops and of lost events have no series until the first one. `absent` of such a counter fires in every healthy, quiet cluster, and soon nobody looks.',
  fix: 'Ask whether the target is scraped (`up`), on as many nodes as there are, and let a probe that must be refused show that drops are counted.',
  sources: ['cilium/cilium pkg/hubble/metrics/drop/handler.go: a counter vector', 'docs/alerts.md: the canary'],
  example: { bad: ruleExample('absent(hubble_drop_total)'), good: ruleExample('count(up{job="hubble-metrics"} == 1) < count(kube_node_info)') },
  *run({ snapshot }) {
    for (const { rule, query } of rulesIn(snapshot)) {
      for (const { metric, within: around } of query.selectors) {
        if (metric === null || metricNamed(metric)?.metric.lazy !== true || (around[0] !== 'absent' && around[0] !== 'absent_over_time')) continue;
        yield {
          severity: 'medium',
          confidence: 'certain',
          message: `${ruleTitle(rule)} fires while all is well: ${metric} has no series before its first event.`,
          ...aboutRule(rule),
          fix: 'Ask for up of its target in place of the counter.',
        };
      }
    }
  },
};
