import { kept } from '../kernel/memo.ts';
import { type Reader, shown } from '../kernel/reader.ts';
import { notPublic } from '../model/public-addresses.ts';
import type { Interval } from '../space/interval-set.ts';
import { type Block, ipv4, ipv6, parseBlock, parseCidr } from '../space/ip-set.ts';
import type { FeedGroup } from './feed.ts';

/** More than any feed has: Azure's, the longest, lists some 90,000. Above, it is no feed. */
const mostPrefixes = 1_000_000;
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
  readonly #known = new Map<string, Block>();
  /** The group of the last prefix: most lists go group by group. */
  #last: Growing | undefined;
  #count = 0;

  /** Takes the CIDR at `at`; absent is an error, too. */
  add(at: Reader, service: string, region: string | null): void {
    const block = this.#block(at);
    if (block === undefined) return;
    if (this.#last === undefined || this.#last.service !== service || this.#last.region !== region)
      this.#last = kept<string, Growing>(this.#groups, `${service}\n${region ?? '\n'}`, () => ({ service, region, v4: [], v6: [] }));
    if (block.family === 4) this.#last.v4.push([block.low, block.high]);
    else this.#last.v6.push([block.low, block.high]);
  }

  /** In the order in which the feed first names them. */
  groups(at: Reader): readonly FeedGroup[] {
    if (this.#count === 0) at.error('empty-feed', 'This feed lists no prefix; expected at least one.', 'Fetch it again; an empty list is never applied.');
    return [...this.#groups.values()];
  }

  #block(at: Reader): Block | undefined {
    if (++this.#count === mostPrefixes + 1) at.error('too-long', `This feed lists more than ${mostPrefixes} prefixes; the rest is not read.`);
    if (this.#count > mostPrefixes) return undefined;
    const { value } = at;
    const known = typeof value === 'string' ? this.#known.get(value) : undefined;
    if (known !== undefined) return known;
    const block = typeof value === 'string' ? parseBlock(value) : undefined;
    const fault = typeof value === 'string' ? faultOf(value, block) : `This is ${at.describe()}; expected a prefix such as "192.0.2.0/24".`;
    if (block !== undefined && fault === null) {
      this.#known.set(value as string, block);
      return block;
    }
    at.error('bad-prefix', fault ?? '', 'Fetch the feed again; if the fault stays, the provider published it so, and nothing of it is applied.');
    return undefined;
  }
}

function faultOf(text: string, block: Block | undefined): string | null {
  if (block === undefined) return `${shown(text)} is no prefix; expected one such as "192.0.2.0/24".`;
  if (block.hadHostBits) return `${shown(text)} has bits set behind its length; expected ${parseCidr(text)?.text}.`;
  if (block.family === 4 && text.includes(':')) return `${shown(text)} is an IPv4 prefix written as IPv6; expected ${parseCidr(text)?.text}.`;
  const most = block.family === 4 ? widest.v4 : widest.v6;
  if (block.length < most) return `${shown(text)} is wider than /${most}: no provider has a block of that size.`;
  const reserved = block.family === 4 ? ipv4.meets(notPublic.v4, [block.low, block.high]) : ipv6.meets(notPublic.v6, [block.low, block.high]);
  return reserved ? `${shown(text)} holds addresses that are not on the internet (private, link-local or the like).` : null;
}
