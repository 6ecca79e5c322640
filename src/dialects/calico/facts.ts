import { kept } from '../../kernel/memo.ts';
import { Reader } from '../../kernel/reader.ts';
import { type Labels, labelOf } from '../../model/labels.ts';
import { labelsOf } from '../../model/metadata.ts';
import { namespaceNameLabel } from '../../model/namespace-match.ts';
import type { RawObject } from '../../model/snapshot.ts';
import { hostCidr, parseCidr, parseIp } from '../../space/ip-set.ts';
import type { Surroundings } from '../dialect.ts';
import { type LabelReading, namespaceLabel } from './selector.ts';

/** API groups of Calico's kinds: the API server's, and the one that the objects are stored under. */
export const groups: readonly string[] = ['projectcalico.org', 'crd.projectcalico.org'];

/** Addresses with labels: a NetworkSet, a GlobalNetworkSet, or a HostEndpoint's expected addresses. `namespace` is null for the last two. */
export interface AddressSet {
  readonly namespace: string | null;
  readonly labels: Labels;
  readonly cidrs: readonly string[];
}

/** What selectors of one input are asked about, beside its pods. */
export interface Facts {
  /** Labels of the namespaces that the input holds, by name. */
  readonly namespaces: ReadonlyMap<string, Labels>;
  /** Labels of service accounts, by namespace and name. */
  readonly accounts: ReadonlyMap<string, ReadonlyMap<string, Labels>>;
  readonly sets: readonly AddressSet[];
  readonly hostEndpoints: readonly { readonly name: string; readonly labels: Labels }[];
}

const known = new WeakMap<Surroundings, Facts>();

/** The facts of one input, collected once. */
export function factsOf(around: Surroundings): Facts {
  const before = known.get(around);
  if (before !== undefined) return before;
  const namespaces = new Map<string, Labels>(around.of('', 'Namespace').map((n) => [n.name, { ...labelsOf(n), [namespaceNameLabel]: n.name }] as const));
  const accounts = new Map<string, Map<string, Labels>>();
  for (const a of around.of('', 'ServiceAccount')) kept(accounts, a.namespace ?? 'default', () => new Map<string, Labels>()).set(a.name, labelsOf(a));
  const sets = groups.flatMap((group) => [
    ...around.of(group, 'NetworkSet').map((o) => addressSet(o, o.namespace ?? 'default', 'nets')),
    ...around.of(group, 'GlobalNetworkSet').map((o) => addressSet(o, null, 'nets')),
    ...around.of(group, 'HostEndpoint').map((o) => addressSet(o, null, 'expectedIPs')),
  ]);
  const hostEndpoints = groups.flatMap((group) => around.of(group, 'HostEndpoint').map((o) => ({ name: o.name, labels: labelsOf(o) })));
  const facts = { namespaces, accounts, sets, hostEndpoints };
  known.set(around, facts);
  return facts;
}

/** Faulty members are left out here: reading the set itself reports them. */
function addressSet(object: RawObject, namespace: string | null, field: 'nets' | 'expectedIPs'): AddressSet {
  const members = new Reader(object.body, object.origin, []).field('spec').field(field).each();
  return { namespace, labels: labelsOf(object), cidrs: members.map((m) => cidrOf(m.value)).filter((cidr) => cidr !== undefined) };
}

/** Canonical text of a CIDR, or of one address as a CIDR; undefined for anything else. */
export function cidrOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return parseCidr(parseIp(value) === undefined ? value : hostCidr(value))?.text;
}

/**
 * The labels of a set as selectors see them: its own and, in a namespace, that namespace's. Source: libcalico-go
 * lib/backend/syncersv1/updateprocessors/networksetprocessor.go.
 */
export function readingOf(set: AddressSet, facts: Facts): LabelReading {
  const { namespace } = set;
  const inherited = namespace === null ? {} : facts.namespaces.get(namespace);
  return (label) => {
    const own = labelOf(set.labels, label);
    if (own !== undefined) return { value: own };
    if (namespace === null) return { value: undefined };
    if (label === namespaceLabel || label === 'pcns.projectcalico.org/name' || label === `pcns.${namespaceNameLabel}`) return { value: namespace };
    if (!label.startsWith('pcns.')) return { value: undefined };
    return inherited === undefined ? null : { value: labelOf(inherited, label.slice('pcns.'.length)) };
  };
}
