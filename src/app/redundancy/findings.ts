import type { Finding } from '../../model/finding.ts';
import type { Rule } from '../../model/policy.ts';
import type { Useless, Uselessness } from './redundancy.ts';

const severities: Readonly<Record<Uselessness, Finding['severity']>> = { shadowed: 'medium', dead: 'low', redundant: 'info' };

const meanings: Readonly<Record<Uselessness, string>> = {
  dead: 'matches nothing',
  shadowed: 'never decides: others settle what it matches, the other way',
  redundant: 'changes nothing: others settle what it matches in the same way',
};

const fixes: Readonly<Record<Uselessness, string>> = {
  dead: 'correct its selectors, or remove it, unless it is for pods to come',
  shadowed: 'decide which of the two is meant: remove this one, or put it before the other',
  redundant: 'remove it, unless it says something to people',
};

/** Policies and rules without which nothing changes, as findings: `rule-dead`, `rule-shadowed`, `rule-redundant`, and the same for whole policies. */
export function uselessFindings(useless: readonly Useless[]): Finding[] {
  return useless.map(({ how, policy, rule, proof, instead }) => ({
    check: `${rule === null ? 'policy' : 'rule'}-${how}`,
    severity: severities[how],
    confidence: 'certain',
    message: `${rule === null ? policy.id : `${ruleTitle(policy.rules, rule)} of ${policy.id}`} ${meanings[how]} (${proof})`,
    primary: rule?.origin ?? policy.origin,
    related: instead === null ? [] : [{ origin: instead.origin, message: `${instead.policy} settles it instead` }],
    fix: fixes[how],
    subjects: [policy.namespace === null ? policy.name : `${policy.namespace}/${policy.name}`],
  }));
}

function ruleTitle(rules: readonly Rule[], rule: Rule): string {
  return `${rule.direction} rule ${rules.filter((r) => r.direction === rule.direction).indexOf(rule) + 1}`;
}
