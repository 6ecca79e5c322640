import { type Reader, shown } from '../../kernel/reader.ts';
import { starredLabel } from '../../model/name-pattern.ts';
import type { NameMatch } from '../../model/policy.ts';

/** Source: the pattern of dnsName, ovn-kubernetes go-controller/pkg/crd/egressfirewall/v1/types.go; labels are taken one at a time, so that no text takes long. */
const label = /^[A-Za-z0-9-]+$/;
/** Of any DNS name. Source: RFC 1035 section 2.3.4. */
const longest = 255;

/** A dnsName; undefined when absent, and, with an error, when it is none. */
export function readDnsName(at: Reader): NameMatch | undefined {
  const text = at.string();
  if (text === undefined) return undefined;
  const labels = withoutTrailingDot(text.startsWith('*.') ? text.slice(2) : text).split('.');
  if (text.length <= longest && labels.every((l) => label.test(l))) return nameMatch(text);
  at.error(
    'bad-name',
    `${shown(text)} is no DNS name; expected letters, digits, "-" and dots, perhaps after "*.".`,
    text.includes('/') || text.includes(':')
      ? 'Write the name alone, without scheme, port or path.'
      : text.includes('*')
        ? 'A star stands only alone, in front of the first dot.'
        : undefined,
  );
  return undefined;
}

/** What a dnsName means: a star in front is exactly one label. Source: ovn-kubernetes types.go, EgressFirewallDestination.DNSName. */
export function nameMatch(text: string): NameMatch {
  const name = withoutTrailingDot(text.toLowerCase());
  return name.startsWith('*.') ? { kind: 'pattern', text, source: oneLabelUnder(name.slice(2)) } : { kind: 'exact', name };
}

/** The dnsName that means this; undefined when none does. */
export function dnsNameOf(name: NameMatch): string | undefined {
  if (name.kind === 'exact') return name.name;
  const meant = nameMatch(name.text);
  return meant.kind === 'pattern' && meant.source === name.source ? name.text : undefined;
}

/** One label that is not empty, then the name. */
function oneLabelUnder(name: string): string {
  return `^(?![.])${starredLabel('*')}[.]${name.replaceAll('.', '[.]')}$`;
}

function withoutTrailingDot(text: string): string {
  return text.endsWith('.') ? text.slice(0, -1) : text;
}
