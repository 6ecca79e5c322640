import { type Reader, shown } from '../kernel/reader.ts';
import type { Plain, Refuse } from './cannot-say.ts';
import type { IntendedName, NameIntent } from './name-intent.ts';
import { labelsBefore } from './name-pattern.ts';
import type { NameMatch, Peer, Rule } from './policy.ts';

/** Characters of a label. Source: the pattern of DomainName, whose `A-z` also lets a label start with an underscore. */
const label = /^[A-Za-z0-9_](?:[-A-Za-z0-9_]*[A-Za-z0-9])?$/;
const longest = 255;

/**
 * A DomainName: a name of two labels or more, or `*.` and such a name. The star stands for one or more whole labels, never for none.
 * Undefined, with an error, when it is none. Source: network-policy-api apis/v1alpha2 DomainName; EKS has the same type
 * (amazon-network-policy-controller-k8s api/v1alpha1).
 */
export function readDomainName(at: Reader): NameMatch | undefined {
  if (at.absent) at.error('wrong-type', 'A domain name is nothing; expected a name such as data.example.com or *.example.com.');
  const text = at.string();
  if (text === undefined) return undefined;
  const labels = withoutTrailingDot(text.startsWith('*.') ? text.slice(2) : text).split('.');
  if (text.length <= longest && labels.length > 1 && labels.every((l) => label.test(l))) return domainName(text);
  at.error('bad-name', `${shown(text)} is no domain name; expected names such as data.example.com, or *.example.com.`, hintFor(text));
  return undefined;
}

function hintFor(text: string): string | undefined {
  if (text.includes('/') || text.includes(':')) return 'Write the name alone, without scheme, port or path.';
  if (text.includes('*')) return 'A star stands only alone, in front of the first dot.';
  return text.includes('.') ? undefined : 'Names of one label are refused; write the name in full.';
}

/** What a DomainName means, in the model's form. */
export function domainName(text: string): NameMatch {
  const name = withoutTrailingDot(text).toLowerCase();
  if (!name.startsWith('*.')) return { kind: 'exact', name };
  return { kind: 'pattern', text, source: `^${labelsBefore}${name.slice(2).replaceAll('.', '[.]')}$` };
}

/** `*.` is one label or more, and nothing says just one. Source: network-policy-api apis/v1alpha2 DomainName. */
export function intendDomainName(intent: NameIntent): IntendedName {
  switch (intent.kind) {
    case 'exact':
      return intent.name.includes('.')
        ? { match: domainName(intent.name) }
        : { refused: 'A domain name here has two labels or more', instead: 'Write the name in full.' };
    case 'one-label-under':
      return { refused: 'A star here stands for one label or more, and so for more than was asked for', instead: 'List the names.' };
    case 'any-depth-under':
      return { match: domainName(`*.${intent.domain}`) };
  }
}

/** The names of a `domainNames` peer; undefined when none is right. `most` is the cap on their number. */
export function readDomainNames(at: Reader, most: number): Peer | undefined {
  const items = at.each();
  if (at.kind === 'a list' && items.length === 0) at.error('too-few', 'domainNames is empty; expected one name or more.');
  if (items.length > most) at.error('too-many', `domainNames lists ${items.length} names; the API takes ${most} at most.`, 'Split them over several peers.');
  const names = items.map(readDomainName).filter((name) => name !== undefined);
  return names.length === 0 ? undefined : { kind: 'names', names, withoutDnsRule: true };
}

/** The inverse of `readDomainNames`. A pattern of another language is taken where it means the same. */
export function writeDomainNames(names: readonly NameMatch[], rule: Rule, refuse: Refuse): Plain {
  if (names.length === 0) refuse(rule.origin, 'an empty list of names.', 'Leave the rule out.');
  return {
    domainNames: names.map((name) => {
      if (name.kind === 'exact') {
        if (!name.name.includes('.')) refuse(rule.origin, `the name ${shown(name.name)}, of one label.`);
        return name.name;
      }
      const text = [name.text, name.text.replace(/^\*+[.]/, '*.')].find((t) => means(t, name.source));
      if (text === undefined) refuse(rule.origin, `the pattern ${shown(name.text)}; only *. in front stands for anything, for one label or more.`);
      return text ?? name.text;
    }),
  };
}

function means(text: string, source: string): boolean {
  const own = domainName(text);
  return own.kind === 'pattern' && own.source === source;
}

function withoutTrailingDot(text: string): string {
  return text.endsWith('.') ? text.slice(0, -1) : text;
}
