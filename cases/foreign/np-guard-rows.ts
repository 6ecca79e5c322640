import type { Interval, IntervalSet } from '../../src/space/interval-set.ts';
import { formatIp, ipv4, parseIp } from '../../src/space/ip-set.ts';
import { type Protocol, TransportSet } from '../../src/space/transport-set.ts';

/** One side of a row: a workload by its title, or addresses outside. */
export type RowEnd =
  | { readonly kind: 'workload'; readonly title: string }
  | { readonly kind: 'external'; readonly range: Interval<number> }
  | { readonly kind: 'ingress-controller' };

export interface Row {
  readonly from: RowEnd;
  readonly to: RowEnd;
  readonly conns: TransportSet;
}

/** Everything that has ports: what the foreign tool calls All Connections. Its ports start at 1. */
export const allConnections: TransportSet = TransportSet.unionAll((['TCP', 'UDP', 'SCTP'] as const).map((p) => TransportSet.of(p, [[1, 65535]])));

/**
 * Rows `src => dst : conns` of an expected file: those of the pod network and of primary user-defined networks, or of one secondary network by its name.
 * Throws on a line that looks like a row and is none.
 */
export function rowsOf(text: string, network: string | null = null): Row[] {
  let wanted = network === null;
  return text
    .split('\n')
    .filter((line) => {
      const [, place] = /^Permitted connectivity analyzed in (.+):$/.exec(line) ?? [];
      if (place !== undefined) wanted = network === null ? /^(Pod network|primary C?UDN )/.test(place) : place === `secondary NAD ${network}`;
      return wanted;
    })
    .filter((l) => l.includes(' => '))
    .map((line) => {
      const [, from, to, conns] = /^(.+) => (.+) : (.+)$/.exec(line.trim()) ?? [];
      if (from === undefined || to === undefined || conns === undefined) throw new Error(`not a row: ${line}`);
      return { from: endOf(from.replace('[udn]/', '/')), to: endOf(to.replace('[udn]/', '/')), conns: connsOf(conns) };
    });
}

/** Secondary networks that an expected file has rows for. */
export function networksIn(text: string): string[] {
  return [...text.matchAll(/^Permitted connectivity analyzed in secondary NAD (.+):$/gm)].map((m) => m[1] ?? '');
}

function endOf(text: string): RowEnd {
  if (text === '{ingress-controller}') return { kind: 'ingress-controller' };
  if (!text.endsWith('[External]')) return { kind: 'workload', title: text };
  const [low, high] = text.slice(0, -'[External]'.length).split('-').map(parseIp);
  if (low?.family !== 4 || (high !== undefined && high.family !== 4)) throw new Error(`not an address range: ${text}`);
  return { kind: 'external', range: [low.value, high?.value ?? low.value] };
}

/** `TCP 53,8080-8081,UDP 9090`: a part without a protocol goes on with the one before. */
function connsOf(text: string): TransportSet {
  if (text === 'All Connections') return allConnections;
  let protocol: Protocol | undefined;
  return TransportSet.unionAll(
    text.split(',').map((part) => {
      const [, name, low, high] = /^(?:(TCP|UDP|SCTP) )?(\d+)(?:-(\d+))?$/.exec(part) ?? [];
      protocol = (name as Protocol | undefined) ?? protocol;
      if (protocol === undefined || low === undefined) throw new Error(`not connections: ${text}`);
      return TransportSet.of(protocol, [[Number(low), Number(high ?? low)]]);
    }),
  );
}

/** The coarsest intervals of which every given set is a union; together they are all of IPv4. */
export function commonParts(sets: readonly IntervalSet<number>[]): Interval<number>[] {
  const starts = new Set([0, ...sets.flatMap((set) => set.flatMap(([low, high]) => (high === 2 ** 32 - 1 ? [low] : [low, high + 1])))]);
  const sorted = [...starts].sort((a, b) => a - b);
  return sorted.map((low, i) => [low, (sorted[i + 1] ?? 2 ** 32) - 1] as const);
}

export function rangeText([low, high]: Interval<number>): string {
  return `${formatIp({ family: 4, value: low })}-${formatIp({ family: 4, value: high })}[External]`;
}

export function overlaps(set: IntervalSet<number>, part: Interval<number>): boolean {
  return ipv4.intersect(set, [part]).length > 0;
}
