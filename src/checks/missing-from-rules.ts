import type { Finding, Severity } from '../model/finding.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type Missing, missingFrom } from '../prometheus/standing.ts';
import { aboutRule, rulesIn, ruleTitle } from './prometheus-rules.ts';

/** Findings about what rules ask for and nothing gives, of one kind. What the input does not tell is only possible; what of Ringfence is exported, a cluster does not say. */
export function* missingIn({ alerting, ...rest }: Snapshot, kind: Missing['kind'], severity: Severity): Iterable<Omit<Finding, 'check'>> {
  for (const { rule, query } of rulesIn({ alerting, ...rest })) {
    for (const one of missingFrom(query, alerting.settings)) {
      if (one.kind !== kind || (!one.sure && one.metric.startsWith('ringfence_'))) continue;
      yield {
        severity: one.sure ? severity : 'low',
        confidence: one.sure ? 'certain' : 'possible',
        message: `${ruleTitle(rule)} ${one.sure ? 'can never see what it asks for' : 'may see nothing'}: ${one.message}`,
        ...aboutRule(rule),
        fix: one.set,
      };
    }
  }
}
