import { addressSet } from '../../engine/addresses.ts';
import { directoryOf } from '../../engine/directory.ts';
import type { Flow } from '../../engine/flow.ts';
import { type ReachParty, reach as solve } from '../../engine/reach.ts';
import { kept } from '../../kernel/memo.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Endpoint } from '../../model/verdict.ts';
import type { Workload } from '../../model/workload.ts';
import { ipIsEmpty, ipSubtract } from '../../space/ip-set.ts';
import { TransportSet } from '../../space/transport-set.ts';
import type { QueryPorts } from './query.ts';
import { type Belongs, nodeAddressesOf, podAddressesOf, type Resolved, unionAll } from './resolve.ts';

/** What a query comes to: workloads that nothing tells apart count once. */
export interface End {
  readonly party: ReachParty;
  readonly endpoint: Endpoint;
  readonly workload: Workload | null;
  /** Another workload just like it, for packets from one to the other. */
  readonly fellow: Workload | null;
  readonly title: string;
  readonly is: Belongs;
}

/** A party that a query names as reached, looked up. */
export interface Target {
  readonly resolved: Resolved;
  readonly ports: QueryPorts | null;
}

/** Targets with those on the same ports as one: what several permit together they permit. */
export function merged(to: readonly Target[]): readonly Target[] {
  const byPorts = new Map<string, Target[]>();
  for (const target of to) kept(byPorts, target.ports === null ? '' : `${target.ports.numbers.id} ${target.ports.names.join()}`, () => []).push(target);
  return [...byPorts.values()].map((some) => ({ resolved: unionAll(some.map((t) => t.resolved)), ports: some[0]?.ports ?? null }));
}

/** The ports of a query at one end: names are those of its containers. */
export function portsAt({ numbers, names }: QueryPorts, { workload }: End): TransportSet {
  const named = (workload?.ports ?? []).filter((p) => p.name !== null && names.includes(p.name));
  return TransportSet.unionAll([numbers, ...named.map((p) => TransportSet.of(p.protocol, [[p.port, p.port]]))]);
}

/**
 * The addresses at which an end is asked about one by one, as targets hold some of them and not others; null where the end is one thing. Whoever may reach
 * nothing but a block may not reach a pod of it at its other address.
 */
export function partsOf(snapshot: Snapshot, to: readonly Target[], end: End): readonly (string | null)[] {
  return to.some(({ resolved }) => belongs(resolved, end) === 'partly') ? addressesOf(snapshot, end) : [null];
}

/** What targets permit at an end, or at one of its addresses: for certain, and perhaps. */
export function permittedAt(to: readonly Target[], end: End, address: string | null): { readonly sure: TransportSet; readonly perhaps: TransportSet } {
  const permitting = to.map(({ resolved, ports }) => {
    const is = belongs(resolved, end);
    const holds = is === 'partly' ? (address !== null && covers(resolved, address) ? 'yes' : 'no') : is;
    return { ports: ports === null ? TransportSet.full : portsAt(ports, end), is: holds };
  });
  const of = (is: Belongs): TransportSet => TransportSet.unionAll(permitting.filter((p) => p.is === is).map((p) => p.ports));
  return { sure: of('yes'), perhaps: of('maybe') };
}

/** Which of its addresses a target holds, as text: ends are alike when it is the same. */
export function heldOf(snapshot: Snapshot, { resolved }: Target, workload: Workload): string {
  const is = resolved.workloads.get(workload) ?? '-';
  return is === 'partly'
    ? podAddressesOf(snapshot, workload)
        .filter((ip) => covers(resolved, ip))
        .join(' ')
    : is;
}

function covers({ addresses }: Resolved, address: string): boolean {
  return ipIsEmpty(ipSubtract(addressSet([address]), addresses));
}

/** Whether a party covers an end. A name has public addresses, so the internet covers it. */
function belongs({ workloads, nodes, addresses, names, anyName }: Resolved, end: End): Belongs | 'no' {
  switch (end.party.kind) {
    case 'workload':
      return (end.workload === null ? undefined : workloads.get(end.workload)) ?? 'no';
    case 'node':
      return nodes.get(end.party.node) ?? 'no';
    case 'external':
      return ipIsEmpty(ipSubtract(end.party.addresses, addresses)) ? 'yes' : 'no';
    case 'name':
      return anyName || names.has(end.party.name) ? 'yes' : 'no';
  }
}

function addressesOf(snapshot: Snapshot, { workload, party }: End): readonly string[] {
  if (workload !== null) return podAddressesOf(snapshot, workload);
  return party.kind === 'node' ? nodeAddressesOf(snapshot, party.node) : [];
}

/** What passes when the far end has this address alone: solved for the two of them. A rule on blocks may open one address and not the other. */
export function flowAt(snapshot: Snapshot, profile: Profile, from: End, to: End, address: string): Flow {
  const { workloads } = directoryOf(snapshot);
  const own = from.party.kind === 'workload' ? workloads.get(from.party.id) : undefined;
  const there = to.endpoint.kind === 'pod' ? workloads.get(to.endpoint.workload) : undefined;
  const home = to.endpoint.kind === 'node' ? to.endpoint.node : there?.hostNetwork === true && there.ips.length === 0 ? there.node : null;
  const node = home === null ? undefined : directoryOf(snapshot).nodes.get(home);
  const far = there === undefined ? [] : [node === undefined ? { ...there, ips: [address] } : there];
  const places = [own, there].flatMap((w) => w?.namespace ?? []);
  const narrowed: Snapshot = {
    ...snapshot,
    workloads: [...(own === undefined || own.id === there?.id ? [] : [own]), ...far],
    nodes: node === undefined ? snapshot.nodes : snapshot.nodes.map((n) => (n === node ? { ...n, addresses: [address] } : n)),
    policies: profile.foreignPolicies === 'unknown' ? snapshot.policies : directoryOf(snapshot).policiesFor(places),
  };
  return solve(narrowed, profile).between(from.party, to.party);
}
