import { sortedBy } from '../kernel/stable.ts';
import { partsOf } from '../model/peer-parts.ts';
import type { NameMatch, Peer } from '../model/policy.ts';
import { canonicalName, matchesName } from './match.ts';
import { believableNames } from './witness.ts';

type Pattern = Extract<NameMatch, { kind: 'pattern' }>;

/** An outside name that stands for itself, or for the names of one pattern. */
interface NameParty {
  readonly kind: 'name';
  readonly name: string;
  readonly pattern?: string;
}

/** Beyond this many comparisons, names are not ranked by how few patterns hold them: the first free one is taken. */
const mostComparisons = 2_000_000;

/**
 * The names that stand for all that rules say of names, in name order: each exact name, and for each pattern one of its own, which no rule spells out and which as
 * few other patterns hold as can be found: no rule hides behind another. A pattern for which no name is found at all has none.
 */
export function nameParties(matches: readonly NameMatch[]): readonly NameParty[] {
  const parties = new Map<string, NameParty>();
  const patterns = new Map<string, Pattern>();
  for (const match of matches) {
    if (match.kind === 'pattern') patterns.set(`${match.text} ${match.source}`, match);
    else parties.set(canonicalName(match.name), { kind: 'name', name: canonicalName(match.name) });
  }
  const all = [...patterns.values()];
  const others = all.length * all.length <= mostComparisons ? all : [];
  for (const pattern of all) {
    const name = freeName(pattern, parties, others);
    if (name !== undefined) parties.set(name, { kind: 'name', name, pattern: pattern.text });
  }
  return sortedBy(parties.values(), (party) => party.name);
}

function freeName(pattern: Pattern, taken: ReadonlyMap<string, unknown>, others: readonly Pattern[]): string | undefined {
  const holders = (name: string): number => others.filter((other) => matchesName(other, name)).length;
  const [best] = believableNames(pattern)
    .filter((name) => !taken.has(name))
    .map((name) => ({ name, holders: holders(name) }))
    .sort((a, b) => a.holders - b.holders);
  // A star stands for endlessly many names, so that one more try than there are names taken finds a free one.
  return best?.name ?? believableNames(pattern, taken.size + 1).find((name) => !taken.has(name));
}

/** Every name that a peer speaks of. */
export function namesOf(peer: Peer): readonly NameMatch[] {
  return partsOf(peer).flatMap((part) => (part.kind === 'names' ? part.names : []));
}
