import { kept } from '../kernel/memo.ts';
import type { Policy } from '../model/policy.ts';
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

const noHits: readonly Hit[] = [];

/** Subjects that the same policies select in one direction: they share every row. Answers are kept elsewhere, by what they are made of. */
export class Signature {
  readonly selections: readonly number[];
  readonly ends: ReadonlyMap<string, TierEnd>;
  readonly endsKey: string;
  readonly universal: readonly Hit[];
  readonly pods: readonly Hit[];
  readonly lists: readonly number[];
  readonly outside: readonly number[];
  readonly usesPortNames: boolean;
  readonly isolates: boolean;
  /** The answer to pods that no rule names. */
  toStrangers: SideFlow | undefined = undefined;
  #toPods: Map<string, SideFlow> | undefined = undefined;
  #toOthers: Map<string, SideFlow> | undefined = undefined;
  #index: Map<number, Hit[]> | undefined = undefined;
  #atoms: { readonly version: number; readonly hits: Map<number, readonly Hit[]> } | undefined = undefined;
  #looks: { readonly version: number; readonly hits: Map<string, readonly Hit[]> } | undefined = undefined;

  constructor(parts: Parts) {
    this.selections = parts.selections;
    this.ends = parts.ends;
    this.endsKey = parts.endsKey;
    this.universal = parts.universal;
    this.pods = parts.pods;
    this.lists = parts.lists;
    this.outside = parts.outside;
    this.usesPortNames = parts.usesPortNames;
    this.isolates = parts.isolates;
  }

  /** Answers by what comes on top of the effects on every pod. */
  get toPods(): Map<string, SideFlow> {
    this.#toPods ??= new Map();
    return this.#toPods;
  }

  /** Answers by what comes on top of the effects on every peer. */
  get toOthers(): Map<string, SideFlow> {
    this.#toOthers ??= new Map();
    return this.#toOthers;
  }

  /** Effects on those who are on a list. */
  on(list: number): readonly Hit[] {
    const { lists } = this;
    if (lists.length > fewEntries * 2) return this.#indexed().get(list) ?? noHits;
    let found: Hit[] | undefined;
    for (let i = 0; i < lists.length; i += 2) {
      if (lists[i] !== list) continue;
      found ??= [];
      found.push(lists[i + 1] as Hit);
    }
    return found ?? noHits;
  }

  /** Kept effects on outside addresses, under one version of the atoms. */
  atomsAt(version: number): Map<number, readonly Hit[]> {
    if (this.#atoms?.version !== version) this.#atoms = { version, hits: new Map() };
    return this.#atoms.hits;
  }

  /** Kept effects on peers that are matched one at a time, under one version of what they are matched by. */
  looksAt(version: number): Map<string, readonly Hit[]> {
    if (this.#looks?.version !== version) this.#looks = { version, hits: new Map() };
    return this.#looks.hits;
  }

  #indexed(): ReadonlyMap<number, Hit[]> {
    if (this.#index === undefined) {
      this.#index = new Map();
      for (let i = 0; i < this.lists.length; i += 2) kept(this.#index, this.lists[i] as number, () => []).push(this.lists[i + 1] as Hit);
    }
    return this.#index;
  }
}
