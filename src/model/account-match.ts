/** Service accounts by name: some, all but some, or (null) any. */
export type AccountMatch = readonly string[] | { readonly otherThan: readonly string[] } | null;

/** Whether the account of this name is among them. */
export function isAmongAccounts(match: AccountMatch, account: string): boolean {
  if (match === null) return true;
  return 'otherThan' in match ? !match.otherThan.includes(account) : match.includes(account);
}

/** Names that stand for it: each of some, or one that is not among those left out; null where any will do. */
export function sampleAccounts(match: AccountMatch): readonly (string | null)[] {
  if (match === null) return [null];
  if (!('otherThan' in match)) return match;
  let name = 'any-other-account';
  while (match.otherThan.includes(name)) name = `${name}-`;
  return [name];
}

/** The names that it tells apart. */
export function accountsNamed(match: AccountMatch): readonly string[] {
  if (match === null) return [];
  return 'otherThan' in match ? match.otherThan : match;
}
