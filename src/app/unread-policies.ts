import type { Dialect } from '../dialects/dialect.ts';
import { secondaryNetworksOf } from '../engine/secondary-plane.ts';
import { isMap } from '../kernel/map.ts';
import type { Origin } from '../kernel/origin.ts';
import { shown } from '../kernel/reader.ts';
import { groupOf } from '../model/metadata.ts';
import { type Action, type Direction, type Policy, type Rule, type Subject, type Tier, tiers } from '../model/policy.ts';
import type { RawObject, Snapshot } from '../model/snapshot.ts';
import { dialectFor, surroundingsOf } from './dialects-of.ts';

/**
 * The snapshot with what stands for policies that could not be read: documents and files whose content nobody knows (`shut`), and objects of policy
 * languages that were refused. What they may open or close is unknown, for those that they may be about. Pure.
 */
export function withUnread(snapshot: Snapshot, shut: readonly Origin[], refused: readonly RawObject[]): Snapshot {
  const around = surroundingsOf(snapshot.objects);
  const ofObjects = refused.flatMap((object) => {
    const dialect = dialectFor(`${groupOf(object.apiVersion)}/${object.kind}`);
    // What is staged decides nothing before it is promoted.
    if (dialect === undefined || dialect.staging?.about(object) != null) return [];
    return refusedPolicies(dialect, object, around);
  });
  const [first] = shut;
  const ofDocuments = first === undefined ? [] : anything(shut, first);
  if (ofObjects.length === 0 && ofDocuments.length === 0) return snapshot;
  const networks = secondaryNetworksOf(snapshot);
  const beside = [...ofObjects.filter((p) => p.dialect === besidePodNetwork), ...ofDocuments.map((p): Policy => ({ ...p, dialect: besidePodNetwork }))];
  return {
    ...snapshot,
    unreadPolicies: [...ofObjects.filter((p) => p.dialect !== besidePodNetwork), ...ofDocuments],
    secondary: { ...snapshot.secondary, policies: [...snapshot.secondary.policies, ...beside.map((p) => ({ ...p, networks: p.networks ?? networks }))] },
  };
}

const besidePodNetwork = 'multi-network-policy';

/** Comes before everything that can be read: nothing settles a packet before it. */
const foremost: Tier = { id: 'could-not-be-read', order: -1, end: 'pass' };

/** Documents that may hold anything: a policy about every pod, and one about every node. */
function anything(shut: readonly Origin[], origin: Origin): Policy[] {
  const files = [...new Set(shut.map((o) => o.document.file))];
  const more = files.length > 3 ? ` and ${files.length - 3} more` : '';
  const gap = `what documents that could not be read hold, of ${files.slice(0, 3).map(shown).join(', ')}${more}`;
  const whole = { kind: 'document', dialect: 'kubernetes', namespace: null, name: 'could-not-be-read', origin } as const;
  return [everyPod(null), everyNode].map((subject, i) => perhaps({ ...whole, id: `what could not be read${i === 0 ? '' : ' (nodes)'}`, subject }, gap));
}

/** What a refused object may do: anything, for those it is about where that can be read, else for all that it could be about. */
function refusedPolicies(dialect: Dialect, object: RawObject, around: ReturnType<typeof surroundingsOf>): Policy[] {
  const { kind, namespace, name, origin } = object;
  const id = `${kind} ${namespace === null ? '' : `${namespace}/`}${name === '' ? '(without a name)' : name}`;
  const gap = `what ${id} does, which could not be read`;
  const about = aboutWhom(dialect, object, around);
  const common = { dialect: dialect.id, kind, namespace, name, origin };
  const parts: readonly Part[] = about ?? (namespace === null ? [everyPod(null), everyNode] : [everyPod(namespace)]).map((subject) => ({ subject }));
  return parts.map((part, i): Policy => {
    const identity = {
      ...common,
      id: i === 0 ? id : `${id} part ${i + 1}`,
      subject: part.subject,
      ...(part.networks === undefined ? {} : { networks: part.networks }),
    };
    return dialect.id === 'kubernetes' || dialect.id === besidePodNetwork ? addsUp(identity, directionsOf(object, part), gap) : perhaps(identity, gap);
  });
}

/** Whom an object, or one of its specs, is about. */
type Part = Pick<Policy, 'subject'> & Partial<Pick<Policy, 'isolates' | 'networks'>>;

/** The object read without its rules; null where even so it cannot be. */
function aboutWhom({ read, subject }: Dialect, object: RawObject, around: ReturnType<typeof surroundingsOf>): readonly Policy[] | null {
  if (subject === undefined) return null;
  const { fields, beside = [{}] } = subject;
  for (const more of beside) {
    const least = (spec: unknown): unknown => ({
      ...more,
      ...Object.fromEntries(fields.flatMap((f) => (isMap(spec) && Object.hasOwn(spec, f) ? [[f, spec[f]]] : []))),
    });
    const { spec, specs } = object.body;
    const body = { ...object.body, ...(spec === undefined ? {} : { spec: least(spec) }), ...(Array.isArray(specs) ? { specs: specs.map(least) } : {}) };
    const result = read({ ...object, body }, around);
    if (result.ok && result.value.length > 0) return result.value;
  }
  return null;
}

const both = { ingress: true, egress: true };

/** Directions that a NetworkPolicy is about: those that it lists; any, where it leaves them to its rules, which could not be read. */
function directionsOf({ body }: RawObject, part: Part): Policy['isolates'] {
  return isMap(body.spec) && Array.isArray(body.spec.policyTypes) ? (part.isolates ?? both) : both;
}

type Identity = Pick<Policy, 'id' | 'dialect' | 'kind' | 'namespace' | 'name' | 'subject' | 'origin' | 'networks'>;

/** A policy that can take nothing away from what others allow: it isolates, and may open everything. */
function addsUp(identity: Identity, isolates: Policy['isolates'], gap: string): Policy {
  const rules = directions.filter((d) => isolates[d]).map((d) => perhapsRule(d, 'allow', identity.origin, gap));
  return { ...identity, tier: tiers.normal, order: 0, evaluation: 'deny-wins', isolates, rules, unread: true };
}

/** A policy that may open or close everything for its subject, whatever others say. */
function perhaps(identity: Identity, gap: string): Policy {
  const rules = directions.flatMap((d) => (['allow', 'deny'] as const).map((action) => perhapsRule(d, action, identity.origin, gap)));
  return { ...identity, tier: foremost, order: 0, evaluation: 'first-match', isolates: { ingress: false, egress: false }, rules, unread: true };
}

const directions: readonly Direction[] = ['ingress', 'egress'];

function perhapsRule(direction: Direction, action: Action, origin: Origin, gap: string): Rule {
  const peer = { kind: 'unknown', gap, mend: 'mend the faults that are told at its place' } as const;
  return { direction, action, peers: [peer], ports: null, application: null, origin };
}

function everyPod(namespace: string | null): Subject {
  const all = { requirements: [] };
  const namespaces = namespace === null ? ({ kind: 'labelled', selector: all } as const) : ({ kind: 'named', name: namespace } as const);
  return { kind: 'pods', match: { namespaces, pods: all, serviceAccounts: null } };
}

const everyNode: Subject = { kind: 'nodes', selector: { requirements: [] } };
