import { shown } from '../../kernel/reader.ts';
import { failed, ok, type Result } from '../../kernel/result.ts';
import { type Plain, Refusals, type Refuse } from '../../model/cannot-say.ts';
import { writePlainSelector } from '../../model/network-policy-writing.ts';
import type { Direction, Policy, Tier } from '../../model/policy.ts';
import { policyText } from '../../model/policy-text.ts';
import type { RawObject } from '../../model/snapshot.ts';
import type { Surroundings } from '../dialect.ts';
import { writePods, writeRule } from './emit-rule.ts';
import { group } from './objects.ts';
import { read } from './read.ts';
import { defaultTier, tierName } from './tiers.ts';

const apiVersion = 'crd.antrea.io/v1beta1';

/**
 * An Antrea policy that reads back as this policy, beside the Tier that it names; refuses, with one error a reason, what the language cannot say.
 * What was written is read and compared, so that nothing that would mean something else ever leaves. `deny` is written Drop.
 */
export function emit(policy: Policy): Result<Plain> {
  const { refuse, diagnostics } = new Refusals('Antrea');
  checkEnvelope(policy, refuse);
  const tier = tierName(policy.tier);
  const spec = {
    ...(tier === null || tier === defaultTier ? {} : { tier }),
    priority: policy.order,
    appliedTo: [writeSubject(policy, refuse)],
    ...writeSection(policy, 'ingress', refuse),
    ...writeSection(policy, 'egress', refuse),
  };
  if (diagnostics.length > 0) return failed(diagnostics);
  const metadata = { name: policy.name, ...(policy.namespace === null ? {} : { namespace: policy.namespace }) };
  const written = { apiVersion, kind: policy.kind, metadata, spec };
  if (!readsBack(written, policy)) {
    refuse(
      policy.origin,
      'this combination of rules; it would read back as another policy.',
      'Write one peer for each name, ports before ICMP, and no rule twice.',
    );
    return failed(diagnostics);
  }
  return ok(written);
}

function checkEnvelope(policy: Policy, refuse: Refuse): void {
  const { namespace, name, kind, origin, isolates } = policy;
  const wanted = namespace === null ? 'ClusterNetworkPolicy' : 'NetworkPolicy';
  if (policy.dialect !== 'antrea' || kind !== wanted)
    refuse(origin, `a policy of kind ${shown(kind)} (${policy.dialect}) ${namespace === null ? 'for the whole cluster' : 'in a namespace'}.`);
  if (policy.evaluation !== 'ranked') refuse(origin, 'rules that are not ranked among those of other policies.');
  if (isolates.ingress || isolates.egress) refuse(origin, 'a policy that isolates: what no rule matches goes on.', 'Add a last rule that denies the rest.');
  if (tierName(policy.tier) === null) refuse(origin, `the tier ${shown(policy.tier.id)}.`);
  if (policy.id !== `${kind}.crd.antrea.io ${namespace === null ? name : `${namespace}/${name}`}`)
    refuse(origin, `the id ${shown(policy.id)}: it is one of several parts of an object.`);
}

function writeSubject(policy: Policy, refuse: Refuse): Plain {
  const { subject, namespace, origin } = policy;
  if (subject.kind === 'pods') return writePods(subject.match, namespace, origin, refuse);
  if (namespace !== null) refuse(origin, 'a policy for nodes in a namespace.', 'Make it a ClusterNetworkPolicy.');
  return { nodeSelector: writePlainSelector(subject.selector, origin, refuse) };
}

function writeSection(policy: Policy, direction: Direction, refuse: Refuse): Plain {
  const rules = policy.rules.filter((rule) => rule.direction === direction);
  for (const [place, rule] of rules.entries())
    if (rule.rank !== place) refuse(rule.origin, `the rank ${rule.rank ?? 'none'} of rule ${place + 1}; a rule's rank is its place.`);
  return rules.length === 0 ? {} : { [direction]: rules.map((rule) => writeRule(rule, policy.namespace, refuse)) };
}

function readsBack(written: Plain, policy: Policy): boolean {
  const object: RawObject = { apiVersion, kind: policy.kind, namespace: policy.namespace, name: policy.name, body: written, origin: policy.origin };
  const again = read(object, besideTier(policy.tier, policy));
  return again.ok && again.value.map(policyText).join('\n') === policyText(policy);
}

/** An input that holds nothing but the tier. */
function besideTier(tier: Tier, { origin }: Policy): Surroundings {
  const name = tierName(tier) ?? '';
  const object: RawObject = { apiVersion, kind: 'Tier', namespace: null, name, body: { metadata: { name }, spec: { priority: tier.order } }, origin };
  return { of: (ofGroup, kind) => (ofGroup === group && kind === 'Tier' ? [object] : []) };
}
