import { stableJson } from '../../kernel/stable.ts';
import type { Policy, Rule } from '../../model/policy.ts';

/** Policies with some of their rules left out. */
export type View = (policies: readonly Policy[]) => readonly Policy[];

const whole: View = (policies) => policies;

/**
 * In which views of the policies nothing may differ when rules go. On layer 4 a filter above it is as open as a plain rule, yet a plain rule beside a
 * filter undoes it, and what passes by two filters passes by either. So what passes plainly must stay, and what passes by each filter that the rules have.
 */
export function viewsFor(rules: readonly Rule[], policies: readonly Policy[]): readonly View[] {
  if (policies.every((p) => p.rules.every((r) => r.application === null))) return [whole];
  const filters = new Set(['', ...rules.map(filterText)]);
  return [
    whole,
    ...[...filters].map((filter) => (given: readonly Policy[]) => given.map((p) => ({ ...p, rules: p.rules.filter((r) => passesBy(r, filter)) }))),
  ];
}

function passesBy(rule: Rule, filter: string): boolean {
  return rule.action !== 'allow' || filterText(rule) === filter;
}

function filterText({ application }: Rule): string {
  return application === null ? '' : stableJson(application);
}
