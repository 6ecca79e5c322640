import { shown } from '../../kernel/reader.ts';
import { type Diagnostic, failed, ok, type Result } from '../../kernel/result.ts';
import type { Direction, Policy, Rule } from '../../model/policy.ts';
import { writeRule } from './emit-rule.ts';
import { writeNodes, writeSubject } from './emit-selectors.ts';
import type { Plain, Refuse } from './refuse.ts';

/** A Cilium policy that reads back as this policy; refuses, with one error a reason, what the language cannot say. */
export function emit(policy: Policy): Result<Plain> {
  const diagnostics: Diagnostic[] = [];
  const refuse: Refuse = (origin, message, hint) => {
    diagnostics.push({
      code: 'cannot-say',
      severity: 'error',
      message: `${policy.kind} cannot say this: ${message}`,
      ...(hint === undefined ? {} : { hint }),
      origin,
    });
  };
  checkEnvelope(policy, refuse);
  if (policy.readings?.some((r) => r.policy === null) === true) refuse(policy.origin, 'a policy that some version of Cilium refuses.');
  const subject = writeSpecSubject(policy, refuse);
  const spec = { ...subject, ...writeDefaultDeny(policy), ...writeSections(policy, 'ingress', refuse), ...writeSections(policy, 'egress', refuse) };
  const silent = policy.rules.length === 0 && !policy.isolates.ingress && !policy.isolates.egress;
  if (silent) refuse(policy.origin, 'a policy without rules that isolates in neither direction.');
  if (diagnostics.length > 0) return failed(diagnostics);
  return ok({
    apiVersion: 'cilium.io/v2',
    kind: policy.kind,
    metadata: { name: policy.name, ...(policy.namespace === null ? {} : { namespace: policy.namespace }) },
    spec,
  });
}

function checkEnvelope(policy: Policy, refuse: Refuse): void {
  const { namespace, name, kind } = policy;
  const kinds = namespace === null ? 'CiliumClusterwideNetworkPolicy' : 'CiliumNetworkPolicy';
  if (policy.dialect !== 'cilium' || kind !== kinds)
    refuse(policy.origin, `a policy of kind ${shown(kind)} (${policy.dialect}) ${namespace === null ? 'for the whole cluster' : 'in a namespace'}.`);
  if (policy.tier.id !== 'normal') refuse(policy.origin, `the tier ${shown(policy.tier.id)}; Cilium policies have no tiers.`);
  if (policy.order !== 0 || policy.evaluation !== 'deny-wins') refuse(policy.origin, 'an order of policies or of rules.');
  if (policy.id !== `${kind} ${namespace === null ? name : `${namespace}/${name}`}`) {
    refuse(policy.origin, `the id ${shown(policy.id)}: it is one of several specs of an object.`, 'Give each policy a name of its own.');
  }
}

function writeSpecSubject(policy: Policy, refuse: Refuse): Plain {
  if (policy.subject.kind === 'pods') return { endpointSelector: writeSubject(policy.subject.match, policy, refuse) };
  if (policy.namespace !== null) refuse(policy.origin, 'a policy for nodes in a namespace.');
  return { nodeSelector: writeNodes(policy.subject.selector) };
}

function writeDefaultDeny(policy: Policy): Plain {
  const open = (['ingress', 'egress'] as const).filter((direction) => !policy.isolates[direction] && policy.rules.some((rule) => rule.direction === direction));
  return open.length === 0 ? {} : { enableDefaultDeny: Object.fromEntries(open.map((direction) => [direction, false])) };
}

/** Allow rules, then deny rules; `[{}]` isolates where there are none. */
function writeSections(policy: Policy, direction: Direction, refuse: Refuse): Plain {
  const rules = policy.rules.filter((rule) => rule.direction === direction);
  const write = (rule: Rule): Plain => writeRule(rule, policy, refuse);
  for (const rule of rules) {
    if (rule.action === 'pass') refuse(rule.origin, 'the action pass.');
    if (rule.condition !== undefined) refuse(rule.origin, `a further condition (${rule.condition}).`);
  }
  const allow = rules.filter((rule) => rule.action === 'allow').map(write);
  const deny = rules.filter((rule) => rule.action === 'deny').map(write);
  if (rules.length === 0) return policy.isolates[direction] ? { [direction]: [{}] } : {};
  return { ...(allow.length === 0 ? {} : { [direction]: allow }), ...(deny.length === 0 ? {} : { [`${direction}Deny`]: deny }) };
}
