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

/** The types that `icmps` lists, each once: the model holds ICMP and ICMPv6 as one protocol, its type as the port. */
export function readIcmps(list: Reader): readonly PortMatch[] {
  const types = new Set<number>();
  for (const item of list.each()) {
    if (!item.object(['fields'])) continue;
    const fields = item.field('fields').each();
    if (fields.length > maxFields)
      item.field('fields').error('too-many-types', `This list has ${fields.length} types; expected at most ${maxFields}.`, 'Make several icmps items.');
    for (const field of fields) {
      const type = readType(field);
      if (type !== undefined) types.add(type);
    }
  }
  return [...types].map((type) => ({ protocol: 'ICMP', port: type, endPort: null }));
}

function readType(field: Reader): number | undefined {
  if (!field.object(['family', 'type'])) return undefined;
  const family = field.has('family') ? field.field('family').oneOf(['IPv4', 'IPv6']) : 'IPv4';
  if (!field.required('type') || family === undefined) return undefined;
  const type = field.field('type');
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
