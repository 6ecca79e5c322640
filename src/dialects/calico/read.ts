import { finish, Reader, shown } from '../../kernel/reader.ts';
import type { Diagnostic, Result } from '../../kernel/result.ts';
import { readCidr } from '../../model/cidr-syntax.ts';
import type { Direction, Policy, Rule } from '../../model/policy.ts';
import type { RawObject } from '../../model/snapshot.ts';
import { missingTier } from '../../model/tier-syntax.ts';
import type { Surroundings } from '../dialect.ts';
import { inNamespaces } from './entity.ts';
import { type Facts, factsOf } from './facts.ts';
import { forwardRules } from './forward.ts';
import { readHostEndpoint } from './host-endpoint.ts';
import { piecesOf } from './pieces.ts';
import { accountLabel, accountPrefix, type Selected, selectedPods } from './pods.ts';
import { type ReadRule, readRule } from './rules.ts';
import { allAs, conjunction, type Expression, namespaceLabel, prefixed } from './selector.ts';
import { readSelectorText } from './selector-syntax.ts';
import { checkTier, tierNamed, tierNames } from './tiers.ts';

const specFields = ['tier', 'order', 'selector', 'serviceAccountSelector', 'types', 'ingress', 'egress', 'performanceHints'];
const globalFields = ['namespaceSelector', 'applyOnForward', 'preDNAT', 'doNotTrack'];
const mostRules = 1024;

/**
 * Lowers one object of `projectcalico.org`. Policies make policies; the kinds that policies refer to, and staged policies, are checked and make none.
 * Source: projectcalico/api v3, libcalico-go/lib/validator/v3, libcalico-go/lib/backend/syncersv1/updateprocessors.
 */
export function read(object: RawObject, around: Surroundings): Result<readonly Policy[]> {
  const diagnostics: Diagnostic[] = [];
  const body = new Reader(object.body, object.origin, diagnostics);
  body.object(['apiVersion', 'kind', 'metadata', 'spec', 'status'], Object.fromEntries(specFields.map((key) => [key, `Put ${key} under spec.`])));
  checkVersion(body, object);
  const policies = readKind(object, body, around);
  return finish(diagnostics, () => policies);
}

function checkVersion(body: Reader, { apiVersion, kind }: RawObject): void {
  const wanted = apiVersion.startsWith('crd.') ? 'crd.projectcalico.org/v1' : 'projectcalico.org/v3';
  if (apiVersion !== wanted) body.field('apiVersion').error('unknown-version', `${kind} has no version ${shown(apiVersion)}.`, `Write apiVersion: ${wanted}.`);
}

function readKind(object: RawObject, body: Reader, around: Surroundings): readonly Policy[] {
  switch (object.kind) {
    case 'NetworkPolicy':
    case 'GlobalNetworkPolicy':
      return readPolicy(object, body.field('spec'), around, []);
    case 'StagedNetworkPolicy':
    case 'StagedGlobalNetworkPolicy': {
      checkStaged(body.field('spec'));
      readPolicy(object, body.field('spec'), around, ['stagedAction']);
      return [];
    }
    case 'StagedKubernetesNetworkPolicy':
      checkStaged(body.field('spec'));
      checkStagedKubernetes(body.field('spec'));
      return [];
    case 'Tier':
      checkTier(body, object.name);
      return [];
    case 'NetworkSet':
    case 'GlobalNetworkSet':
      body.field('spec').object(['nets'], { allowedEgressDomains: 'Names in sets are a feature of Calico Enterprise and Calico Cloud only.' });
      for (const net of body.field('spec').field('nets').each()) readCidr(net);
      return [];
    default:
      return readHostEndpoint(object, body.field('spec'), around, aimed);
  }
}

/** Whom a cluster-wide policy is about; its faults are told where it is read. */
function aimed({ body, origin }: RawObject): { readonly subject: Expression | null; readonly types: Policy['isolates'] } {
  const spec = new Reader(body, origin, []).field('spec');
  return { subject: readSubject(spec, null), types: readTypes(spec) };
}

/** The shape alone: what rules of it say is read as of any NetworkPolicy where it is promoted. Source: projectcalico/api v3 StagedKubernetesNetworkPolicySpec. */
function checkStagedKubernetes(spec: Reader): void {
  spec.object(['stagedAction', 'podSelector', 'policyTypes', 'ingress', 'egress']);
  spec.field('podSelector').expect('an object');
  for (const type of spec.field('policyTypes').each()) type.expect('a string');
  for (const rules of ['ingress', 'egress']) for (const rule of spec.field(rules).each()) rule.expect('an object');
}

function checkStaged(spec: Reader): void {
  spec.field('stagedAction').oneOf(['Set', 'Delete', 'Learn', 'Ignore']);
}

function readPolicy(object: RawObject, spec: Reader, around: Surroundings, more: readonly string[]): readonly Policy[] {
  const global = object.kind.endsWith('GlobalNetworkPolicy');
  const namespace = global ? null : (object.namespace ?? 'default');
  const elsewhere = {
    podSelector: 'Calico says selector.',
    policyTypes: 'Calico says types.',
    ...(global ? {} : { namespaceSelector: 'A NetworkPolicy selects in its own namespace only; use a GlobalNetworkPolicy.' }),
  };
  if (spec.absent)
    spec.warning(
      'no-spec',
      'This policy has no spec: it selects everything in its reach and lets nothing in.',
      'Write the spec, or say so: spec: {selector: all(), types: [Ingress]}.',
    );
  spec.object([...specFields, ...(global ? globalFields : []), ...more], elsewhere);
  const tier = readTier(spec, around);
  const order = spec.field('order').expect('a number') ? (spec.field('order').value as number) : Number.POSITIVE_INFINITY;
  const types = readTypes(spec);
  const facts = factsOf(around);
  const subject = readSubject(spec, namespace);
  const rules = { ingress: readRules(spec, 'ingress', types.ingress, namespace, around), egress: readRules(spec, 'egress', types.egress, namespace, around) };
  const hostOnly = global && checkForward(spec, types.egress, rules.egress.length > 0);
  if (tier === undefined) return [];
  const name = namespace === null ? object.name : `${namespace}/${object.name}`;
  const id = `${object.kind}.projectcalico.org ${name}`;
  const common = { dialect: 'calico', kind: object.kind, namespace, name: object.name, order, evaluation: 'first-match', origin: object.origin } as const;
  const whole = (expression: Expression | null): readonly Selected[] => subjectsOf(expression, facts, spec);
  const forward = global ? forwardRules(spec, id, subject, facts, { ...rules, types }) : null;
  return [
    ...(hostOnly ? [] : policiesOf({ ...common, id, tier }, types, subject, rules, whole)),
    ...(forward === null ? [] : policiesOf({ ...common, id: `${id} on forward`, tier: forward.tier }, neither, null, forward, whole)),
  ];
}

const neither = { ingress: false, egress: false };

/** The policies of the model that stand for one object: several where its rules are about different pods, their place keeps the ids apart. */
function policiesOf(
  common: Omit<Policy, 'subject' | 'isolates' | 'rules'>,
  types: Policy['isolates'],
  subject: Expression | null,
  rules: Readonly<Record<Direction, readonly ReadRule[]>>,
  subjects: (expression: Expression | null) => readonly Selected[],
): readonly Policy[] {
  return piecesOf(rules.ingress, rules.egress)
    .flatMap((piece) => subjects(conjunction([subject, piece.near])).map((selected) => ({ selected, piece })))
    .map(({ selected: { match, gap }, piece }, i) => {
      const isolates = piece.near === null && piece.first ? types : neither;
      return {
        ...common,
        id: i === 0 ? common.id : `${common.id} part ${i + 1}`,
        subject: { kind: 'pods', match },
        ...(gap === null ? { isolates, rules: piece.rules } : { isolates: neither, rules: perhaps(piece.rules, gap, common, isolates) }),
      };
    });
}

/** The rules of a policy that may or may not be about its pods: each may match, and where the tier would then end in denial, that may come too. */
function perhaps(rules: readonly Rule[], gap: string, { tier, origin }: Pick<Policy, 'tier' | 'origin'>, isolates: Policy['isolates']): readonly Rule[] {
  const condition = `whether the policy is about this pod (${gap})`;
  const ends = (['ingress', 'egress'] as const).filter((direction) => isolates[direction] && tier.end === 'deny');
  return [
    ...rules.map((rule) => ({ ...rule, condition: rule.condition === undefined ? condition : `${rule.condition}; ${condition}` })),
    ...ends.map((direction): Rule => ({ direction, action: 'deny', peers: null, ports: null, application: null, condition, origin })),
  ];
}

function readTier(spec: Reader, around: Surroundings): Policy['tier'] | undefined {
  const at = spec.field('tier');
  const name = at.string() ?? 'default';
  const tier = tierNamed(name === '' ? 'default' : name, around);
  if (tier === undefined) missingTier(at, name, tierNames(around));
  return tier;
}

/** Absent: Ingress unless there are egress rules alone, Egress when there are egress rules. Source: projectcalico/api v3 NetworkPolicySpec.types. */
function readTypes(spec: Reader): { readonly ingress: boolean; readonly egress: boolean } {
  const field = spec.field('types');
  const items = field.each();
  if (items.length === 0) {
    const egress = spec.field('egress').each().length > 0;
    return { ingress: !egress || spec.field('ingress').each().length > 0, egress };
  }
  const types = items.map((item) => item.oneOf(['Ingress', 'Egress']));
  if (new Set(types).size < types.length) field.error('duplicate', 'types names a type twice; the API refuses it.');
  return { ingress: types.includes('Ingress'), egress: types.includes('Egress') };
}

/** Whom the policy is about, as an expression over endpoints. */
function readSubject(spec: Reader, namespace: string | null): Expression | null {
  const selector = readSelectorText(spec.field('selector'));
  const accounts = readSelectorText(spec.field('serviceAccountSelector'));
  const namespaces = readSelectorText(spec.field('namespaceSelector'));
  const own: Expression | null =
    namespace !== null ? { kind: 'among', label: namespaceLabel, values: [namespace] } : namespaces === null ? null : inNamespaces(namespaces);
  return conjunction([own, selector, accounts === null ? null : allAs(prefixed(accounts, accountPrefix), accountLabel)]);
}

/** The alternatives of a subject. */
function subjectsOf(expression: Expression | null, facts: Facts, spec: Reader): readonly Selected[] {
  const selected = selectedPods(expression ?? { kind: 'all' }, facts);
  if (selected === null)
    spec.error('selector-too-wide', 'The selectors mix pods, namespaces and service accounts in more ways than can be told apart.', 'Make several policies.');
  return selected ?? [];
}

function readRules(spec: Reader, direction: Direction, counts: boolean, namespace: string | null, around: Surroundings): readonly ReadRule[] {
  const field = spec.field(direction);
  const items = field.each();
  if (items.length > mostRules)
    field.error('too-many', `${direction} has ${items.length} rules; the API takes at most ${mostRules}.`, 'Make several policies.');
  const rules = items.map((rule) => readRule(rule, { direction, namespace, around }));
  if (counts || rules.length === 0) return counts ? rules : [];
  const type = direction === 'ingress' ? 'Ingress' : 'Egress';
  field.warning(
    'ignored-section',
    `${direction} has rules but types leaves out ${type}, so they have no effect.`,
    `Add ${type} to types, or remove the rules.`,
  );
  return [];
}

/** Whether the policy acts on host endpoints alone: before translation, or without tracking. Source: projectcalico/api v3 GlobalNetworkPolicySpec, its CEL rules. */
function checkForward(spec: Reader, egressType: boolean, egressRules: boolean): boolean {
  const [forward, preDnat, untracked] = ['applyOnForward', 'preDNAT', 'doNotTrack'].map((key) => spec.field(key).boolean() === true);
  if (preDnat && untracked) spec.field('preDNAT').error('one-of', 'preDNAT and doNotTrack stand together; the API takes one of them.');
  if (preDnat && (egressType || egressRules))
    spec.field('preDNAT').error('pre-dnat-egress', 'A preDNAT policy is about ingress only.', 'Remove egress and its type.');
  if ((preDnat || untracked) && !forward)
    spec.field(preDnat ? 'preDNAT' : 'doNotTrack').error('missing-field', 'preDNAT and doNotTrack need applyOnForward: true.', 'Add applyOnForward: true.');
  return preDnat === true || untracked === true;
}
