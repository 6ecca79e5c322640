import { finish, Reader } from '../../kernel/reader.ts';
import { type Diagnostic, ok, type Result } from '../../kernel/result.ts';
import { stableJson } from '../../kernel/stable.ts';
import type { Action, Direction, Policy, Rule, Subject } from '../../model/policy.ts';
import { tiers } from '../../model/policy.ts';
import type { RawObject } from '../../model/snapshot.ts';
import { alone, type Surroundings } from '../dialect.ts';
import { asksForGroups, derivativeOf, untilCopied } from './groups.ts';
import type { RuleContext } from './peers.ts';
import { narrowsOthers, readRequired, readRule } from './rules.ts';
import { readPlainSelector, readSubject } from './selectors.ts';
import { Reading, readingName, versions } from './version.ts';

/** One list of rules of a spec. */
interface Section {
  readonly key: 'ingress' | 'ingressDeny' | 'egress' | 'egressDeny';
  readonly direction: Direction;
  readonly action: Action;
}

const sections: readonly Section[] = [
  { key: 'ingress', direction: 'ingress', action: 'allow' },
  { key: 'ingressDeny', direction: 'ingress', action: 'deny' },
  { key: 'egress', direction: 'egress', action: 'allow' },
  { key: 'egressDeny', direction: 'egress', action: 'deny' },
];

const specFields = ['endpointSelector', 'nodeSelector', 'ingress', 'ingressDeny', 'egress', 'egressDeny', 'labels', 'enableDefaultDeny', 'description', 'log'];

/**
 * Lowers a CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy: one policy for `spec` and one for each of `specs`. What the agent would refuse
 * (status Valid=False: the object is stored and nothing enforces it) is an error like what the API server refuses.
 * Source: cilium 1.19 pkg/policy/api, pkg/policy/utils/parserules.go, pkg/k8s/apis/cilium.io.
 */
export function read(object: RawObject, around: Surroundings = alone): Result<readonly Policy[]> {
  const [newest, ...older] = [...versions].reverse().map((version) => new Reading(version)) as [Reading, ...Reading[]];
  const result = readOnce(object, newest, around);
  if (!result.ok || !newest.differs) return result;
  const all = [
    { reading: newest, policies: newest.refused ? null : result.value },
    ...older.map((reading) => ({ reading, policies: takenBy(object, reading, around) })),
  ];
  const base = all.flatMap(({ policies }) => (policies === null ? [] : [policies]))[0] ?? [];
  return ok(
    base.map((policy) => withReadings(policy, all)),
    result.diagnostics,
  );
}

function takenBy(object: RawObject, reading: Reading, around: Surroundings): readonly Policy[] | null {
  const result = readOnce(object, reading, around);
  return result.ok && !reading.refused ? result.value : null;
}

/** The policy as the newest version that takes it has it, with what each version makes of it where that is something else. */
function withReadings(policy: Policy, all: readonly { readonly reading: Reading; readonly policies: readonly Policy[] | null }[]): Policy {
  const readings = all.flatMap(({ reading: { version }, policies }) => {
    const other = policies?.find((p) => p.id === policy.id) ?? null;
    return other !== null && stableJson(other) === stableJson(policy) ? [] : [{ reading: readingName(version), policy: other }];
  });
  return readings.length === 0 ? policy : { ...policy, readings };
}

function readOnce(object: RawObject, reading: Reading, around: Surroundings): Result<readonly Policy[]> {
  const diagnostics: Diagnostic[] = [];
  const body = new Reader(object.body, object.origin, diagnostics);
  const clusterwide = object.kind === 'CiliumClusterwideNetworkPolicy';
  const namespace = clusterwide ? null : (object.namespace ?? 'default');
  if (object.apiVersion !== 'cilium.io/v2')
    body.field('apiVersion').error('unknown-version', `${object.kind} has no version ${object.apiVersion.slice(0, 80)}.`, 'Write apiVersion: cilium.io/v2.');
  const elsewhere = Object.fromEntries(specFields.map((key) => [key, `Put ${key} under spec.`]));
  body.object(['apiVersion', 'kind', 'metadata', 'spec', 'specs', 'status'], elsewhere);
  const specs = [...(body.has('spec') ? [body.field('spec')] : []), ...body.field('specs').each()];
  if (specs.length === 0)
    body.error('no-spec', 'This policy has neither spec nor specs; Cilium refuses it.', 'Write a spec with a selector and at least one rule.');
  const name = clusterwide ? object.name : `${namespace}/${object.name}`;
  const policies = specs.flatMap((spec): Policy[] => {
    const read = readSpec(spec, namespace, reading, around);
    if (read === undefined) return [];
    // Several specs share a name; their place keeps the ids apart.
    const place = specs.length === 1 ? '' : ` ${spec.origin.path.slice(object.origin.path.length).join(' ')}`;
    return [
      {
        id: `${object.kind} ${name}${place}`,
        dialect: 'cilium',
        kind: object.kind,
        namespace,
        name: object.name,
        tier: tiers.normal,
        order: 0,
        evaluation: 'deny-wins',
        ...read,
        origin: specs.length === 1 ? object.origin : spec.origin,
      },
    ];
  });
  const grouped = asksForGroups(specs.flatMap((spec) => sections.map(({ key }) => spec.field(key)))) && !reading.since('1.20');
  if (grouped && derivativeOf(object, around) !== undefined) reading.refuse();
  return finish(diagnostics, () => (grouped ? policies.map(untilCopied) : policies));
}

function readSpec(spec: Reader, namespace: string | null, reading: Reading, around: Surroundings): Pick<Policy, 'subject' | 'isolates' | 'rules'> | undefined {
  if (spec.absent) spec.error('wrong-type', 'This spec is nothing; expected an object.');
  if (
    !spec.object(specFields, {
      podSelector: 'Cilium says endpointSelector.',
      policyTypes: 'Cilium has no policyTypes: a direction is isolated as soon as it has a rule.',
    })
  )
    return undefined;
  const subject = readSpecSubject(spec, namespace, reading);
  const rules: Rule[] = [];
  let said = false;
  for (const { key, direction, action } of sections) {
    const section = spec.field(key).each();
    const free: RuleContext = { namespace, nodes: spec.has('nodeSelector'), reading, around, direction, action, required: [] };
    const context = { ...free, required: readRequired(section, free) };
    said ||= section.length > 0;
    for (const rule of section) rules.push(...readRule(rule, context));
    if (context.required.length > 0) rules.push(narrowsOthers(context, spec.field(key).origin));
  }
  if (!said)
    spec.error(
      'no-rules',
      'This spec has no rule at all: Cilium refuses it, and its pods stay open.',
      'To isolate without opening anything, write ingress: [{}] and egress: [{}].',
    );
  const isolates = { ingress: readIsolation(spec, 'ingress', said), egress: readIsolation(spec, 'egress', said) };
  return subject === undefined ? undefined : { subject, isolates, rules };
}

/** Exactly one of two selectors; nodes only clusterwide. Source: cilium pkg/policy/api/rule_validation.go Rule.Sanitize. */
function readSpecSubject(spec: Reader, namespace: string | null, reading: Reading): Subject | undefined {
  const nodes = spec.field('nodeSelector');
  const endpoints = spec.field('endpointSelector');
  if (nodes.present && endpoints.present)
    nodes.error('one-of', 'This spec has both endpointSelector and nodeSelector; expected exactly one.', 'Make two specs.');
  if (nodes.absent && endpoints.absent) {
    spec.error(
      'missing-field',
      'This spec has neither endpointSelector nor nodeSelector; expected exactly one.',
      'To select every pod, write endpointSelector: {}.',
    );
    return undefined;
  }
  if (nodes.absent) return { kind: 'pods', match: readSubject(endpoints, namespace, reading) };
  if (namespace !== null)
    nodes.error(
      'nodes-in-namespace',
      'nodeSelector is allowed in CiliumClusterwideNetworkPolicy only.',
      'Change the kind, or select pods with endpointSelector.',
    );
  const selector = readPlainSelector(nodes, 'node');
  return selector === undefined ? undefined : { kind: 'nodes', selector };
}

/**
 * A direction is under default deny as soon as it has a rule, a deny rule too, unless enableDefaultDeny says no; an empty list is no rule, and
 * enableDefaultDeny alone does nothing. Source: cilium 1.19 pkg/policy/utils/parserules.go RulesToPolicyEntries, pkg/policy/repository.go computePolicyEnforcementAndRules.
 */
function readIsolation(spec: Reader, direction: Direction, said: boolean): boolean {
  const flags = spec.field('enableDefaultDeny');
  if (direction === 'ingress') flags.object(['ingress', 'egress']);
  const wanted = flags.field(direction).boolean();
  const mine = sections.filter((s) => s.direction === direction).map((s) => spec.field(s.key));
  const ruled = mine.some((list) => list.each().length > 0);
  if (ruled) return wanted !== false;
  const hint = `To isolate ${direction} without opening anything, write ${direction}: [{}].`;
  if (wanted === true) flags.field(direction).warning('no-effect', `enableDefaultDeny.${direction} has no effect: there is no ${direction} rule.`, hint);
  else if (said) for (const list of mine) if (list.present) list.warning('no-effect', `An empty list is no rule: this does not isolate ${direction}.`, hint);
  return false;
}
