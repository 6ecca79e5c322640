import { type Reader, shown } from '../../kernel/reader.ts';
import type { Plain, Refuse } from '../../model/cannot-say.ts';
import type { IntendedName, NameIntent } from '../../model/name-intent.ts';
import { anyName, starredLabel } from '../../model/name-pattern.ts';
import type { NameMatch, Rule } from '../../model/policy.ts';

/** Labels of a name, and of a pattern. Source: the patterns of FQDNNetworkPolicyMatch, gke-networking-api apis/fqdnnetworkpolicy/v1alpha1/types.go. */
const nameLabel = /^[A-Za-z0-9](?:[-A-Za-z0-9_]*[A-Za-z0-9])?$/;
const patternLabel = /^[A-Za-z0-9*](?:[-A-Za-z0-9_*]*[A-Za-z0-9*])?$/;
/** Of any DNS name. Source: RFC 1035 section 2.3.4. */
const longest = 255;

/** One item of `matches`: exactly one of `name` and `pattern`. Undefined, with an error, when it is wrong. */
export function readMatch(item: Reader): NameMatch | undefined {
  if (item.absent) item.error('wrong-type', 'A match is nothing; expected name or pattern.');
  if (!item.object(['name', 'pattern'], { matchName: 'Write name.', matchPattern: 'Write pattern.', fqdn: 'Write name, or pattern.' })) return undefined;
  const [name, pattern] = [item.field('name'), item.field('pattern')];
  if (name.present === pattern.present) {
    if (name.absent && item.keys().some((key) => key !== 'name' && key !== 'pattern')) return undefined;
    item.error('one-of', `This item has ${name.present ? 'both' : 'neither of'} name and pattern; expected exactly one.`);
    return undefined;
  }
  const at = name.present ? name : pattern;
  const text = at.string();
  if (text === undefined) return undefined;
  const labels = withoutTrailingDot(text).split('.');
  const label = name.present ? nameLabel : patternLabel;
  if (text.length <= longest && labels.every((l) => label.test(l))) return nameMatch(text);
  at.error(
    'bad-name',
    `${shown(text)} is no ${name.present ? 'DNS name' : 'pattern of DNS names'}; expected letters, digits, "-", "_" and dots${name.present ? '' : ', and stars'}.`,
    text.includes('*') && name.present ? 'Stars belong in pattern.' : text.includes('/') ? 'Write the name alone, without scheme or path.' : undefined,
  );
  return undefined;
}

/** What a name or pattern means, in the model's form. */
export function nameMatch(text: string): NameMatch {
  return text.includes('*') ? { kind: 'pattern', text, source: patternSource(text) } : { kind: 'exact', name: withoutTrailingDot(text).toLowerCase() };
}

/**
 * A star is any run of characters of a label, the empty one included, wherever it stands; a star alone is every name. Two stars are no more than one.
 * Source: FQDNNetworkPolicyMatch.pattern.
 */
export function patternSource(pattern: string): string {
  const bare = withoutTrailingDot(pattern.toLowerCase());
  return bare === '*' ? anyName : `^${bare.split('.').map(starredLabel).join('[.]')}$`;
}

/** A star never spans a dot. Source: FQDNNetworkPolicyMatch.pattern. */
export function intend(intent: NameIntent): IntendedName {
  switch (intent.kind) {
    case 'exact':
      return { match: nameMatch(intent.name) };
    case 'one-label-under':
      return { match: nameMatch(`*.${intent.domain}`) };
    case 'any-depth-under':
      return { refused: 'A pattern of GKE has a fixed number of labels', instead: 'Ask for one label under each domain that is used.' };
  }
}

/** The inverse of `readMatch`. A pattern of another language is taken where it means the same. */
export function writeMatch(name: NameMatch, rule: Rule, refuse: Refuse): Plain {
  if (name.kind === 'exact') return { name: name.name };
  if (patternSource(name.text) !== name.source)
    refuse(
      rule.origin,
      `the pattern ${shown(name.text)}, which means something else here: a star stays inside one label.`,
      'Write one pattern for each depth.',
    );
  return { pattern: name.text };
}

function withoutTrailingDot(text: string): string {
  return text.endsWith('.') ? text.slice(0, -1) : text;
}
