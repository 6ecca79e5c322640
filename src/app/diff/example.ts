import { believableAddress, believablePort, standing } from '../../engine/witness.ts';
import type { Endpoint, Packet } from '../../model/verdict.ts';
import type { Workload, WorkloadId } from '../../model/workload.ts';
import type { TransportSet } from '../../space/transport-set.ts';
import type { Leaf, Member, Refinement } from './leaves.ts';

/** A rectangle of traffic: each leaf of `from` to each leaf of `to`. */
interface Ends {
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly ports: TransportSet;
}

/** The most believable packet of a rectangle: between real pods where there are some, to a port that is declared or well known. */
export function examplePacket({ leaves }: Refinement, { from, to, ports }: Ends): Packet {
  return packetBetween(telling(leaves, from), telling(leaves, to), ports);
}

/** The same between two leaves: two pods where they are one leaf. */
export function packetBetween(source: Leaf, target: Leaf, ports: TransportSet): Packet {
  const a = endpoint(source, null);
  const b = endpoint(target, a);
  const destination = target.kind === 'pods' && b.kind === 'pod' ? workloadIn(target.members, b.workload) : null;
  return { from: a, to: b, ...believablePort(ports, destination) };
}

/** Pods before nodes, outside addresses before names. */
function telling(leaves: readonly Leaf[], indices: readonly number[]): Leaf {
  const order: readonly Leaf['kind'][] = ['pods', 'addresses', 'name', 'node'];
  const own = indices.map((i) => leaves[i] as Leaf);
  return order.flatMap((kind) => own.filter((leaf) => leaf.kind === kind))[0] as Leaf;
}

/** One end of the example; where `other` is a pod of the same leaf, another pod. */
function endpoint(leaf: Leaf, other: Endpoint | null): Endpoint {
  switch (leaf.kind) {
    case 'pods': {
      const [first] = leaf.members;
      const fit = leaf.members.filter((m) => other?.kind !== 'pod' || m.id !== other.workload);
      const member = fit.find((m) => runs(m)) ?? fit[0] ?? (first as Member);
      const taken = other?.kind === 'pod' && other.workload === member.id ? other.replica : null;
      return { kind: 'pod', workload: member.id, replica: taken === null ? member.replica : anotherReplica(member, taken) };
    }
    case 'node':
      return { kind: 'node', node: leaf.node };
    case 'addresses':
      return { kind: 'address', ip: believableAddress(leaf.addresses) };
    case 'name':
      return { kind: 'name', name: leaf.name };
  }
}

function runs({ before, after }: Member): boolean {
  const workload = after ?? before;
  return workload !== null && standing(workload) === 0;
}

function anotherReplica(member: Member, taken: number): number {
  return member.replica === taken ? member.second : member.replica;
}

function workloadIn(members: readonly Member[], id: WorkloadId): Workload | null {
  const member = members.find((m) => m.id === id);
  return member?.after ?? member?.before ?? null;
}
