import { addressSet, blockSet, cidrSet, publicAddresses } from '../../engine/addresses.ts';
import { directoryOf, podLabels } from '../../engine/directory.ts';
import { matchNamespace } from '../../engine/namespaces.ts';
import type { Diagnostic } from '../../kernel/result.ts';
import { nearest } from '../../kernel/spelling.ts';
import { selects } from '../../model/labels.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';
import { type IpSet, ipIsEmpty, ipSubtract, ipUnion, ipUnionAll, noAddresses, parseCidr } from '../../space/ip-set.ts';
import { knownAddresses, nodeLiesIn, podLiesIn, type Whereabouts } from '../claims/lies-in.ts';
import type { BoundZone } from '../claims/member.ts';
import { isProtected } from '../claims/protected.ts';
import { representativeKind } from '../claims/representatives.ts';
import { isFuture } from './future.ts';
import type { QueryParty } from './query.ts';

/**
 * Whether something belongs to a party: labels of an implied namespace, or the pod of a workload that is meant, may not be known. `partly`: some of its known
 * addresses lie in the blocks of the party, and others do not.
 */
export type Belongs = 'yes' | 'partly' | 'maybe';

/** Everything that a party of a query stands for. */
export interface Resolved {
  readonly workloads: ReadonlyMap<Workload, Belongs>;
  readonly nodes: ReadonlyMap<string | null, Belongs>;
  readonly addresses: IpSet;
  readonly names: ReadonlySet<string>;
  /** Every name outside the cluster, listed or not. */
  readonly anyName: boolean;
}

export const nobody: Resolved = { workloads: new Map(), nodes: new Map(), addresses: noAddresses, names: new Set(), anyName: false };

export const everyAddress: IpSet = cidrSet(['0.0.0.0/0', '::/0']);

/** The cluster that queries are asked about. `nodes` are those of the matrix. */
export interface Place {
  readonly snapshot: Snapshot;
  readonly zones: readonly BoundZone[];
  readonly nodes: readonly (string | null)[];
}

/** Looks a party up. A word that names nothing is a diagnostic; a selector that selects nothing is not. */
export function resolveParty({ snapshot, zones, nodes }: Place, party: QueryParty): Resolved | Diagnostic {
  const real = snapshot.workloads.filter((w) => w.lifecycle !== 'finished' && representativeKind(w) === null);
  switch (party.kind) {
    case 'anyone':
      return { workloads: all(real), nodes: all(nodes), addresses: everyAddress, names: new Set(), anyName: true };
    case 'internet':
      return { ...nobody, addresses: publicAddresses, anyName: true };
    case 'host':
      return { ...nobody, names: new Set([party.host]) };
    case 'node': {
      if (party.node === null) return { ...nobody, nodes: all(nodes) };
      const name = directoryOf(snapshot).nodes.get(party.node)?.name ?? party.node;
      return nodes.includes(name)
        ? { ...nobody, nodes: all([name]) }
        : unknown(
            party,
            `No node of the input is called ${party.node}.`,
            party.node,
            nodes.map((n) => n ?? ''),
          );
    }
    case 'cidr':
      return inCidr(snapshot, nodes, real, blockSet(party.cidr, party.except));
    case 'any-pod-in':
      return { ...nobody, workloads: all(snapshot.workloads.filter((w) => w.namespace === party.namespace && (real.includes(w) || isFuture(w)))) };
    case 'workload': {
      const [name, namespace, kind] = party.name.split('/').reverse();
      const found = real.filter((w) => w.name === name && w.namespace === namespace && (kind === undefined || w.kind === kind));
      if (found.length > 0) return { ...nobody, workloads: all(found) };
      return unknown(
        party,
        `No workload of the input is called ${party.name}.`,
        party.name,
        real.map((w) => `${w.namespace}/${w.name}`),
      );
    }
    case 'zone': {
      const zone = zones.find((z) => z.intents.zone === party.zone);
      if (zone === undefined)
        return unknown(
          party,
          `No zone is called ${party.zone}${zones.length === 0 ? ': none was given' : ''}.`,
          party.zone,
          zones.map((z) => z.intents.zone),
        );
      const names = zone.intents.workloads.map((w) => w.name);
      if (party.workload !== null && !names.includes(party.workload))
        return unknown(party, `Zone ${party.zone} has no workload ${party.workload}.`, party.workload, names);
      const members = zone.members.filter((m) => m.representative !== 'possible' && (party.workload === null || m.intent?.name === party.workload));
      return { ...nobody, workloads: all(members.map((m) => m.workload)) };
    }
    case 'protected': {
      const targets = zones.flatMap((z) => z.intents.protected).filter((p) => p.name === party.name);
      if (targets.length === 0)
        return unknown(
          party,
          `No zone protects anything called ${party.name}.`,
          party.name,
          zones.flatMap((z) => z.intents.protected.map((p) => p.name)),
        );
      return targets.map((target) => protectedBy(snapshot, nodes, real, target)).reduce(union);
    }
    case 'pods': {
      const workloads = new Map<Workload, Belongs>();
      for (const w of real) {
        const is = podIs(snapshot, party, w);
        if (is !== 'no') workloads.set(w, is);
      }
      return { ...nobody, workloads };
    }
  }
}

export function union(a: Resolved, b: Resolved): Resolved {
  return {
    workloads: joined(a.workloads, b.workloads),
    nodes: joined(a.nodes, b.nodes),
    addresses: ipUnion(a.addresses, b.addresses),
    names: new Set([...a.names, ...b.names]),
    anyName: a.anyName || b.anyName,
  };
}

/** All of many parties as one; addresses are joined at once, as there may be thousands of blocks. */
export function unionAll(parties: readonly Resolved[]): Resolved {
  const whole = parties.map((p) => ({ ...p, addresses: noAddresses })).reduce(union, nobody);
  return { ...whole, addresses: ipUnionAll(parties.map((p) => p.addresses)) };
}

function joined<K>(a: ReadonlyMap<K, Belongs>, b: ReadonlyMap<K, Belongs>): ReadonlyMap<K, Belongs> {
  if (b.size === 0) return a;
  const out = new Map(a);
  for (const [key, is] of b) if (is === 'yes' || (is === 'partly' && out.get(key) !== 'yes') || !out.has(key)) out.set(key, is);
  return out;
}

function all<K>(items: readonly K[]): ReadonlyMap<K, Belongs> {
  return new Map(items.map((item) => [item, 'yes'] as const));
}

/** Only some of the pods being selected is as good as not knowing: the matrix answers for all of them. */
function podIs(snapshot: Snapshot, party: Extract<QueryParty, { kind: 'pods' }>, w: Workload): 'yes' | 'no' | 'maybe' {
  const { namespaces, pods } = party;
  const there =
    namespaces === null
      ? 'yes'
      : namespaces.kind === 'names'
        ? namespaces.names.includes(w.namespace)
          ? 'yes'
          : 'no'
        : matchNamespace(snapshot, { kind: 'labelled', selector: namespaces.selector }, w.namespace).is;
  if (there === 'no') return 'no';
  const replicas = w.perPodLabels.length === 0 ? [0] : [...Array(Math.max(1, Math.min(w.replicas, 10_000))).keys()];
  const chosen = replicas.filter((r) => selects(pods, podLabels(w, r))).length;
  return chosen === 0 ? 'no' : chosen < replicas.length ? 'maybe' : there;
}

/** Outside addresses, and pods and nodes that have one of them, or may have one. */
function inCidr(snapshot: Snapshot, nodes: readonly (string | null)[], real: readonly Workload[], block: IpSet): Resolved {
  const place = placeOf(snapshot);
  const workloads = new Map<Workload, Belongs>();
  for (const w of real) {
    const is = podLiesIn(place, w, block);
    if (is !== 'no') workloads.set(w, is === 'yes' && !liesWholly(podAddressesOf(snapshot, w), block) ? 'partly' : is);
  }
  const inside = new Map<string | null, Belongs>();
  for (const name of nodes) {
    const is = nodeLiesIn(place, name, block);
    if (is !== 'no') inside.set(name, is === 'yes' && !liesWholly(knownAddresses(place, name), block) ? 'partly' : is);
  }
  return { ...nobody, workloads, nodes: inside, addresses: block };
}

function placeOf(snapshot: Snapshot): Whereabouts {
  return { ranges: snapshot.ranges, nodes: directoryOf(snapshot).nodes };
}

/** Addresses of the pods of a workload, as far as the input tells them. */
export function podAddressesOf(snapshot: Snapshot, { ips, hostNetwork, node }: Workload): readonly string[] {
  return ips.length > 0 || !hostNetwork ? ips : nodeAddressesOf(snapshot, node);
}

/** Addresses of a node, as far as the input tells them. */
export function nodeAddressesOf(snapshot: Snapshot, node: string | null): readonly string[] {
  return knownAddresses(placeOf(snapshot), node);
}

function liesWholly(known: readonly string[], block: IpSet): boolean {
  return ipIsEmpty(ipSubtract(addressSet(known), block));
}

function protectedBy(
  snapshot: Snapshot,
  nodes: readonly (string | null)[],
  real: readonly Workload[],
  target: BoundZone['intents']['protected'][number],
): Resolved {
  const blocks = ipUnionAll(target.cidrs.flatMap((c) => parseCidr(c)?.set ?? []));
  const workloads = new Map<Workload, Belongs>();
  for (const w of real) {
    const is = isProtected(snapshot, target, blocks, w);
    if (is !== 'no') workloads.set(w, is);
  }
  return union({ ...nobody, workloads }, inCidr(snapshot, nodes, [], blocks));
}

function unknown(party: QueryParty, message: string, word: string, known: readonly string[]): Diagnostic {
  const meant = nearest(word, known);
  return { code: 'unknown-party', severity: 'error', message, ...(meant === undefined ? {} : { hint: `Did you mean ${meant}?` }), origin: party.origin };
}
