import { unreachable } from '../kernel/result.ts';
import type { Plain, Refuse } from './cannot-say.ts';
import type { Peer, Rule } from './policy.ts';

/** Peers that the languages of pods, blocks, nodes and names have no word for. */
type Unsayable = Extract<Peer, { readonly kind: 'entity' | 'services' | 'all-of' | 'not' | 'unknown' }>;

/** What a language has instead, as a hint. */
interface Instead {
  readonly entity?: string | undefined;
  readonly services: string;
  readonly parts?: string;
}

/** Refuses a peer that a language cannot say, with what it has instead; nothing is written for it. */
export function refusePeer(peer: Unsayable, { origin }: Rule, refuse: Refuse, instead: Instead): Plain {
  switch (peer.kind) {
    case 'entity':
      refuse(origin, `the entity ${peer.entity}.`, instead.entity);
      return {};
    case 'services':
      refuse(origin, 'Services as peers.', instead.services);
      return {};
    case 'all-of':
    case 'not':
      refuse(origin, 'peers that several conditions must agree on, or peers by exclusion.', instead.parts);
      return {};
    case 'unknown':
      refuse(origin, `a peer that cannot be known (${peer.gap}).`);
      return {};
    default:
      return unreachable(peer);
  }
}
