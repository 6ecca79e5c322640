import { type Reader, shown } from '../../kernel/reader.ts';
import type { IntendedName, NameIntent } from '../../model/name-intent.ts';
import { anyName, labelsBefore, starredLabel } from '../../model/name-pattern.ts';
import type { NameMatch } from '../../model/policy.ts';
import type { Reading } from './version.ts';

const longest = 255;

/** Source: the `matchName` and `matchPattern` patterns of the CRD: labels of `[-a-zA-Z0-9_]` (patterns: and `*`), one trailing dot allowed. */
function isDotted(text: string, label: RegExp): boolean {
  const parts = withoutTrailingDot(text).split('.');
  return text.length <= longest && parts.every((part) => label.test(part));
}

function withoutTrailingDot(text: string): string {
  return text.endsWith('.') ? text.slice(0, -1) : text;
}

/**
 * One item of toFQDNs or rules.dns; undefined when it is wrong. A pattern without a star is the name itself.
 * Source: cilium pkg/policy/api/fqdn.go FQDNSelector.
 */
export function readName(item: Reader, reading: Reading): NameMatch | undefined {
  if (item.absent) item.error('wrong-type', 'A name is nothing; expected matchName or matchPattern.');
  if (!item.object(['matchName', 'matchPattern'])) return undefined;
  const name = item.field('matchName');
  const pattern = item.field('matchPattern');
  if (name.present === pattern.present) {
    item.error('one-of', `This item has ${name.present ? 'both' : 'neither of'} matchName and matchPattern; expected exactly one.`);
    return undefined;
  }
  const text = name.present ? name.string() : pattern.string();
  if (text === undefined) return undefined;
  if (!isDotted(text, name.present ? /^[-a-zA-Z0-9_]+$/ : /^[-a-zA-Z0-9_*]+$/)) {
    const hint =
      text.includes('*') && name.present ? 'Stars belong in matchPattern.' : text.includes('/') ? 'Write the name alone, without scheme or path.' : undefined;
    (name.present ? name : pattern).error(
      'bad-name',
      `${shown(text)} is no DNS ${name.present ? 'name' : 'pattern'}; expected letters, digits, "-", "_" and dots, at most ${longest} characters.`,
      hint,
    );
    return undefined;
  }
  return nameMatch(text, !severalStarsInFront.test(text) || reading.since('1.19'));
}

/** Patterns that 1.19 gave a new meaning: `**.example.com`, and stars alone but for one. Source: cilium 1.18 and 1.19 pkg/fqdn/matchpattern/matchpattern.go. */
const severalStarsInFront = /^(?:\*\*+(?:\.|$)|\*\.$)/;

/** What a name or pattern means, in the model's form. `wholeLabels`: several stars in front stand for whole labels, as they do since 1.19. */
export function nameMatch(text: string, wholeLabels = true): NameMatch {
  return text.includes('*')
    ? { kind: 'pattern', text, source: patternSource(text, wholeLabels) }
    : { kind: 'exact', name: withoutTrailingDot(text).toLowerCase() };
}

/**
 * The regular expression of a matchPattern, over the lower-case name without its trailing dot. Stars alone match every name; two or more stars and a dot
 * in front match one or more whole labels; every other run of stars matches any run of name characters, the empty one included, inside a label.
 * The same names match as with Cilium's own expression, but no input makes it backtrack: each literal after a star is taken where it first occurs.
 * Up to 1.18, only one star alone matched every name, and several were as one. Source: cilium 1.18 and 1.19 pkg/fqdn/matchpattern/matchpattern.go ToAnchoredRegexp.
 */
export function patternSource(pattern: string, wholeLabels = true): string {
  const bare = pattern.toLowerCase();
  if (wholeLabels ? /^\*+\.?$/.test(bare) : bare === '*') return anyName;
  const labels = withoutTrailingDot(bare).split('.');
  const depth = wholeLabels && labels.length > 1 && /^\*{2,}$/.test(labels[0] ?? '') ? labelsBefore : '';
  return `^${depth}${(depth === '' ? labels : labels.slice(1)).map(starredLabel).join('[.]')}$`;
}

/**
 * `*.` is one label, and since 1.19 `**.` one or more: before, it was read as a single star.
 * Source: cilium pkg/fqdn/matchpattern/matchpattern.go, v1.18 and v1.19.
 */
export function intend(intent: NameIntent, version: string | null): IntendedName {
  switch (intent.kind) {
    case 'exact':
      return { match: nameMatch(intent.name) };
    case 'one-label-under':
      return { match: nameMatch(`*.${intent.domain}`) };
    case 'any-depth-under':
      return version === '1.18'
        ? { refused: 'Before Cilium 1.19 a pattern has a fixed number of labels', instead: 'Ask for one label under each domain that is used.' }
        : { match: nameMatch(`**.${intent.domain}`) };
  }
}
