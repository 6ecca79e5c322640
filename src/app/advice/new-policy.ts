import { placeOf } from '../../engine/arrange.ts';
import type { LabelSelector } from '../../model/labels.ts';
import type { Action, DialectId, Direction, Peer, Policy, PortMatch, Rule } from '../../model/policy.ts';
import { tiers } from '../../model/policy.ts';
import type { Workload } from '../../model/workload.ts';
import { frameOf } from '../generate/languages.ts';
import { proposedFile } from './change.ts';
import { type Asked, objectName, selectorOf, wordFor } from './party.ts';

/**
 * The namespaced kind in which each language says what is allowed beside all else that is. The other languages have a place in an order instead. Antrea has
 * one as well: there a policy goes where packs put theirs, before NetworkPolicy, and is tried last.
 */
const unionKinds: Partial<Readonly<Record<DialectId, string>>> = {
  kubernetes: 'NetworkPolicy',
  cilium: 'CiliumNetworkPolicy',
  gke: 'FQDNNetworkPolicy',
  eks: 'ApplicationNetworkPolicy',
  antrea: 'NetworkPolicy',
};

/** Languages of the union, as far as the profile enforces them: those that policies of the cluster are written in first. */
export function unionLanguages({ snapshot, profile }: Pick<Asked, 'snapshot' | 'profile'>, first: readonly DialectId[]): DialectId[] {
  const spoken = snapshot.policies.map((p) => p.dialect);
  const known = (Object.keys(unionKinds) as DialectId[]).filter((d) => profile.enforces.includes(d));
  const rank = (d: DialectId): number => (d === 'antrea' ? 3 : first.includes(d) ? 0 : spoken.includes(d) ? 1 : 2);
  return known.sort((a, b) => rank(a) - rank(b));
}

/** What a new policy is to say about the packet. */
export interface Said {
  readonly direction: Direction;
  readonly action: Action;
  readonly peers: readonly Peer[];
  readonly ports: readonly PortMatch[] | null;
}

const origin = { document: { file: proposedFile, index: 0 }, path: [] };

/** One rule that says it. */
export function ruleOf({ direction, action, peers, ports }: Said): Rule {
  return { direction, action, peers, ports, application: null, origin };
}

/** A policy of the union about one workload. Isolates in `direction` where its rules allow. */
export function unionPolicy(asked: Asked, workload: Workload, dialect: DialectId, direction: Direction, rules: readonly Rule[], name: string): Policy | null {
  const denies = rules.length > 0 && rules.every((r) => r.action === 'deny');
  const isolates = { ingress: direction === 'ingress' && !denies, egress: direction === 'egress' && !denies };
  return unionFrame(asked, { namespace: workload.namespace, pods: selectorOf(asked, workload), dialect, rules, isolates, name });
}

/** What a policy of the union is about, and what it says. */
export interface UnionFrame {
  readonly namespace: string;
  readonly pods: LabelSelector;
  readonly dialect: DialectId;
  readonly rules: readonly Rule[];
  readonly isolates: Policy['isolates'];
  /** Becomes another one where it is taken. */
  readonly name: string;
}

/** A policy of the union about pods of one namespace; null where the language has no such kind. */
export function unionFrame(asked: Pick<Asked, 'snapshot'>, { namespace, pods, dialect, rules, isolates, name }: UnionFrame): Policy | null {
  const kind = unionKinds[dialect];
  if (kind === undefined) return null;
  const fresh = freshName(asked, kind, namespace, name);
  const ordered = dialect === 'antrea' ? frameOf(dialect) : null;
  return {
    id: `${ordered?.called ?? kind} ${namespace}/${fresh}`,
    dialect,
    kind,
    namespace,
    name: fresh,
    tier: tiers.normal,
    order: 0,
    evaluation: 'deny-wins',
    isolates,
    ...ordered?.policy,
    subject: { kind: 'pods', match: { namespaces: { kind: 'named', name: namespace }, pods, serviceAccounts: null } },
    rules: ordered === null ? rules : ranked(rules),
    origin,
  };
}

/** Rules of one direction in the order that they stand in. */
function ranked(rules: readonly Rule[]): readonly Rule[] {
  return rules.map((rule, i) => ({ ...rule, rank: rules.slice(0, i).filter((r) => r.direction === rule.direction).length }));
}

/**
 * A policy of the same kind as `other` that comes just before it and says one thing about one workload; null where there is no place before it, or its
 * order is none.
 */
export function policyBefore(asked: Asked, workload: Workload, other: Policy, rule: Rule, name: string): Policy | null {
  return frameBefore(asked, other, { namespace: workload.namespace, pods: selectorOf(asked, workload), rules: [rule], name });
}

/**
 * A policy that comes just before `other`, about pods of one namespace; null as with {@link policyBefore}. Of the same kind as `other`, or, where it is to stand in
 * the namespace itself and the language has a kind for that beside the one for the whole cluster, of that.
 */
export function frameBefore(
  asked: Pick<Asked, 'snapshot' | 'profile'>,
  other: Policy,
  { namespace: about, pods, rules, name }: Pick<UnionFrame, 'namespace' | 'pods' | 'rules' | 'name'>,
  where: 'as other' | 'own namespace' = 'as other',
): Policy | null {
  if (other.evaluation !== 'first-match') return null;
  const order = orderBefore(asked, other);
  if (order === null) return null;
  const within = where === 'own namespace' && other.dialect === 'calico';
  const namespace = within ? about : other.namespace;
  const ofKind = (word: string): string => (within ? word.replace(/^Global/, '') : word);
  const kind = ofKind(other.kind);
  const fresh = freshName(asked, kind, namespace, inTier(other, name));
  const kindWord = ofKind(other.id.split(' ')[0] ?? other.kind);
  const isolates = other.isolates.ingress || other.isolates.egress;
  return {
    ...other,
    id: `${kindWord} ${namespace === null ? fresh : `${namespace}/${fresh}`}`,
    kind,
    namespace,
    name: fresh,
    order,
    subject: { kind: 'pods', match: { namespaces: { kind: 'named', name: about }, pods, serviceAccounts: null } },
    isolates: { ingress: isolates && rules.some((r) => r.direction === 'ingress'), egress: isolates && rules.some((r) => r.direction === 'egress') },
    rules,
    origin,
  };
}

/**
 * Calico wants the tier before the name of a policy, but for the tier `default`; later versions take it with or without.
 * Source: projectcalico/calico v3.30 libcalico-go/lib/names/policy.go ValidateTieredPolicyName.
 */
function inTier({ dialect, tier }: Policy, name: string): string {
  return dialect === 'calico' && tier.id !== 'default' ? `${tier.id}.${name}` : name;
}

/** An order between a policy and the one before it in its tier. Whole where there is room; priorities of cluster policies are whole numbers from 0. */
function orderBefore({ snapshot, profile }: Pick<Asked, 'snapshot' | 'profile'>, other: Policy): number | null {
  const { tier, order } = placeOf(other, profile);
  const before = snapshot.policies
    .map((p) => placeOf(p, profile))
    .filter((p) => p.tier.id === tier.id && p.order < order)
    .map((p) => p.order);
  const previous = Math.max(...before, Number.NEGATIVE_INFINITY);
  const whole = order === Number.POSITIVE_INFINITY ? (previous === Number.NEGATIVE_INFINITY ? 1000 : Math.floor(previous) + 1) : Math.ceil(order) - 1;
  if (other.dialect === 'network-policy-api') return whole >= 0 && whole > previous ? whole : null;
  return whole > previous ? whole : (previous + order) / 2;
}

function freshName({ snapshot }: Pick<Asked, 'snapshot'>, kind: string, namespace: string | null, name: string): string {
  const taken = new Set(snapshot.policies.filter((p) => p.kind === kind && p.namespace === namespace).map((p) => p.name));
  for (let n = 1; ; n++) {
    const tried = n === 1 ? name : `${name.slice(0, 55)}-${n}`;
    if (!taken.has(tried)) return tried;
  }
}

/** A name that tells what the policy does: `db-allow-from-trainer`. */
export function nameFor(asked: Asked, { direction, action }: Pick<Said, 'direction' | 'action'>): string {
  const { from, to } = asked.packet;
  const [own, other] = direction === 'egress' ? [from, to] : [to, from];
  return objectName(`${wordFor(asked, own).slice(0, 25)}-${action}-${direction === 'egress' ? 'to' : 'from'}-${wordFor(asked, other).slice(0, 25)}`);
}
