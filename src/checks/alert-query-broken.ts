import type { Check } from './check.ts';
import { aboutRule, ruleExample, rulesIn, ruleTitle } from './prometheus-rules.ts';

export const check: Check = {
  slug: 'alert-query-broken',
  title: 'Rule that is no PromQL',
  severity: 'high',
  plane: 'detection',
  why: 'Prometheus refuses a file in which one query is broken, with every rule of it; the operator leaves out the whole object. Whoever does not look at its log believes that alerts are in place.',
  fix: 'Mend the query; `promtool check rules` says the same with every detail.',
  sources: ['prometheus/prometheus model/rulefmt', 'prometheus-operator pkg/operator/rules.go (ValidateRule)', 'the grammar of @prometheus-io/lezer-promql'],
  example: {
    bad: ruleExample('avg_over_time(sum(hubble_drop_total)[7d]) > 1'),
    good: ruleExample('avg_over_time(sum(hubble_drop_total)[7d:1h]) > 1'),
  },
  *run({ snapshot }) {
    for (const { rule, query } of rulesIn(snapshot)) {
      const [first] = query.faults;
      if (first === undefined) continue;
      yield {
        severity: 'high',
        confidence: 'likely',
        message: `${ruleTitle(rule)} is no PromQL: ${first.message} (character ${first.at + 1} of the query).`,
        ...aboutRule(rule),
        fix: 'Mend the query, and try it with promtool check rules.',
      };
    }
  },
};
