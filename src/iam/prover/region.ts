import type { Pattern } from '../pattern.ts';
import type { Caller } from '../request.ts';

/** A set of texts: those that match some of one list and none of another. `some` null: any text. Patterns hold no variables. */
export interface TextRange {
  readonly some: readonly Pattern[] | null;
  readonly none: readonly Pattern[];
}

/** What a condition key may be in a region. `always`: it is in every request. */
export type KeyRange =
  | { readonly kind: 'fixed'; readonly values: readonly string[] }
  | { readonly kind: 'never' }
  | { readonly kind: 'free'; readonly always: boolean; readonly list: boolean; readonly range: TextRange };

/** Whose: an account, or any but one. */
export type AccountRange = { readonly is: string } | { readonly not: string };

/** Who may ask in a region: one caller, or the roles (`role/`) or users (`user/`) of an account range. */
export type CallerRange = { readonly kind: 'one'; readonly caller: Caller } | { readonly kind: 'roles' | 'users'; readonly of: AccountRange };

/** An action with the resources that it is for; `keys` are the keys of its own service that it knows, in lower case, null where that is not known. */
export interface ActionRange {
  readonly name: string;
  /** Forms of its resources; `*` alone for an action that has none. */
  readonly resources: readonly Pattern[];
  readonly keys: ReadonlySet<string> | null;
}

/** The requests that a question is about: every combination. `otherKeys`: keys that are not listed may be absent or anything, or never are there. */
export interface Region {
  readonly callers: readonly CallerRange[];
  readonly actions: readonly ActionRange[];
  readonly resources: TextRange;
  /** Whose resources; null: of actions without one. */
  readonly owner: AccountRange | null;
  readonly keys: ReadonlyMap<string, KeyRange>;
  readonly otherKeys: 'free' | 'never';
  /** Of the callers: `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
}

export const anyText: TextRange = { some: null, none: [] };
export const freeKey: Extract<KeyRange, { kind: 'free' }> = { kind: 'free', always: false, list: false, range: anyText };
