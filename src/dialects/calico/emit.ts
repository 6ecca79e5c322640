import { shown } from '../../kernel/reader.ts';
import { type Diagnostic, failed, ok, type Result } from '../../kernel/result.ts';
import type { Policy, Tier } from '../../model/policy.ts';
import { policyText } from '../../model/policy-text.ts';
import type { RawObject } from '../../model/snapshot.ts';
import type { Surroundings } from '../dialect.ts';
import { writeAccounts, writeNamespaces, writeSelector } from './emit-match.ts';
import { writeRule } from './emit-rule.ts';
import { read } from './read.ts';
import type { Plain, Refuse } from './refuse.ts';

const apiVersion = 'projectcalico.org/v3';

/**
 * A Calico policy that reads back as this policy, beside the Tier that it names; refuses, with one error a reason, what the language cannot say.
 * What was written is read and compared, so that nothing that would mean something else ever leaves.
 */
export function emit(policy: Policy): Result<Plain> {
  const diagnostics: Diagnostic[] = [];
  const refuse: Refuse = (origin, message, hint) => {
    diagnostics.push({ code: 'cannot-say', severity: 'error', message: `Calico cannot say this: ${message}`, ...(hint === undefined ? {} : { hint }), origin });
  };
  checkEnvelope(policy, refuse);
  const spec = {
    ...(policy.tier.id === 'default' ? {} : { tier: policy.tier.id }),
    ...(policy.order === Number.POSITIVE_INFINITY ? {} : { order: policy.order }),
    ...writeSubject(policy, refuse),
    types: [...(policy.isolates.ingress ? ['Ingress'] : []), ...(policy.isolates.egress ? ['Egress'] : [])],
    ...writeSection(policy, 'ingress', refuse),
    ...writeSection(policy, 'egress', refuse),
  };
  if (diagnostics.length > 0) return failed(diagnostics);
  const metadata = { name: policy.name, ...(policy.namespace === null ? {} : { namespace: policy.namespace }) };
  const written = { apiVersion, kind: policy.kind, metadata, spec };
  if (!readsBack(written, policy)) {
    refuse(policy.origin, 'this combination of conditions; it would read back as another policy.', 'Write one rule for each peer and protocol.');
    return failed(diagnostics);
  }
  return ok(written);
}

function checkEnvelope(policy: Policy, refuse: Refuse): void {
  const { namespace, name, kind, origin } = policy;
  const wanted = namespace === null ? 'GlobalNetworkPolicy' : 'NetworkPolicy';
  if (policy.dialect !== 'calico' || kind !== wanted)
    refuse(origin, `a policy of kind ${shown(kind)} (${policy.dialect}) ${namespace === null ? 'for the whole cluster' : 'in a namespace'}.`);
  if (policy.evaluation !== 'first-match') refuse(origin, 'rules without an order, in which deny wins.', 'Put the deny rules first.');
  if (policy.id !== `${kind}.projectcalico.org ${namespace === null ? name : `${namespace}/${name}`}`)
    refuse(origin, `the id ${shown(policy.id)}: it is one of several parts of an object.`);
  if (!policy.isolates.ingress && !policy.isolates.egress) refuse(origin, 'a policy that isolates in neither direction.');
}

function writeSubject(policy: Policy, refuse: Refuse): Plain {
  if (policy.subject.kind !== 'pods') {
    refuse(policy.origin, 'a policy for nodes by their labels; host endpoints have labels of their own.');
    return {};
  }
  const { namespaces, pods, serviceAccounts } = policy.subject.match;
  const own = policy.namespace !== null && namespaces.kind === 'named' && namespaces.name === policy.namespace;
  if (policy.namespace !== null && !own) refuse(policy.origin, 'a subject outside its own namespace.', 'Make it a GlobalNetworkPolicy.');
  const everywhere = namespaces.kind === 'labelled' && namespaces.selector.requirements.length === 0;
  const accounts = serviceAccounts === null ? null : writeAccounts(serviceAccounts, policy.origin, refuse);
  return {
    selector: writeSelector(pods, policy.origin, refuse),
    ...(policy.namespace !== null || everywhere ? {} : { namespaceSelector: writeNamespaces(namespaces, policy.origin, refuse) }),
    ...(accounts === null
      ? {}
      : {
          serviceAccountSelector: writeSelector({ requirements: [{ key: 'projectcalico.org/name', operator: 'In', values: accounts }] }, policy.origin, refuse),
        }),
  };
}

function writeSection(policy: Policy, direction: 'ingress' | 'egress', refuse: Refuse): Plain {
  const rules = policy.rules.filter((rule) => rule.direction === direction);
  return rules.length === 0 ? {} : { [direction]: rules.map((rule) => writeRule(rule, policy, refuse)) };
}

function readsBack(written: Plain, policy: Policy): boolean {
  const object: RawObject = { apiVersion, kind: policy.kind, namespace: policy.namespace, name: policy.name, body: written, origin: policy.origin };
  const again = read(object, besideTier(policy.tier, policy));
  return again.ok && again.value.map(policyText).join('\n') === policyText(policy);
}

/** An input that holds nothing but the tier. */
function besideTier(tier: Tier, { origin }: Policy): Surroundings {
  const spec = { ...(tier.order === Number.POSITIVE_INFINITY ? {} : { order: tier.order }), defaultAction: tier.end === 'pass' ? 'Pass' : 'Deny' };
  const body = { apiVersion, kind: 'Tier', metadata: { name: tier.id }, spec };
  const object: RawObject = { apiVersion, kind: 'Tier', namespace: null, name: tier.id, body, origin };
  return { of: (group, kind) => (group === 'projectcalico.org' && kind === 'Tier' ? [object] : []) };
}
