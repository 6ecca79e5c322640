import { addressSet, assumedClusterRanges, cidrSet, inBlock } from '../../engine/addresses.ts';
import type { Directory } from '../../engine/directory.ts';
import { kept } from '../../kernel/memo.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';
import { type IpSet, ipIsEmpty, ipSubtract } from '../../space/ip-set.ts';

type Tri = 'yes' | 'no' | 'maybe';

/** What is looked at to say where pods and nodes lie. */
export interface Whereabouts {
  readonly ranges: Pick<Snapshot['ranges'], 'pods' | 'nodes'>;
  readonly nodes: Directory['nodes'];
}

/** Whether pods of a workload have an address in a block: one of several is enough. A pod on its node's network that tells none has those of the node. */
export function podLiesIn(place: Whereabouts, { ips, hostNetwork, node }: Pick<Workload, 'ips' | 'hostNetwork' | 'node'>, block: IpSet): Tri {
  if (ips.length > 0) return inBlock(addressSet(ips), true, block);
  return hostNetwork ? nodeLiesIn(place, node, block) : among(place.ranges.pods, block);
}

/** Whether a node has an address in a block; null is one that no input names. A word that is an address names a node by it. */
export function nodeLiesIn(place: Whereabouts, node: string | null, block: IpSet): Tri {
  const own = knownAddresses(place, node);
  return own.length > 0 ? inBlock(addressSet(own), true, block) : among(place.ranges.nodes, block);
}

/** Addresses of a node, as far as the input tells them. */
export function knownAddresses({ nodes }: Pick<Whereabouts, 'nodes'>, node: string | null): readonly string[] {
  if (node === null) return [];
  const known = nodes.get(node);
  return known === undefined ? (ipIsEmpty(addressSet([node])) ? [] : [node]) : known.addresses;
}

/**
 * Whether some address of these ranges lies in a block. Where no range is known, the private ranges are all that can be said: who is not in a block that holds
 * all of these of one family is taken to lie outside, and `addressesTaken` says so.
 */
function among(ranges: readonly string[], block: IpSet): Tri {
  const known = kept(answers, block, () => new WeakMap<readonly string[], Tri>());
  return kept(known, ranges, () => somewhereIn(ranges, block));
}

/** Asked once for each block, not for each of a hundred thousand pods. */
const answers = new WeakMap<IpSet, WeakMap<readonly string[], Tri>>();

function somewhereIn(ranges: readonly string[], block: IpSet): Tri {
  if (ranges.length > 0) return inBlock(cidrSet(ranges), false, block);
  const left = ipSubtract(assumedClusterRanges, block);
  return left.v4.length === 0 || left.v6.length === 0 ? 'maybe' : 'no';
}

/** Whether there is some pod, or some node, of which no address is known. */
export interface Untold {
  readonly pods: boolean;
  readonly nodes: boolean;
}

export function untoldIn({ workloads, nodes }: Pick<Snapshot, 'workloads' | 'nodes'>): Untold {
  return {
    pods: workloads.some((w) => w.lifecycle !== 'finished' && !w.hostNetwork && w.ips.length === 0),
    nodes: nodes.length === 0 || nodes.some((n) => n.addresses.length === 0),
  };
}

/** What answers about blocks of addresses rest on, where ranges are not given either: a sentence each. Pods and nodes to come have no known address. */
export function addressesTaken(ranges: Whereabouts['ranges'], untold: Untold = { pods: true, nodes: true }): readonly string[] {
  const taken = (who: 'pod' | 'node'): string =>
    `Ranges of ${who} addresses were not given (platform.ranges.${who}s): ${who}s without a known address are taken to lie outside of blocks of private addresses.`;
  return (['pod', 'node'] as const).filter((who) => untold[`${who}s`] && ranges[`${who}s`].length === 0).map(taken);
}
