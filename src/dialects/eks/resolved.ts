import type { Action, Direction } from '../../model/policy.ts';
import { type IpSet, ipIntersect, ipIsEmpty, ipSetOf, ipSubtract, parseCidr, parseIp, toCidrs } from '../../space/ip-set.ts';
import { TransportSet } from '../../space/transport-set.ts';

/** A rule after the controller has resolved it: addresses (or one name) and ports, nothing else. */
export interface Resolved {
  readonly direction: Direction;
  readonly action: Action;
  readonly addresses: IpSet;
  /** A domain name in lower case, without its trailing dot; null for addresses. */
  readonly name: string | null;
  readonly ports: TransportSet;
}

/** An address or CIDR, less its exceptions; undefined when it is neither. */
export function addressesOf(text: string, except: readonly string[] = []): IpSet | undefined {
  const ip = parseIp(text);
  const whole = ip === undefined ? parseCidr(text)?.set : ipSetOf(ip);
  if (whole === undefined) return undefined;
  return except.reduce((rest, hole) => ipSubtract(rest, addressesOf(hole) ?? { v4: [], v6: [] }), whole);
}

/** What of the first list the second does not have, of the same direction and action. Lists are small: one policy's own. */
export function beyond(some: readonly Resolved[], others: readonly Resolved[]): Resolved[] {
  const singles = new Map<string, Resolved[]>();
  const wide: Resolved[] = [];
  for (const other of others) {
    const key = keyOf(other);
    if (key === undefined) wide.push(other);
    else singles.set(key, [...(singles.get(key) ?? []), other]);
  }
  return some.flatMap((one) => {
    const key = keyOf(one);
    const candidates = key === undefined ? others : [...(singles.get(key) ?? []), ...wide];
    let pieces = [one];
    for (const other of candidates)
      if (other.direction === one.direction && other.action === one.action) pieces = pieces.flatMap((piece) => without(piece, other));
    return pieces;
  });
}

/** The text of the one address, or the one name, that it stands for; undefined when there are more. */
function keyOf({ addresses: { v4, v6 }, name }: Resolved): string | undefined {
  if (name !== null) return `name ${name}`;
  const [a, b] = [v4[0], v6[0]];
  if (v4.length + v6.length !== 1) return undefined;
  const [low, high] = a ?? b ?? [];
  return low === high ? `${a === undefined ? 6 : 4} ${low}` : undefined;
}

function without(piece: Resolved, other: Resolved): Resolved[] {
  if (piece.name !== null || other.name !== null) {
    const ports = piece.name === other.name ? piece.ports.subtract(other.ports) : piece.ports;
    return ports.isEmpty ? [] : [{ ...piece, ports }];
  }
  const both = ipIntersect(piece.addresses, other.addresses);
  if (ipIsEmpty(both)) return [piece];
  const rest = ipSubtract(piece.addresses, other.addresses);
  const ports = piece.ports.subtract(other.ports);
  return [...(ipIsEmpty(rest) ? [] : [{ ...piece, addresses: rest }]), ...(ports.isEmpty ? [] : [{ ...piece, addresses: both, ports }])];
}

/** `10.0.0.1/32, 10.0.1.0/24 and 3 more on TCP 80`. */
export function resolvedText({ addresses, name, ports }: Resolved): string {
  const cidrs = name === null ? toCidrs(addresses) : [name];
  const more = cidrs.length > 3 ? ` and ${cidrs.length - 3} more` : '';
  return `${cidrs.slice(0, 3).join(', ')}${more} on ${ports === TransportSet.full ? 'every port' : ports}`;
}
