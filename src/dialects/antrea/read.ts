import { kept } from '../../kernel/memo.ts';
import { finish, Reader, shown } from '../../kernel/reader.ts';
import type { Diagnostic, Result } from '../../kernel/result.ts';
import { stableJson } from '../../kernel/stable.ts';
import type { Direction, Policy, Rule, Subject, Tier } from '../../model/policy.ts';
import type { RawObject } from '../../model/snapshot.ts';
import { missingTier } from '../../model/tier-syntax.ts';
import type { Surroundings } from '../dialect.ts';
import { readAppliedTo } from './applied-to.ts';
import { checkGroup } from './groups.ts';
import { type PlacedRule, readRule } from './rules.ts';
import { checkTier, defaultTier, tierName, tierNamed, tierNames } from './tiers.ts';

const apiVersion = 'crd.antrea.io/v1beta1';
const directions: readonly Direction[] = ['ingress', 'egress'];

/**
 * Lowers one object of `crd.antrea.io`. Policies make policies, of which none isolates; tiers and groups are checked and make none.
 * Source: antrea pkg/apis/crd/v1beta1, build/charts/antrea/crds, pkg/controller/networkpolicy.
 */
export function read(object: RawObject, around: Surroundings): Result<readonly Policy[]> {
  const diagnostics: Diagnostic[] = [];
  const body = new Reader(object.body, object.origin, diagnostics);
  const inSpec = Object.fromEntries(['tier', 'priority', 'appliedTo', 'ingress', 'egress'].map((key) => [key, `Put ${key} under spec.`]));
  body.object(['apiVersion', 'kind', 'metadata', 'spec', 'status'], inSpec);
  if (object.apiVersion !== apiVersion)
    body
      .field('apiVersion')
      .error('unknown-version', `${object.kind} has no version ${shown(object.apiVersion)} that is read here.`, `Write apiVersion: ${apiVersion}.`);
  const policies = readKind(object, body, around);
  return finish(diagnostics, () => policies);
}

function readKind(object: RawObject, body: Reader, around: Surroundings): readonly Policy[] {
  switch (object.kind) {
    case 'NetworkPolicy':
    case 'ClusterNetworkPolicy':
      return readPolicy(object, body, around);
    case 'Tier':
      checkTier(body, object.name, around);
      return [];
    case 'Group':
      checkGroup(body, 'Group', object.namespace ?? 'default', object.name, around);
      return [];
    default:
      checkGroup(body, 'ClusterGroup', null, object.name, around);
      return [];
  }
}

function readPolicy(object: RawObject, body: Reader, around: Surroundings): readonly Policy[] {
  const spec = body.field('spec');
  body.required('spec');
  spec.object(['tier', 'priority', 'appliedTo', 'ingress', 'egress'], {
    podSelector: 'Write appliedTo: [{podSelector: …}].',
    policyTypes: 'Directions without rules are left alone here; remove policyTypes.',
    order: 'Antrea says priority.',
    subject: 'Antrea says appliedTo.',
  });
  const namespace = object.kind === 'NetworkPolicy' ? (object.namespace ?? 'default') : null;
  const tier = readTier(spec, around);
  const order = readPriority(spec);
  const egressRules = spec.field('egress').each().length > 0;
  const applied = readAppliedTo(spec.field('appliedTo'), { namespace, at: 'spec', egressRules, around });
  checkAppliedTo(spec);
  checkNames(spec);
  const baseline = tier !== undefined && tierName(tier) === 'baseline';
  const rules = directions.flatMap((direction) =>
    spec
      .field(direction)
      .each()
      .flatMap((rule, rank) => readRule(rule, rank, { direction, namespace, around, applied, baseline })),
  );
  if (tier === undefined || order === undefined) return [];
  const name = namespace === null ? object.name : `${namespace}/${object.name}`;
  const id = `${object.kind}.crd.antrea.io ${name}`;
  // A policy without rules is still there, and about someone.
  const bare = rules.length > 0 ? [] : applied.flatMap((item) => item.own).map(({ subject }) => ({ subject, rules: [] }));
  return [...partsOf(rules), ...bare].map(
    (part, i): Policy => ({
      id: i === 0 ? id : `${id} part ${i + 1}`,
      dialect: 'antrea',
      kind: object.kind,
      namespace,
      name: object.name,
      tier,
      order,
      evaluation: 'ranked',
      subject: part.subject,
      isolates: { ingress: false, egress: false },
      rules: part.rules,
      origin: object.origin,
    }),
  );
}

/** Rules by whom they are about: the policies of the model that stand for one object. Ranks keep their order, whichever part they are in. */
function partsOf(placed: readonly PlacedRule[]): readonly { readonly subject: Subject; readonly rules: readonly Rule[] }[] {
  const parts = new Map<string, { readonly subject: Subject; readonly rules: Rule[] }>();
  for (const { applied, rule } of placed) kept(parts, stableJson(applied.subject), () => ({ subject: applied.subject, rules: [] })).rules.push(rule);
  return [...parts.values()];
}

function readTier(spec: Reader, around: Surroundings): Tier | undefined {
  const at = spec.field('tier');
  const written = at.string() ?? '';
  const name = written === '' ? defaultTier : written;
  const tier = tierNamed(name, around);
  if (tier === undefined) missingTier(at, name, tierNames(around));
  return tier;
}

/** 1 to 10000, fractions among them; lower first. Source: antrea CRDs. */
function readPriority(spec: Reader): number | undefined {
  const at = spec.field('priority');
  if (spec.present) spec.required('priority');
  if (!at.expect('a number')) return undefined;
  const value = at.value as number;
  if (value >= 1 && value <= 10_000) return value;
  at.error('out-of-range', `priority is ${shown(value)}; expected a number from 1 to 10000.`);
  return undefined;
}

/** In the spec, or in each rule; not in both, nor in some rules only. Source: antrea validate.go validateAppliedTo. */
function checkAppliedTo(spec: Reader): void {
  if (spec.absent) return;
  const rules = directions.flatMap((direction) => spec.field(direction).each());
  const having = rules.filter((rule) => rule.field('appliedTo').each().length > 0);
  const whole = spec.field('appliedTo').each().length > 0;
  if (whole && having.length > 0) spec.field('appliedTo').error('one-of', 'appliedTo is in the spec and in rules; the API takes one of them.');
  else if (!whole && having.length === 0)
    spec.error('missing-field', 'This policy is about nobody: appliedTo is neither in the spec nor in rules.', 'Add appliedTo.');
  else if (!whole)
    for (const rule of rules)
      if (!having.includes(rule))
        rule.error('missing-field', 'Other rules have an appliedTo, and this one has none; the API wants it in all of them.', 'Add appliedTo.');
}

/** Names are unique over both directions; rules without a name get one from what they say. Source: antrea validate.go validateRuleName, mutate.go. */
function checkNames(spec: Reader): void {
  const seen = new Set<string>();
  for (const direction of directions)
    for (const rule of spec.field(direction).each()) {
      const name = rule.field('name').value;
      const key = typeof name === 'string' && name !== '' ? `name ${name}` : `${direction} ${stableJson(rule.value)}`;
      if (seen.has(key))
        rule.error(
          'duplicate',
          key.startsWith('name ') ? `Another rule is called ${shown(name)}.` : 'Another rule says the same.',
          'The API refuses the policy; rename or remove one.',
        );
      seen.add(key);
    }
}
