import { type Reader, shown } from '../../kernel/reader.ts';
import type { IntendedName, NameIntent } from '../../model/name-intent.ts';
import { anyName, labelsBefore, starredText } from '../../model/name-pattern.ts';
import type { NameMatch, Peer } from '../../model/policy.ts';

/** Source: antrea pkg/controller/networkpolicy/validate.go allowedFQDNChars. */
const allowed = /^[-0-9a-zA-Z.*]+$/;
/** Of any DNS name. Source: RFC 1035 section 2.3.4. */
const longest = 255;

/** A peer by name. Addresses are learned from the answers that the pod gets. Undefined, with an error, when it is wrong. */
export function readFqdn(at: Reader): Peer | undefined {
  const text = at.string();
  if (text === undefined) return undefined;
  if (!allowed.test(text) || text.length > longest) {
    at.error(
      'bad-name',
      `${shown(text)} is no name; expected letters, digits, "-", dots and stars, at most ${longest} characters.`,
      text.includes('/') ? 'Write the name alone, without scheme or path.' : undefined,
    );
    return undefined;
  }
  if (text.endsWith('.')) {
    at.warning('trailing-dot', `${shown(text)} ends in a dot; names are compared without one.`, 'Leave the dot out.');
    return { kind: 'unknown', gap: `whether ${shown(text)} matches, as names are compared without a dot at their end` };
  }
  return { kind: 'names', names: [nameMatch(text)], withoutDnsRule: true };
}

/** What a name or pattern means, in the model's form. */
export function nameMatch(text: string): NameMatch {
  return text.includes('*') ? { kind: 'pattern', text, source: patternSource(text) } : { kind: 'exact', name: text.toLowerCase() };
}

/**
 * A star is any run of characters, dots among them and the empty one included, wherever it stands: `*foobar.com` holds foobar.com itself, evilfoobar.com
 * and a.b.foobar.com. Source: antrea pkg/agent/controller/networkpolicy/fqdn.go toRegex.
 */
export function patternSource(pattern: string): string {
  const text = pattern.toLowerCase();
  if (/^\*+$/.test(text)) return anyName;
  const below = /^\*+[.]([^*]+)$/.exec(text)?.[1];
  // No name has an empty label, so that this is one or more whole labels.
  return below === undefined ? `^${starredText(text)}$` : `^${labelsBefore}${starredText(below)}$`;
}

/** A star spans dots. */
export function intend(intent: NameIntent): IntendedName {
  switch (intent.kind) {
    case 'exact':
      return { match: nameMatch(intent.name) };
    case 'one-label-under':
      return { refused: 'A star of Antrea matches any number of labels', instead: 'Ask for each name, or for any depth under the domain.' };
    case 'any-depth-under':
      return { match: nameMatch(`*.${intent.domain}`) };
  }
}
