import type { Guid } from '../../fabric/guid.ts';
import { kept } from '../../kernel/memo.ts';
import type { FabricCrossing } from '../../model/fabric-audit-report.ts';
import type { Finding } from '../../model/finding.ts';
import { asFull, baseOf, defaultPartition, isFull, keyText } from '../../model/pkey.ts';
import { found, some } from './found.ts';
import type { Party } from './intent.ts';
import { hostOf, isTooMuch, judged, partyOf, type Situation, type Tables } from './situation.ts';

/** Pairs that are named of each crossing. */
const examplesShown = 3;
const culpritsShown = 5;
export const nobody = 'ports that nobody knows';

interface Member {
  readonly guid: Guid;
  readonly key: number;
}

/** The ports of one party in one partition. */
interface Group {
  readonly party: Party | null;
  readonly full: Member[];
  readonly limited: Member[];
}

/** Whether every host is a full member of the default partition, so that there are no partitions at all. */
export function isFlat({ hosts }: Situation, tables: Tables): boolean {
  const held = hosts.map((port) => tables.keys.get(port.guid)).filter((keys) => keys !== undefined);
  return held.length > 1 && held.every((keys) => keys.includes(asFull(defaultPartition)));
}

/** Who can talk and is not to, now and when the configuration is next read; each pair of parties and partition once. */
export function crossingsOf(situation: Situation): { readonly crossings: readonly FabricCrossing[]; readonly findings: readonly Finding[] } {
  const crossings: FabricCrossing[] = [];
  const findings: Finding[] = [];
  const told = new Set<string>();
  for (const tables of judged(situation))
    for (const [base, groups] of byPartition(situation, tables))
      for (const [i, a] of groups.entries())
        for (const b of groups.slice(i + 1)) {
          if (isWanted(a.party, b.party, base)) continue;
          const pairs = a.full.length * (b.full.length + b.limited.length) + a.limited.length * b.full.length;
          const key = `${base} ${nameOf(a)} ${nameOf(b)}`;
          if (pairs === 0 || told.has(key)) continue;
          told.add(key);
          const crossing: FabricCrossing = { a: nameOf(a), b: nameOf(b), pkey: base, when: tables.when, pairs, examples: examples(situation, a, b) };
          crossings.push(crossing);
          // One finding tells of a flat fabric, and one of each full member of the default partition.
          if (base !== defaultPartition) findings.push(findingOf(situation, tables, crossing, a, b));
        }
  return { crossings, findings };
}

function byPartition(situation: Situation, tables: Tables): ReadonlyMap<number, readonly Group[]> {
  const partitions = new Map<number, Map<Party | null, Group>>();
  for (const port of situation.hosts) {
    const held = new Map<number, number>();
    for (const key of tables.keys.get(port.guid) ?? []) if (baseOf(key) !== 0) held.set(baseOf(key), Math.max(key, held.get(baseOf(key)) ?? 0));
    const party = partyOf(situation, port.guid);
    for (const [base, key] of held) {
      const group = kept(
        kept(partitions, base, () => new Map<Party | null, Group>()),
        party,
        (): Group => ({ party, full: [], limited: [] }),
      );
      (isFull(key) ? group.full : group.limited).push({ guid: port.guid, key });
    }
  }
  const rank = ({ party }: Group): number => (party === null ? Number.POSITIVE_INFINITY : situation.intent.parties.indexOf(party));
  return new Map([...partitions].map(([base, groups]) => [base, [...groups.values()].sort((a, b) => rank(a) - rank(b))]));
}

/** Whether two parties are meant to meet in a partition: a hub and its clients there, and what runs the fabric everywhere. */
export function isWanted(a: Party | null, b: Party | null, base: number): boolean {
  if (a?.kind === 'infrastructure' || b?.kind === 'infrastructure') return true;
  const serves = (hub: Party | null, client: Party | null): boolean => hub?.kind === 'hub' && hub.base === base && client?.uses.includes(base) === true;
  return serves(a, b) || serves(b, a);
}

function examples(situation: Situation, a: Group, b: Group): FabricCrossing['examples'] {
  const out: { a: string; aKey: number; b: string; bKey: number }[] = [];
  for (const x of [...a.full, ...a.limited])
    for (const y of [...b.full, ...b.limited]) {
      if (!isFull(x.key) && !isFull(y.key)) continue;
      out.push({ a: hostOf(situation, x.guid), aKey: x.key, b: hostOf(situation, y.guid), bKey: y.key });
      if (out.length === examplesShown) return out;
    }
  return out;
}

function findingOf(situation: Situation, tables: Tables, crossing: FabricCrossing, a: Group, b: Group): Finding {
  const members = [...a.full, ...a.limited, ...b.full, ...b.limited];
  const culprits = members.filter(({ guid, key }) => isTooMuch(partyOf(situation, guid), key));
  const blamed = culprits.length === 0 ? members : culprits;
  const places = blamed.flatMap(({ guid, key }) => {
    const origin = tables.cause(guid, key);
    return origin === null ? [] : [{ origin, message: `${hostOf(situation, guid)} has ${keyText(key)}` }];
  });
  const limitedToBe = blamed.every(({ guid, key }) => isFull(key) && !isTooMuch(partyOf(situation, guid), baseOf(key)));
  const [pair] = crossing.examples;
  const hosts = some(blamed.map(({ guid }) => hostOf(situation, guid)));
  const count = crossing.pairs === 1 ? '' : `, and ${crossing.pairs - 1} more pair${crossing.pairs === 2 ? '' : 's'} of ports`;
  const later = crossing.when === 'now' ? 'can talk' : 'will be able to talk, once the configuration is read,';
  return found('fabric-zones-share-key', {
    message: `${crossing.a} and ${crossing.b} ${later} over partition ${keyText(crossing.pkey)}: ${pair?.a} (${keyText(pair?.aKey ?? 0)}) and ${pair?.b} (${keyText(pair?.bKey ?? 0)})${count}. ${
      limitedToBe ? `${hosts} should be limited members there.` : `${hosts} ${new Set(blamed.map((m) => m.guid)).size === 1 ? 'does' : 'do'} not belong there.`
    }`,
    primary: places[0]?.origin ?? null,
    related: places.slice(1, culpritsShown),
    ...(limitedToBe ? { fix: `Make ${hosts} limited members of ${keyText(crossing.pkey)}: clients then reach its servers and never each other.` } : {}),
    subjects: [crossing.a, crossing.b],
  });
}

function nameOf({ party }: Group): string {
  return party?.name ?? nobody;
}
