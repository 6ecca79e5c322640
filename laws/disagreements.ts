import { decide } from '../src/engine/decide.ts';
import { reach } from '../src/engine/reach.ts';
import type { Profile } from '../src/model/profile.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import type { Protocol } from '../src/space/transport-set.ts';
import { combine, pairsOf, partyText, reachAt } from './agreement.ts';

/** Packets that were asked of the definition in this process, over all calls. */
export let packetsAsked = 0;

const isOutside = (kind: string): boolean => kind === 'external' || kind === 'name';

/**
 * Where `reach` and `decide` differ on a snapshot: at each point asked for, between every pair of parties, for both quantifiers. Empty when they agree;
 * the first five differences, as text, when they do not.
 */
export function disagreements(snapshot: Snapshot, profile: Profile, asked: readonly (readonly [Protocol, number])[]): string[] {
  const reachability = reach(snapshot, profile);
  const out: string[] = [];
  for (const from of reachability.parties) {
    for (const to of reachability.parties) {
      const pairs = isOutside(from.kind) && isOutside(to.kind) ? [] : pairsOf(snapshot, from, to);
      if (pairs.length === 0) continue;
      for (const [protocol, port] of asked) {
        const said = pairs.map(([a, b]) => decide(snapshot, profile, { from: a, to: b, protocol, port }).decision);
        packetsAsked += pairs.length;
        for (const quantifier of ['some', 'every'] as const) {
          const expected = combine(said, quantifier);
          const answer = reachAt(reachability, from, to, protocol, port, quantifier);
          if (answer !== expected)
            out.push(`${quantifier} ${partyText(from)} -> ${partyText(to)} ${protocol}/${port}: reach says ${answer}, decide ${expected}`);
        }
      }
    }
  }
  return out.slice(0, 5);
}
