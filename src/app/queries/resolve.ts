import { blockSet, cidrSet, inBlock, nodeAddresses, podAddresses, publicAddresses } from '../../engine/addresses.ts';
import { directoryOf, podLabels } from '../../engine/directory.ts';
import { matchNamespace } from '../../engine/namespaces.ts';
import type { Diagnostic } from '../../kernel/result.ts';
import { nearest } from '../../kernel/spelling.ts';
import type { ClusterNode } from '../../model/cluster.ts';
import { selects } from '../../model/labels.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';
import { type IpSet, ipSubtract, ipUnion, ipUnionAll, noAddresses, parseCidr } from '../../space/ip-set.ts';
import type { BoundZone } from '../claims/member.ts';
import { isProtected } from '../claims/protected.ts';
import { representativeKind } from '../claims/representatives.ts';
import { isFuture } from './future.ts';
import type { QueryParty } from './query.ts';

/** Whether something belongs to a party: labels of an implied namespace, or the pod of a workload that is meant, may not be known. */
export type Belongs = 'yes' | 'maybe';

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

function joined<K>(a: ReadonlyMap<K, Belongs>, b: ReadonlyMap<K, Belongs>): ReadonlyMap<K, Belongs> {
  const out = new Map(a);
  for (const [key, is] of b) if (is === 'yes' || !out.has(key)) out.set(key, is);
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
  const { nodes: known } = directoryOf(snapshot);
  const workloads = new Map<Workload, Belongs>();
  for (const w of real) {
    const is = w.hostNetwork && w.ips.length === 0 ? nodeIn(snapshot, known.get(w.node ?? ''), block) : podIn(snapshot, w, block);
    if (is !== 'no') workloads.set(w, is);
  }
  const inside = new Map<string | null, Belongs>();
  for (const name of nodes) {
    const is = nodeIn(snapshot, known.get(name ?? ''), block);
    if (is !== 'no') inside.set(name, is);
  }
  return { ...nobody, workloads, nodes: inside, addresses: block };
}

function podIn(snapshot: Snapshot, w: Workload, block: IpSet): 'yes' | 'no' | 'maybe' {
  return within(podAddresses(snapshot, w), w.ips.length > 0, block, snapshot.ranges.pods.length > 0);
}

function nodeIn(snapshot: Snapshot, node: ClusterNode | undefined, block: IpSet): 'yes' | 'no' | 'maybe' {
  const exact = node !== undefined && node.addresses.length > 0;
  return within(nodeAddresses(snapshot, node ?? null), exact, block, snapshot.ranges.nodes.length > 0);
}

/**
 * Whether somebody with one of these addresses lies in a block. Where no range is known either, the private ranges are all that can be said: who is not in a
 * block that holds all of these of one family is taken to lie outside, and `addressesTaken` says so.
 */
function within(candidates: IpSet, exact: boolean, block: IpSet, ranged: boolean): 'yes' | 'no' | 'maybe' {
  const is = inBlock(candidates, exact, block);
  if (exact || ranged || is !== 'maybe') return is;
  const left = ipSubtract(candidates, block);
  return left.v4.length === 0 || left.v6.length === 0 ? 'maybe' : 'no';
}

/** What answers about a block of addresses rest on; null where every address, or its range, is known. */
export function addressesTaken({ workloads, ranges }: Snapshot): string | null {
  const untold = workloads.some((w) => w.ips.length === 0 && w.lifecycle !== 'finished' && representativeKind(w) === null);
  return untold && ranges.pods.length === 0
    ? 'pod ranges are not given: pods without a known address are taken to lie outside of blocks of private addresses'
    : null;
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
