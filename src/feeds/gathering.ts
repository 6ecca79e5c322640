import { kept } from '../kernel/memo.ts';
import { type Reader, shown } from '../kernel/reader.ts';
import { notPublic } from '../model/public-addresses.ts';
import type { Interval } from '../space/interval-set.ts';
import { type Cidr, ipMeets, parseCidr } from '../space/ip-set.ts';
import type { FeedGroup } from './feed.ts';

/** More than any feed has: Azure's, the longest, lists some 90,000. Above, it is no feed. */
const mostPrefixes = 1_000_000;
/** Faults that are told one by one. A feed with more is no feed, and nobody reads them all. */
const mostFaults = 50;
/** The widest block that is believed. No provider lists one of more than a /10 or /28; a slip, or an attack, that opens half of the internet would be wider. */
const widest = { v4: 8, v6: 16 } as const;

interface Growing {
  readonly service: string;
  readonly region: string | null;
  readonly v4: Interval<number>[];
  readonly v6: Interval<bigint>[];
}

/** Collects the prefixes of a feed under their services and regions. What is no prefix of the internet is an error at its place. */
export class Gathering {
  readonly #groups = new Map<string, Growing>();
  /** A feed lists one prefix under many services: it is looked at once. */
  readonly #known = new Map<string, Cidr>();
  #count = 0;
  #faults = 0;

  /** Takes the CIDR at `at`; absent is an error, too. */
  add(at: Reader, service: string, region: string | null): void {
    const cidr = this.#cidr(at);
    if (cidr === undefined) return;
    const { v4, v6 } = kept<string, Growing>(this.#groups, `${service}\n${region ?? '\n'}`, () => ({ service, region, v4: [], v6: [] }));
    for (const interval of cidr.set.v4) v4.push(interval);
    for (const interval of cidr.set.v6) v6.push(interval);
  }

  /** In the order in which the feed first names them. */
  groups(at: Reader): readonly FeedGroup[] {
    if (this.#count === 0) at.error('empty-feed', 'This feed lists no prefix; expected at least one.', 'Fetch it again; an empty list is never applied.');
    return [...this.#groups.values()];
  }

  #cidr(at: Reader): Cidr | undefined {
    if (++this.#count === mostPrefixes + 1) at.error('too-long', `This feed lists more than ${mostPrefixes} prefixes; the rest is not read.`);
    if (this.#count > mostPrefixes || this.#faults > mostFaults) return undefined;
    const { value } = at;
    const known = typeof value === 'string' ? this.#known.get(value) : undefined;
    if (known !== undefined) return known;
    const cidr = typeof value === 'string' ? parseCidr(value) : undefined;
    const fault = typeof value === 'string' ? faultOf(value, cidr) : `This is ${at.describe()}; expected a prefix such as "192.0.2.0/24".`;
    if (cidr !== undefined && fault === null) {
      this.#known.set(value as string, cidr);
      return cidr;
    }
    if (++this.#faults > mostFaults) at.error('too-many-errors', 'From here on nothing was read: there are too many faults before.');
    else at.error('bad-prefix', fault ?? '', 'Fetch the feed again; if the fault stays, the provider published it so, and nothing of it is applied.');
    return undefined;
  }
}

function faultOf(text: string, cidr: Cidr | undefined): string | null {
  if (cidr === undefined) return `${shown(text)} is no prefix; expected one such as "192.0.2.0/24".`;
  if (cidr.hadHostBits) return `${shown(text)} has bits set behind its length; expected ${cidr.text}.`;
  const family = cidr.set.v4.length > 0 ? 'v4' : 'v6';
  const length = Number(cidr.text.slice(cidr.text.indexOf('/') + 1));
  if (family === 'v4' && text.includes(':')) return `${shown(text)} is an IPv4 prefix written as IPv6; expected ${cidr.text}.`;
  if (length < widest[family]) return `${shown(text)} is wider than /${widest[family]}: no provider has a block of that size.`;
  return !ipMeets(cidr.set, notPublic) ? null : `${shown(text)} holds addresses that are not on the internet (private, link-local or the like).`;
}
