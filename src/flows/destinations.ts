import { kept } from '../kernel/memo.ts';
import { isMetadataService } from '../model/metadata-service.ts';
import type { FlowEnd } from '../model/observed-flow.ts';
import { isPublic } from '../model/public-addresses.ts';
import { ipHas, ipUnionAll, parseCidr, parseIp } from '../space/ip-set.ts';
import { splitName } from './domain.ts';

/**
 * What a destination is, by which everything else is asked: `allowed` was declared; `service:ID` has a host of an egress profile that Ringfence knows;
 * `private` is an address of a private range that is no known pod or node; `internet` is all else outside.
 */
export type DestinationClass = 'pod' | 'node' | 'apiserver' | 'metadata' | 'allowed' | `service:${string}` | 'private' | 'internet' | 'unknown';

/** A host of a known service. */
export interface KnownHost {
  readonly name: string;
  readonly service: string;
}

/** Destinations that are remembered; more are classified again. */
const remembered = 100_000;

/** Sorts destinations. What is declared allowed comes before what is known, and both before what addresses say. */
export class Destinations {
  readonly #cidrs: ReturnType<typeof ipUnionAll>;
  readonly #names: readonly string[];
  readonly #known: ReadonlyMap<string, string>;
  readonly #classes = new Map<string, DestinationClass>();

  /** `allowed`: CIDRs, addresses, names and `*.names` (any depth below). */
  constructor(allowed: readonly string[], known: readonly KnownHost[]) {
    this.#cidrs = ipUnionAll(allowed.flatMap((text) => parseCidr(text)?.set ?? []));
    this.#names = allowed.filter((text) => parseCidr(text) === undefined).map((text) => text.toLowerCase());
    this.#known = new Map(known.map((h) => [h.name, h.service]));
  }

  classOf(end: FlowEnd): DestinationClass {
    if (end.kind === 'pod') return 'pod';
    if (this.#classes.size > remembered) this.#classes.clear();
    return kept(this.#classes, `${end.kind} ${end.ip} ${end.names}`, () => this.#classify(end));
  }

  #classify({ kind, ip, names }: FlowEnd): DestinationClass {
    if (isMetadataService(ip)) return 'metadata';
    const own = names === '' ? [] : names.split(',');
    const address = parseIp(ip);
    if (address !== undefined && ipHas(this.#cidrs, address)) return 'allowed';
    // An address may have names of several owners: all of them must be allowed.
    if (own.length > 0 && own.every((name) => this.#names.some((pattern) => matches(pattern, name)))) return 'allowed';
    if (kind === 'apiserver' || kind === 'node') return kind;
    const service = own.map((name) => this.#known.get(name)).find((s) => s !== undefined);
    if (service !== undefined && own.length === 1) return `service:${service}`;
    if (own.some((name) => splitName(name) !== null)) return 'internet';
    if (address === undefined) return kind === 'outside' ? 'internet' : 'unknown';
    return isPublic(address) ? 'internet' : 'private';
  }
}

function matches(pattern: string, name: string): boolean {
  return pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) : name === pattern;
}

/** Whether traffic there leaves the cluster and what its owner declared. */
export function isOutside(of: DestinationClass): boolean {
  return of === 'internet' || of.startsWith('service:');
}

/** What a destination outside is called when asked whether it is new: what was registered, or the network around an address (/24 and /48). */
export function placeOutside({ ip, names }: FlowEnd): string {
  const [first = ''] = names.split(',');
  if (first !== '') return splitName(first)?.registered ?? first;
  if (ip.includes(':')) return `${ip.split(':').slice(0, 3).join(':')}::/48`;
  return ip === '' ? 'outside' : `${ip.slice(0, ip.lastIndexOf('.'))}.0/24`;
}
