import type { Reachability, ReachParty } from '../src/engine/reach.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import type { Decision, Endpoint } from '../src/model/verdict.ts';
import type { IpSet } from '../src/space/ip-set.ts';
import { formatIp } from '../src/space/ip-set.ts';
import type { Protocol } from '../src/space/transport-set.ts';

/** What one party of the matrix lets another do at one point, as `reach` and `decide` must both have it. */
export type PointAnswer = 'allowed' | 'denied' | 'unknown';

/** The answer of the symbolic engine at one point. */
export function reachAt(reach: Reachability, from: ReachParty, to: ReachParty, protocol: Protocol, port: number, quantifier: 'some' | 'every'): PointAnswer {
  const flow = reach.between(from, to, quantifier);
  if (flow.allowed.has(protocol, port)) return 'allowed';
  return flow.unknown.has(protocol, port) ? 'unknown' : 'denied';
}

/** The answer for many pairs of pods: `some` takes the most open one, `every` the most shut one. Ambiguous counts as unknown: it is never yes. */
export function combine(decisions: readonly Decision[], quantifier: 'some' | 'every'): PointAnswer {
  const has = (wanted: readonly Decision[]): boolean => decisions.some((d) => wanted.includes(d));
  const order: readonly PointAnswer[] = quantifier === 'some' ? ['allowed', 'unknown', 'denied'] : ['denied', 'unknown', 'allowed'];
  return order.find((answer) => has(answer === 'unknown' ? ['unknown', 'ambiguous'] : [answer])) ?? 'denied';
}

/** The concrete ends that a party stands for; an address block is stood for by both ends of each of its intervals. */
export function endpointsOf(snapshot: Snapshot, party: ReachParty): Endpoint[] {
  switch (party.kind) {
    case 'workload': {
      const workload = snapshot.workloads.find((w) => w.id === party.id);
      return Array.from({ length: workload?.replicas ?? 0 }, (_, replica) => ({ kind: 'pod', workload: party.id, replica }));
    }
    case 'node':
      return [{ kind: 'node', node: party.node }];
    case 'external':
      return edgesOf(party.addresses).map((ip) => ({ kind: 'address', ip }));
    case 'name':
      return [{ kind: 'name', name: party.name }];
  }
}

/** All pairs of concrete ends, without a pod and itself (that path is never blocked and is no part of the matrix). */
export function pairsOf(snapshot: Snapshot, from: ReachParty, to: ReachParty): (readonly [Endpoint, Endpoint])[] {
  const targets = endpointsOf(snapshot, to);
  return endpointsOf(snapshot, from).flatMap((a) => targets.filter((b) => !samePod(a, b)).map((b) => [a, b] as const));
}

/** What people read in a failure. */
export function partyText(party: ReachParty): string {
  switch (party.kind) {
    case 'workload':
      return party.id;
    case 'node':
      return `node ${party.node ?? '?'}`;
    case 'external':
      return `external ${edgesOf(party.addresses).join('…')}`;
    case 'name':
      return `name ${party.name}`;
  }
}

function samePod(a: Endpoint, b: Endpoint): boolean {
  return a.kind === 'pod' && b.kind === 'pod' && a.workload === b.workload && a.replica === b.replica;
}

function edgesOf(addresses: IpSet): string[] {
  const v4 = addresses.v4.flatMap(([low, high]) => (low === high ? [low] : [low, high])).map((value) => formatIp({ family: 4, value }));
  const v6 = addresses.v6.flatMap(([low, high]) => (low === high ? [low] : [low, high])).map((value) => formatIp({ family: 6, value }));
  return [...v4, ...v6];
}
