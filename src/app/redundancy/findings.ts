import type { Finding } from '../../model/finding.ts';
import type { Rule } from '../../model/policy.ts';
import type { Unless, Useless, Uselessness } from './redundancy.ts';

const severities: Readonly<Record<Uselessness, Finding['severity']>> = { shadowed: 'medium', dead: 'low', redundant: 'info' };

const meanings: Readonly<Record<Uselessness, string>> = {
  dead: 'matches nothing',
  shadowed: 'never decides: others settle what it matches, the other way',
  redundant: 'changes nothing: others settle what it matches in the same way',
};

/** What to do: where the finding holds for pods to come too, and where that is not shown. */
const fixes: Readonly<Record<Uselessness, readonly [always: string, ofThePodsThereAre: string]>> = {
  dead: ['correct its selectors, or remove it', 'correct its selectors, or remove it, unless it is for pods to come'],
  shadowed: [
    'decide which of the two is meant: remove this one, or put it before the other',
    'decide which of the two is meant: put this one before the other, or remove it, unless it is for pods to come',
  ],
  redundant: ['remove it, unless it says something to people', 'remove it, unless it is for pods to come or says something to people'],
};

/** Policies and rules without which nothing changes, as findings: `rule-dead`, `rule-shadowed`, `rule-redundant`, and the same for whole policies. */
export function uselessFindings(useless: readonly Useless[], sorts: ReadonlySet<Uselessness>): Finding[] {
  return useless
    .filter(({ how }) => sorts.has(how))
    .map(({ how, policy, rule, proof, instead, unless }) => ({
      check: `${rule === null ? 'policy' : 'rule'}-${how}`,
      severity: severities[how],
      confidence: 'certain',
      message: `${rule === null ? policy.id : `${ruleTitle(policy.rules, rule)} of ${policy.id}`} ${meanings[how]} (${proof}; ${scopeText(unless)})`,
      primary: rule?.origin ?? policy.origin,
      related: instead.map((s) => ({ origin: s.origin, message: `${s.policy} settles it instead, as for ${s.packet}` })),
      fix: fixes[how][unless === null ? 0 : 1],
      subjects: [policy.namespace === null ? policy.name : `${policy.namespace}/${policy.name}`],
    }));
}

/** For whom it holds. */
function scopeText(unless: Unless | null): string {
  if (unless === null) return 'so it is for any pod that could come';
  return `only for the pods there are: ${unless.shown ? 'not so' : 'not shown'} for ${unless.whom}`;
}

function ruleTitle(rules: readonly Rule[], rule: Rule): string {
  return `${rule.direction} rule ${rules.filter((r) => r.direction === rule.direction).indexOf(rule) + 1}`;
}
