import { type Reader, shown } from '../../kernel/reader.ts';
import { nearest } from '../../kernel/spelling.ts';
import type { PortMatch } from '../../model/policy.ts';

// Source: cilium pkg/policy/api/icmp.go icmpIpv4TypeNameToCode.
const ipv4Types: Readonly<Record<string, number>> = {
  EchoReply: 0,
  DestinationUnreachable: 3,
  Redirect: 5,
  Echo: 8,
  EchoRequest: 8,
  RouterAdvertisement: 9,
  RouterSelection: 10,
  TimeExceeded: 11,
  ParameterProblem: 12,
  Timestamp: 13,
  TimestampReply: 14,
  Photuris: 40,
  ExtendedEchoRequest: 42,
};

// Source: cilium pkg/policy/api/icmp.go icmpIpv6TypeNameToCode.
const ipv6Types: Readonly<Record<string, number>> = {
  DestinationUnreachable: 1,
  PacketTooBig: 2,
  TimeExceeded: 3,
  ParameterProblem: 4,
  EchoRequest: 128,
  EchoReply: 129,
  MulticastListenerQuery: 130,
  MulticastListenerReport: 131,
  MulticastListenerDone: 132,
  RouterSolicitation: 133,
  RouterAdvertisement: 134,
  NeighborSolicitation: 135,
  NeighborAdvertisement: 136,
  RedirectMessage: 137,
  RouterRenumbering: 138,
  ICMPNodeInformationQuery: 139,
  ICMPNodeInformationResponse: 140,
  InverseNeighborDiscoverySolicitation: 141,
  InverseNeighborDiscoveryAdvertisement: 142,
  HomeAgentAddressDiscoveryRequest: 144,
  HomeAgentAddressDiscoveryReply: 145,
  MobilePrefixSolicitation: 146,
  MobilePrefixAdvertisement: 147,
  DuplicateAddressRequestCodeSuffix: 157,
  DuplicateAddressConfirmationCodeSuffix: 158,
  ExtendedEchoRequest: 160,
};

/** At most 40 fields an item. Source: cilium pkg/policy/api/rule_validation.go maxICMPFields. */
export const maxFields = 40;

type Family = 'IPv4' | 'IPv6';

/** Types of ICMP, and on what their rule hangs besides. */
export interface IcmpPorts {
  readonly ports: readonly PortMatch[];
  readonly condition?: string;
}

/**
 * The types that `icmps` lists, each once. The model holds ICMP and ICMPv6 as one protocol, its type as the port: a number that means something in the other
 * family, and is listed for one alone, matches perhaps.
 */
export function readIcmps(list: Reader): readonly IcmpPorts[] {
  const types = new Map<number, Set<Family>>();
  for (const item of list.each()) {
    if (!item.object(['fields'])) continue;
    const fields = item.field('fields').each();
    if (fields.length > maxFields)
      item.field('fields').error('too-many-types', `This list has ${fields.length} types; expected at most ${maxFields}.`, 'Make several icmps items.');
    for (const field of fields) {
      const read = readType(field);
      if (read !== undefined) types.set(read.type, (types.get(read.type) ?? new Set()).add(read.family));
    }
  }
  const doubtful = (family: Family): PortMatch[] => ports([...types].filter(([type, families]) => isDoubtful(type, families) && families.has(family)));
  const perhaps = (['IPv4', 'IPv6'] as const).map((family) => ({
    ports: doubtful(family),
    condition: `whether the packet is ${family}, for which alone a rule has its type of ICMP`,
  }));
  return [{ ports: ports([...types].filter(([type, families]) => !isDoubtful(type, families))) }, ...perhaps].filter((p) => p.ports.length > 0);
}

function ports(types: readonly (readonly [number, ReadonlySet<Family>])[]): PortMatch[] {
  return types.map(([type]) => ({ protocol: 'ICMP', port: type, endPort: null }));
}

function isDoubtful(type: number, families: ReadonlySet<Family>): boolean {
  return families.size === 1 && means[families.has('IPv4') ? 'IPv6' : 'IPv4'](type);
}

/** Whether a family has a use for a number. Source: IANA icmp-parameters and icmpv6-parameters, reserved and unassigned blocks taken together. */
const means: Readonly<Record<Family, (type: number) => boolean>> = {
  IPv4: (type) => type === 0 || (type >= 3 && type <= 6) || (type >= 8 && type <= 43),
  IPv6: (type) => (type >= 1 && type <= 4) || type >= 100,
};

function readType(field: Reader): { readonly family: Family; readonly type: number } | undefined {
  if (!field.object(['family', 'type'])) return undefined;
  const family = field.has('family') ? field.field('family').oneOf(['IPv4', 'IPv6']) : 'IPv4';
  if (!field.required('type') || family === undefined) return undefined;
  const type = readNumber(field.field('type'), family);
  if (type !== undefined && !means[family](type) && means[family === 'IPv4' ? 'IPv6' : 'IPv4'](type))
    field.warning(
      'other-family',
      `${family} has no ICMP type ${type}${field.has('family') ? '' : ', and IPv4 is meant where no family is named'}.`,
      `Write family: ${family === 'IPv4' ? 'IPv6' : 'IPv4'}.`,
    );
  return type === undefined ? undefined : { family, type };
}

function readNumber(type: Reader, family: Family): number | undefined {
  if (type.kind === 'a number') return type.integer(0, 255);
  const text = type.string();
  if (text === undefined) return undefined;
  if (/^(?:0|[1-9]\d{0,2})$/.test(text) && Number(text) <= 255) return Number(text);
  const names = family === 'IPv4' ? ipv4Types : ipv6Types;
  if (text === 'ExtendedEchoReply') {
    // The pattern of the type has "ExtendedEcho Reply", which no agent knows. Source: cilium 1.18 to 1.20 pkg/policy/api/icmp.go ICMPField.Type.
    type.error('unknown-value', 'The API server of every version refuses the name ExtendedEchoReply.', `Write type: ${family === 'IPv4' ? 43 : 161}.`);
    return undefined;
  }
  if (Object.hasOwn(names, text)) return names[text];
  const meant = nearest(text, Object.keys(names));
  type.error(
    'unknown-value',
    `${shown(text)} is no ${family} ICMP type; expected a number from 0 to 255, or a name.`,
    meant === undefined ? undefined : `Did you mean ${meant}?`,
  );
  return undefined;
}
