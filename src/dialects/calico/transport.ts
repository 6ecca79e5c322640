import type { PortMatch } from '../../model/policy.ts';
import type { Interval, IntervalSet } from '../../space/interval-set.ts';
import { type Protocol, ports as portLine } from '../../space/transport-set.ts';

/** A protocol that a rule names; `other` is every IP protocol that the model does not tell apart. */
export type RuleProtocol =
  | { readonly kind: 'ports'; readonly protocol: 'TCP' | 'UDP' | 'SCTP' }
  | { readonly kind: 'icmp'; readonly family: 4 | 6 }
  | { readonly kind: 'other'; readonly number: number };

/** Ports as a rule lists them: a range of numbers, or the name of a container port. */
export type RulePort = { readonly from: number; readonly to: number } | { readonly name: string };

/** `type` null: every type; `code` null: every code of it. */
export interface IcmpTest {
  readonly type: number | null;
  readonly code: number | null;
}

/** Everything that a rule says about protocol and destination port; null where it says nothing. */
export interface TransportTests {
  readonly protocol: RuleProtocol | null;
  readonly notProtocol: RuleProtocol | null;
  readonly icmp: IcmpTest | null;
  readonly notIcmp: IcmpTest | null;
  readonly ports: readonly RulePort[] | null;
  readonly notPorts: readonly RulePort[] | null;
  readonly family: 4 | 6 | null;
}

/** Packets of one IP family (null: of both) on some ports, where `condition`, if any, holds too. */
export interface TransportPart {
  readonly ports: readonly PortMatch[] | null;
  readonly family: 4 | 6 | null;
  readonly condition: string | null;
}

/** One protocol of the model under the tests of a rule. */
interface Sort {
  readonly protocol: Protocol;
  readonly family: 4 | 6 | null;
  readonly condition: string | null;
}

const everySort: readonly Sort[] = (['TCP', 'UDP', 'SCTP', 'ICMP', 'OTHER'] as const).map((protocol) => ({ protocol, family: null, condition: null }));

/**
 * The packets that the tests let through, in parts that differ in family or condition; together they are the rule. None: it matches nothing.
 * Source: projectcalico/api v3 policy_common.go, felix/rules/policy.go.
 */
export function transportParts(tests: TransportTests): readonly TransportPart[] {
  const { protocol, notProtocol, ports, notPorts, icmp, notIcmp, family } = tests;
  if (protocol === null && notProtocol === null && ports === null && notPorts === null && icmp === null && notIcmp === null)
    return [{ ports: null, family, condition: null }];
  const sorts = (protocol === null ? everySort : [sortOf(protocol)]).flatMap((sort) => (notProtocol === null ? [sort] : without(sort, notProtocol)));
  const found = sorts.flatMap((sort) => narrowed(sort, tests)).flatMap((part) => inFamily(part, family));
  const joined = new Map<string, TransportPart & { readonly ports: readonly PortMatch[] }>();
  for (const part of found) {
    const key = `${part.family} ${part.condition}`;
    const before = joined.get(key);
    joined.set(key, before === undefined ? part : { ...part, ports: [...before.ports, ...part.ports] });
  }
  return [...joined.values()].filter((part) => part.ports.length > 0);
}

type FoundPart = TransportPart & { readonly ports: readonly PortMatch[] };

function sortOf(protocol: RuleProtocol): Sort {
  switch (protocol.kind) {
    case 'ports':
      return { protocol: protocol.protocol, family: null, condition: null };
    case 'icmp':
      return { protocol: 'ICMP', family: protocol.family, condition: null };
    case 'other':
      return { protocol: 'OTHER', family: null, condition: `whether the IP protocol is ${protocol.number}` };
  }
}

function without(sort: Sort, not: RuleProtocol): readonly Sort[] {
  const other = sortOf(not);
  if (sort.protocol !== other.protocol) return [sort];
  if (not.kind === 'icmp') return sort.family === null ? [{ ...sort, family: not.family === 4 ? 6 : 4 }] : sort.family === not.family ? [] : [sort];
  if (not.kind === 'ports' || sort.condition === other.condition) return [];
  return sort.condition === null ? [{ ...sort, condition: `whether the IP protocol is other than ${not.number}` }] : [sort];
}

function inFamily(part: FoundPart, family: 4 | 6 | null): readonly FoundPart[] {
  if (family === null || part.family === family) return [part];
  return part.family === null ? [{ ...part, family }] : [];
}

function narrowed(sort: Sort, tests: TransportTests): readonly FoundPart[] {
  const part = (ports: readonly PortMatch[], condition: string | null = sort.condition): FoundPart => ({ ports, family: sort.family, condition });
  if (sort.protocol === 'ICMP') return tests.ports === null ? icmpParts(tests, part) : [];
  if (sort.protocol === 'OTHER') return tests.ports === null && tests.icmp === null ? [part([whole('OTHER')])] : [];
  return tests.icmp === null ? portParts(sort.protocol, tests, part) : [];
}

type MakePart = (ports: readonly PortMatch[], condition?: string | null) => FoundPart;

function icmpParts({ icmp, notIcmp }: TransportTests, part: MakePart): readonly FoundPart[] {
  const types: IntervalSet<number> = icmp?.type == null ? [[0, 255]] : [[icmp.type, icmp.type]];
  const code = icmp?.code == null ? null : `whether the ICMP code is ${icmp.code}`;
  const conditional = (set: IntervalSet<number>, condition: string | null): FoundPart[] => (set.length === 0 ? [] : [part(matches('ICMP', set), condition)]);
  if (notIcmp?.type == null) {
    if (notIcmp !== null) return [];
    return icmp?.type == null ? [part([whole('ICMP')])] : conditional(types, code);
  }
  const banned: IntervalSet<number> = [[notIcmp.type, notIcmp.type]];
  const left = portLine.subtract(types, banned);
  if (notIcmp.code === null) return conditional(left, code);
  const elsewhere = conditional(left, code);
  if (icmp?.code != null && icmp.code === notIcmp.code) return elsewhere;
  return [...elsewhere, ...conditional(portLine.intersect(types, banned), code ?? `whether the ICMP code is other than ${notIcmp.code}`)];
}

function portParts(protocol: Protocol, { ports, notPorts }: TransportTests, part: MakePart): readonly FoundPart[] {
  if (ports === null && notPorts === null) return [part([whole(protocol)])];
  const banned = numbersOf(notPorts ?? []);
  const bannedNames = namesOf(notPorts ?? []);
  const numbers = portLine.subtract(ports === null ? portLine.full : numbersOf(ports), banned);
  const names = namesOf(ports ?? []).map((name): PortMatch => ({ protocol, port: name, endPort: null }));
  const exclusion = bannedNames.length === 0 ? null : `whether the port is none of those called ${bannedNames.join(', ')}`;
  const out: FoundPart[] = [];
  if (numbers.length > 0) out.push(part(matches(protocol, numbers), exclusion));
  // The number behind a name may be one that is left out.
  const unsure = exclusion ?? (banned.length === 0 ? null : 'whether the named port is one of those left out');
  if (names.length > 0) out.push(part(names, unsure));
  return out;
}

function numbersOf(list: readonly RulePort[]): IntervalSet<number> {
  return portLine.of(list.flatMap((p): Interval<number>[] => ('name' in p ? [] : [[p.from, p.to]])));
}

function namesOf(list: readonly RulePort[]): readonly string[] {
  return list.flatMap((p) => ('name' in p ? [p.name] : []));
}

function matches(protocol: Protocol, set: IntervalSet<number>): PortMatch[] {
  return set.map(([from, to]) => ({ protocol, port: from, endPort: from === to ? null : to }));
}

function whole(protocol: Protocol): PortMatch {
  return { protocol, port: null, endPort: null };
}
