import { isMap, memberOf } from '../../kernel/map.ts';
import { stableJson } from '../../kernel/stable.ts';
import { groupOf } from '../../model/metadata.ts';
import type { RawObject, Snapshot } from '../../model/snapshot.ts';
import type { TrainingZone } from '../../spec/zone.ts';
import { type AdmissionPolicy, admissionObjects, admissionPolicies } from './objects.ts';

/** Whether admission refuses what one side of a zone must not ask for: by a policy of ours, by nobody, or by something that is not understood here. */
export type InForce =
  | { readonly is: 'yes'; readonly by: string; readonly policy: AdmissionPolicy }
  | { readonly is: 'no' }
  | { readonly is: 'unknown'; readonly why: readonly string[] };

/**
 * A policy of ours is known by what it says, down to the last character of each rule, and must be bound, to refuse, without a condition. Any other thing in
 * the input that judges pods may refuse the same: whether it does is not known.
 */
export function admissionInForce({ objects }: Snapshot, zone: TrainingZone, side: AdmissionPolicy['side']): InForce {
  const policy = admissionPolicies(zone).find((p) => p.side === side);
  if (policy === undefined || policy.rules.length === 0) return { is: 'no' };
  const judges = objects.filter(judgesPods);
  const bindings = objects.filter((o) => o.kind === 'ValidatingAdmissionPolicyBinding' && groupOf(o.apiVersion) === registration);
  const [expected] = admissionObjects(policy, 'kubernetes');
  const wanted = said(memberOf(expected, 'spec'));
  const found = judges.find((o) => o.kind === 'ValidatingAdmissionPolicy' && said(o.body.spec) === wanted && bindings.some((b) => binds(b, o)));
  if (found !== undefined) return { is: 'yes', by: `ValidatingAdmissionPolicy ${found.name}`, policy };
  const others = [...judges, ...objects.filter((o) => isOurs(o, policy))];
  const why = [...new Set(others)].map((o) => doubt(o, policy, bindings));
  return why.length === 0 ? { is: 'no' } : { is: 'unknown', why };
}

const registration = 'admissionregistration.k8s.io';

function doubt(object: RawObject, policy: AdmissionPolicy, bindings: readonly RawObject[]): string {
  const title = `${object.kind} ${object.name}`;
  if (object.name !== policy.name) return `not known: whether ${title} refuses such pods; what it says is not understood here`;
  if (object.kind !== 'ValidatingAdmissionPolicy') return `not known: whether what enforces ${title} runs, and refuses where it fails`;
  return bindings.some((b) => binds(b, object))
    ? `not known: whether ${title} refuses such pods; it differs from what the zone gives now: generate the pack again`
    : `not known: whether ${title} is in force: no binding of the input makes it refuse (validationActions: [Deny]) everywhere`;
}

/** Kinds of admission that may refuse pods. Of webhooks and policies of the API server, those that ask for pods. */
function judgesPods({ apiVersion, kind, body }: RawObject): boolean {
  const group = groupOf(apiVersion);
  if (group === 'kyverno.io' || group === 'policies.kyverno.io') return /Policy$/.test(kind) && !/Cleanup|Deleting/.test(kind);
  if (group === 'constraints.gatekeeper.sh') return true;
  if (group !== registration) return false;
  if (kind === 'ValidatingAdmissionPolicy') return listOf(memberOf(body.spec, 'matchConstraints', 'resourceRules')).some(asksForPods);
  if (kind !== 'ValidatingWebhookConfiguration') return false;
  return listOf(body.webhooks).some((webhook) => listOf(memberOf(webhook, 'rules')).some(asksForPods));
}

function asksForPods(rule: unknown): boolean {
  const groups = listOf(memberOf(rule, 'apiGroups'));
  const resources = listOf(memberOf(rule, 'resources'));
  return groups.some((g) => g === '' || g === '*') && resources.some((r) => r === 'pods' || r === '*' || r === '*/*' || r === 'pods/*');
}

function isOurs({ name, kind }: RawObject, policy: AdmissionPolicy): boolean {
  return name === policy.name && kind !== 'ValidatingAdmissionPolicyBinding';
}

/** Whether a binding makes a policy refuse, whatever the namespace, with no parameter that could be missing. */
function binds(binding: RawObject, policy: RawObject): boolean {
  const { spec } = binding.body;
  if (!isMap(spec)) return false;
  const others = Object.keys(spec).filter((key) => !['policyName', 'validationActions'].includes(key) && !isEmpty(spec[key]));
  return spec.policyName === policy.name && listOf(spec.validationActions).includes('Deny') && others.length === 0;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (isMap(value) && Object.values(value).every(isEmpty)) || (Array.isArray(value) && value.length === 0);
}

/** What the spec of a policy says, with the defaults of the API server; messages say nothing. Anything that is not known here stays in, and makes it another. */
function said(spec: unknown): string {
  if (!isMap(spec)) return '';
  const { validations, matchConstraints, ...rest } = spec;
  const constraints = isMap(matchConstraints) ? matchConstraints : {};
  const rules = listOf(constraints.resourceRules).map((rule) => (isMap(rule) ? { scope: '*', ...rule } : rule));
  const others = { failurePolicy: 'Fail', ...rest };
  return stableJson({
    ...Object.fromEntries(Object.entries(others).filter(([, value]) => !isEmpty(value))),
    matchConstraints: { matchPolicy: 'Equivalent', objectSelector: {}, ...constraints, resourceRules: rules },
    validations: listOf(validations).map((one) => memberOf(one, 'expression')),
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
