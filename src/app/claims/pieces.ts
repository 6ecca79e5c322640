import { assumedClusterRanges, cidrSet, publicAddresses } from '../../engine/addresses.ts';
import type { ReachParty } from '../../engine/reach.ts';
import { believableAddress } from '../../engine/witness.ts';
import { metadataAddresses } from '../../services/metadata.ts';
import { type IpSet, ipIntersect, ipIsEmpty, ipSubtract } from '../../space/ip-set.ts';

/** A part of the outside that rules, the zone and people all treat alike. `title` is what people call it. */
export interface Piece {
  /** The party of the matrix that it is a part of. Parties partition the outside: what the matrix says of the one, it says of the other. */
  readonly party: ReachParty;
  readonly addresses: IpSet;
  /** The most believable one. */
  readonly address: string;
  readonly title: string;
  /** Lower is more telling as a counterexample. */
  readonly rank: number;
}

const known = new WeakMap<ReachParty, WeakMap<readonly IpSet[], readonly Piece[]>>();

/** Cuts the outside (the external parties of a reachability matrix) along the given sets, and along what people tell apart: metadata, private, public. */
export function outsidePieces(parties: readonly ReachParty[], cuts: readonly IpSet[]): Piece[] {
  return parties.flatMap((party) => {
    if (party.kind !== 'external') return [];
    const byCuts = known.get(party) ?? new WeakMap<readonly IpSet[], readonly Piece[]>();
    known.set(party, byCuts);
    const pieces = byCuts.get(cuts) ?? piecesOf(party, cuts);
    byCuts.set(cuts, pieces);
    return pieces;
  });
}

const metadata = metadataAddresses.map((m) => ({ set: cidrSet([m.cidr]), title: `${m.cidr.split('/')[0]} (${m.title})` }));

function piecesOf(party: Extract<ReachParty, { kind: 'external' }>, cuts: readonly IpSet[]): readonly Piece[] {
  const lines = [...cuts, ...metadata.map((m) => m.set), publicAddresses, assumedClusterRanges];
  return cut(party.addresses, lines).map((addresses): Piece => {
    const one = { party, addresses, address: believableAddress(addresses) };
    const service = metadata.find((m) => !ipIsEmpty(ipIntersect(addresses, m.set)));
    if (service !== undefined) return { ...one, title: service.title, rank: 0 };
    if (!ipIsEmpty(ipIntersect(addresses, publicAddresses)))
      return { ...one, title: addresses.v4.length > 0 ? 'the internet' : 'the internet (IPv6)', rank: 4 };
    if (!ipIsEmpty(ipIntersect(addresses, assumedClusterRanges))) return { ...one, title: 'private addresses outside the cluster', rank: 5 };
    return { ...one, title: 'special-purpose addresses', rank: 8 };
  });
}

function cut(set: IpSet, lines: readonly IpSet[]): IpSet[] {
  let pieces = [set];
  for (const line of lines) pieces = pieces.flatMap((p) => [ipIntersect(p, line), ipSubtract(p, line)].filter((s) => !ipIsEmpty(s)));
  return pieces;
}
