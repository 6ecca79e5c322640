import { kept } from '../kernel/memo.ts';
import type { Policy } from '../model/policy.ts';
import type { Rosters } from './rosters.ts';
import type { SideFlow } from './solve.ts';

/** An effect that comes about: its number when that is certain, else the complement (-1 - number). */
export type Hit = number;

/** The same effect, perhaps. */
export function maybeOf(hit: Hit): Hit {
  return hit < 0 ? hit : -1 - hit;
}

/** What the end of a tier does to subjects of one signature. */
export interface TierEnd {
  readonly policy: Policy;
  readonly certain: boolean;
}

/** What a signature is made of. */
interface Parts {
  /** Numbers of the policies that select its subjects: the number where that is certain, else the complement. */
  readonly selections: readonly number[];
  /** Tiers that some selecting policy isolates in, by id; `endsKey` says the same as text. */
  readonly ends: ReadonlyMap<string, TierEnd>;
  readonly endsKey: string;
  /** Effects on every peer. */
  readonly universal: readonly Hit[];
  /** Effects on every pod, those on every peer among them. Classes that are on none of the lists see these alone, and so share one answer. */
  readonly pods: readonly Hit[];
  /** Further effects, by peer list: list, hit, list, hit … */
  readonly lists: readonly number[];
  /** Those of them that may hold somebody outside the cluster. */
  readonly outside: readonly number[];
  /** Some rule uses a port name: the answer then depends on the destination's ports as well. */
  readonly usesPortNames: boolean;
  /** Some selecting policy is certain, and isolates. */
  readonly isolates: boolean;
}

/** Up to so many entries are looked through; more have an index. */
const fewEntries = 16;

/** A search in the lists of a class is worth it where the rules name so many times fewer. */
const fewerTimes = 4;

const noHits: readonly Hit[] = [];

/**
 * Subjects that the same policies select in one direction: they share every row. Answers are kept elsewhere, by what they are made of; what is kept here
 * only saves the way there, and is made where it is asked for.
 */
export interface Signature extends Parts {
  /** The answer to pods that no rule names. */
  toStrangers: SideFlow | undefined;
  /** Answers by what comes on top of the effects on every pod, and of those on every peer. */
  toPods: Map<string, SideFlow> | undefined;
  toOthers: Map<string, SideFlow> | undefined;
  index: ReadonlyMap<number, readonly Hit[]> | undefined;
  /** Effects on outside addresses, under one version of the atoms. */
  atoms: Kept<number> | undefined;
  /** Effects on peers that are matched one at a time, under one version of what they are matched by. */
  looks: Kept<string> | undefined;
}

/** Effects by peer, as long as the version stays. */
interface Kept<K> {
  readonly version: number;
  readonly hits: Map<K, readonly Hit[]>;
}

/** Field by field: there may be tens of thousands, and a spread costs ten times as much. */
export function signatureFrom({ selections, ends, endsKey, universal, pods, lists, outside, usesPortNames, isolates }: Parts): Signature {
  return {
    selections,
    ends,
    endsKey,
    universal,
    pods,
    lists,
    outside,
    usesPortNames,
    isolates,
    toStrangers: undefined,
    toPods: undefined,
    toOthers: undefined,
    index: undefined,
    atoms: undefined,
    looks: undefined,
  };
}

/** What the rules that name a class do, beyond what they do to every pod. `peers` says on which lists the class is. */
export function hitsOnClass(signature: Signature, peers: Pick<Rosters, 'listsOf' | 'entryOn'>, classId: number): readonly Hit[] {
  const { lists } = signature;
  const entries = peers.listsOf(classId);
  let hits: Hit[] | undefined;
  // Where blocks may hold pods whose addresses nobody knows, each pod is on the list of every block: then the rules are fewer.
  if (lists.length * fewerTimes < entries.length) {
    for (let i = 0; i < lists.length; i += 2) {
      const entry = peers.entryOn(lists[i] as number, classId);
      if (entry === undefined) continue;
      hits ??= [];
      hits.push(entry < 0 ? maybeOf(lists[i + 1] as Hit) : (lists[i + 1] as Hit));
    }
    return hits ?? noHits;
  }
  for (const entry of entries)
    for (const hit of hitsOn(signature, entry < 0 ? -1 - entry : entry)) {
      hits ??= [];
      hits.push(entry < 0 ? maybeOf(hit) : hit);
    }
  return hits ?? noHits;
}

/** Effects on those who are on a list. */
function hitsOn(signature: Signature, list: number): readonly Hit[] {
  const { lists } = signature;
  if (lists.length > fewEntries * 2) {
    signature.index ??= indexOf(lists);
    return signature.index.get(list) ?? noHits;
  }
  let found: Hit[] | undefined;
  for (let i = 0; i < lists.length; i += 2) {
    if (lists[i] !== list) continue;
    found ??= [];
    found.push(lists[i + 1] as Hit);
  }
  return found ?? noHits;
}

/** What is kept under this version: nothing yet, where it is another than before. */
export function keptUnder<K>(known: Kept<K> | undefined, version: number): Kept<K> {
  return known?.version === version ? known : { version, hits: new Map() };
}

function indexOf(lists: readonly number[]): ReadonlyMap<number, readonly Hit[]> {
  const index = new Map<number, Hit[]>();
  for (let i = 0; i < lists.length; i += 2) kept(index, lists[i] as number, () => []).push(lists[i + 1] as Hit);
  return index;
}
