import type { Reader } from '../../kernel/reader.ts';
import { labelOf } from '../../model/labels.ts';
import type { Direction, Policy, Rule, Tier } from '../../model/policy.ts';
import type { Facts } from './facts.ts';
import type { ReadRule } from './rules.ts';
import { type Expression, evaluate } from './selector.ts';

type Both = Readonly<Record<Direction, readonly ReadRule[]>>;

/**
 * What a policy with applyOnForward does to pods whose traffic passes through host endpoints: rules that come before every tier, of which denials are
 * certain only for traffic that passes there, which no manifest tells. Null when the policy is no such one, or no host endpoint of the input is selected.
 * What the policy allows goes on to the pods' own policies. Each such policy is a tier of its own, so that what one lets pass others may still stop.
 * Source: docs.tigera.io, calico Protect hosts, Apply on forwarded traffic; projectcalico/calico felix/rules/endpoints.go.
 */
export function forwardRules(
  spec: Reader,
  id: string,
  subject: Expression | null,
  facts: Facts,
  read: Both & { readonly types: Policy['isolates'] },
): (Both & { readonly tier: Tier }) | null {
  const flag = spec.field('applyOnForward');
  if (flag.value !== true) return null;
  const selected = facts.hostEndpoints.filter(({ labels }) => evaluate(subject ?? { kind: 'all' }, (label) => ({ value: labelOf(labels, label) })) === 'yes');
  if (selected.length === 0) {
    flag.warning(
      'no-host-endpoint',
      'This policy acts on forwarded traffic at host endpoints, and selects none of the input.',
      'Give the HostEndpoints, if there are any.',
    );
    return null;
  }
  const [first] = selected;
  const condition = `whether it passes through host endpoint ${first?.name}${selected.length > 1 ? ` or another of ${selected.length}` : ''}, where ${id} may deny it`;
  // Before translation other addresses and ports are seen, and neither sort of policy denies what it does not match.
  const early = ['preDNAT', 'doNotTrack'].some((key) => spec.field(key).value === true);
  const lower = (direction: Direction): readonly ReadRule[] => {
    const rules = read[direction].map((rule) => ({ near: early ? null : rule.near, rules: rule.rules.flatMap((r) => forwarded(r, condition, early)) }));
    if (early || !read.types[direction]) return rules;
    const rest: Rule = { direction, action: 'deny', peers: null, ports: null, application: null, condition, origin: spec.origin };
    return [...rules, { near: null, rules: [rest] }];
  };
  return { tier: { id: `forwarded: ${id}`, order: Number.NEGATIVE_INFINITY, end: 'pass' }, ingress: lower('ingress'), egress: lower('egress') };
}

function forwarded(rule: Rule, condition: string, early: boolean): readonly Rule[] {
  if (rule.action === 'deny')
    return [
      { ...rule, ...(early ? { peers: null, ports: null } : {}), condition: rule.condition === undefined ? condition : `${rule.condition}; ${condition}` },
    ];
  return early ? [] : [{ ...rule, action: 'pass', application: null }];
}
