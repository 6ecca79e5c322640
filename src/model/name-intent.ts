import { labelsBefore } from './name-pattern.ts';
import type { NameMatch } from './policy.ts';

/**
 * Which outside names someone wants reached, said without any language's wildcards, because a star means something else in nearly each of them.
 * `one-label-under` example.com: a.example.com, not a.b.example.com. `any-depth-under`: both. Neither holds example.com itself. Lower case, no trailing dot.
 */
export type NameIntent =
  | { readonly kind: 'exact'; readonly name: string }
  | { readonly kind: 'one-label-under'; readonly domain: string }
  | { readonly kind: 'any-depth-under'; readonly domain: string };

/** A name rule that means exactly the intent, or why the language has none. */
export type IntendedName = { readonly match: NameMatch } | { readonly refused: string; readonly instead: string };

/** How people read an intent. */
export function intentText(intent: NameIntent): string {
  switch (intent.kind) {
    case 'exact':
      return intent.name;
    case 'one-label-under':
      return `one label under ${intent.domain}`;
    case 'any-depth-under':
      return `anything under ${intent.domain}`;
  }
}

/** Whether a name (lower case, no trailing dot) is one that the intent wants. */
export function isIntended(intent: NameIntent, name: string): boolean {
  if (intent.kind === 'exact') return name === intent.name;
  if (!name.endsWith(`.${intent.domain}`)) return false;
  const below = name.slice(0, -intent.domain.length - 1);
  return below !== '' && (intent.kind === 'any-depth-under' || !below.includes('.'));
}

/** Whether every name of a rule's match is intended. A pattern counts only in a form that is known to lie inside; any other does not. */
export function liesWithin(match: NameMatch, intent: NameIntent): boolean {
  if (match.kind === 'exact') return isIntended(intent, match.name);
  if (intent.kind === 'exact') return false;
  const below = `[.]${intent.domain.replaceAll('.', '[.]')}$`;
  // No DNS name has an empty label, so that a label of any characters is one of one or more (RFC 1035 section 2.3.1).
  const inside = [`^[-a-z0-9_]*${below}`, `^[-a-z0-9_]+${below}`, ...(intent.kind === 'any-depth-under' ? [`^${labelsBefore}${below.slice(3)}`] : [])];
  return inside.includes(match.source);
}

/** A name that the intent wants, for tries: the name itself, or one below the domain, at the greatest depth that tells intents apart. */
export function exampleName(intent: NameIntent): string {
  switch (intent.kind) {
    case 'exact':
      return intent.name;
    case 'one-label-under':
      return `any.${intent.domain}`;
    case 'any-depth-under':
      return `some.name.${intent.domain}`;
  }
}
