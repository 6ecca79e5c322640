import type { Check } from './check.ts';
import { aboutRule, asksOfPolicies, ruleExample, rulesIn, ruleTitle } from './prometheus-rules.ts';

const whole = ruleExample('increase(hubble_drop_total{source_namespace="ai-training"}[5m]) > 5');

export const check: Check = {
  slug: 'alert-without-runbook',
  title: 'Alert without severity, summary or runbook',
  severity: 'low',
  plane: 'detection',
  why: 'An alert about a refused connection wakes somebody who did not write it. Without a severity no route knows whom, without a summary nobody knows what, without a runbook nobody knows what to do.',
  fix: 'Give it the label `severity` and the annotations `summary` and `runbook_url`.',
  sources: ['prometheus.io, Alerting rules', 'github.com/monitoring-mixins, guidelines for alert names, labels and annotations'],
  example: { bad: whole.replace(', runbook_url: "https://runbooks.example.com/egress"', ''), good: whole },
  *run({ snapshot }) {
    for (const { rule, query } of rulesIn(snapshot)) {
      if (rule.kind !== 'alert' || !asksOfPolicies(query)) continue;
      const has = (map: Readonly<Record<string, string>>, ...keys: readonly string[]): boolean =>
        keys.some((key) => Object.hasOwn(map, key) && map[key]?.trim() !== '');
      const missing = [
        ...(has(rule.labels, 'severity') ? [] : ['the label severity']),
        ...(has(rule.annotations, 'summary', 'message') ? [] : ['a summary']),
        ...(has(rule.annotations, 'runbook_url', 'runbook') ? [] : ['a runbook_url']),
      ];
      if (missing.length === 0) continue;
      yield {
        severity: 'low',
        confidence: 'certain',
        message: `${ruleTitle(rule)} lacks ${missing.join(' and ')}.`,
        ...aboutRule(rule),
        primary: rule.origin,
        fix: `Add ${missing.join(' and ')}.`,
      };
    }
  },
};
