import { type ClaimMatrix, othersOf } from './claim-matrix.ts';
import type { Member } from './member.ts';
import { ownNodeOfRepresentative } from './representatives.ts';

/** A node that no input names and that is not the pod's own. */
const anotherNode = 'another node';

/** Nodes that a member may meet. Where it runs is known of representatives alone: they see their own node and another, whatever the input shows. */
export function nodesFor(reach: ClaimMatrix, member: Member): readonly (string | null)[] {
  const known = othersOf(reach).flatMap((p) => (p.kind === 'node' ? [p.node] : []));
  if (member.representative === null) return known.filter((n) => n !== ownNodeOfRepresentative);
  return [...new Set([...known.filter((n) => n !== null), ownNodeOfRepresentative, anotherNode])];
}

export function nodeTitle(node: string | null): string {
  return node === null ? 'a node' : node === anotherNode || node === ownNodeOfRepresentative ? node : `node ${node}`;
}
