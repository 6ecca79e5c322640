import type { Peer } from './policy.ts';

/** A peer that holds no others. */
type PlainPeer = Exclude<Peer, { readonly kind: 'all-of' | 'not' }>;

/** Every plain peer that a peer is made of, those that it excludes among them. */
export function partsOf(peer: Peer): readonly PlainPeer[] {
  if (peer.kind === 'all-of') return peer.peers.flatMap(partsOf);
  return peer.kind === 'not' ? partsOf(peer.peer) : [peer];
}
