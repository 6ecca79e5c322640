import type { ReachParty } from '../../engine/reach.ts';
import { type ClaimMatrix, othersOf } from './claim-matrix.ts';
import type { Member } from './member.ts';
import { ownNodeOfRepresentative } from './representatives.ts';

/** A node that no input names and that is not the pod's own. */
const anotherNode = 'another node';

const nodes = new WeakMap<readonly ReachParty[], readonly (string | null)[]>();

/** Nodes among the parties, found once for as long as these stay: there may be thousands of blocks beside them. */
function nodesAmong(parties: readonly ReachParty[]): readonly (string | null)[] {
  const found = nodes.get(parties) ?? parties.flatMap((p) => (p.kind === 'node' ? [p.node] : []));
  nodes.set(parties, found);
  return found;
}

/** Nodes that a member may meet. Where it runs is known of representatives alone: they see their own node and another, whatever the input shows. */
export function nodesFor(reach: ClaimMatrix, member: Member): readonly (string | null)[] {
  const known = nodesAmong(othersOf(reach));
  if (member.representative === null) return known.filter((n) => n !== ownNodeOfRepresentative);
  return [...new Set([...known.filter((n) => n !== null), ownNodeOfRepresentative, anotherNode])];
}

export function nodeTitle(node: string | null): string {
  return node === null ? 'a node' : node === anotherNode || node === ownNodeOfRepresentative ? node : `node ${node}`;
}
