import type { Origin } from '../../kernel/origin.ts';
import { type AccountMatch, accountsNamed } from '../../model/account-match.ts';
import type { LabelSelector } from '../../model/labels.ts';
import { namespaceSelector } from '../../model/namespace-match.ts';
import type { NamespaceMatch } from '../../model/policy.ts';
import { selectorExpression } from './emit-selector.ts';
import type { Refuse } from './refuse.ts';
import { longestSelector } from './selector.ts';

/** The text of a selector of pods. */
export function writeSelector(selector: LabelSelector, origin: Origin, refuse: Refuse): string {
  const text = selectorExpression(selector);
  if (text === null) refuse(origin, 'a label value with both sorts of quotes.');
  else if (text.length > longestSelector)
    refuse(origin, `a selector of ${text.length} characters; at most ${longestSelector} are allowed.`, 'Label what is selected.');
  return text ?? '';
}

/** The text of a selector of namespaces; `all()` is every one. */
export function writeNamespaces(match: NamespaceMatch, origin: Origin, refuse: Refuse): string {
  return writeSelector(namespaceSelector(match, origin, refuse), origin, refuse);
}

/** Names of service accounts; there is no way to say "none", and a list of those left out is read as a question for labels. */
export function writeAccounts(match: NonNullable<AccountMatch>, origin: Origin, refuse: Refuse): readonly string[] {
  const names = accountsNamed(match);
  if ('otherThan' in match) refuse(origin, 'every service account but some.');
  else if (names.length === 0) refuse(origin, 'an empty list of service accounts.');
  return names;
}
