import { kept } from '../kernel/memo.ts';
import type { PrometheusRule } from '../model/alerting.ts';
import type { Finding, Severity } from '../model/finding.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type Missing, missingFrom } from '../prometheus/standing.ts';
import { aboutRule, rulesIn, ruleTitle } from './prometheus-rules.ts';

/** Findings about what rules ask for and nothing gives, of one kind. What the input does not tell is only possible; what of Ringfence is exported, a cluster does not say. */
export function* missingIn(snapshot: Snapshot, kind: Missing['kind'], severity: Severity): Iterable<Omit<Finding, 'check'>> {
  for (const { rule, missing } of missingInAll(snapshot)) {
    for (const one of missing) {
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

interface Lacking {
  readonly rule: PrometheusRule;
  readonly missing: readonly Missing[];
}

/** Each kind is a check of its own, and all ask the same. */
const lacking = new WeakMap<Snapshot['alerting'], readonly Lacking[]>();

function missingInAll(snapshot: Snapshot): readonly Lacking[] {
  const { alerting } = snapshot;
  return kept(lacking, alerting, () => rulesIn(snapshot).map(({ rule, query }) => ({ rule, missing: missingFrom(query, alerting.settings) })));
}
