import type { Reader } from '../../kernel/reader.ts';
import type { PortMatch } from '../../model/policy.ts';

/** Ports that a rule matches, and what else must then hold; null ports are every port of every protocol. */
export interface Transport {
  readonly ports: readonly PortMatch[] | null;
  readonly condition: string | null;
}

/** Source: antrea pkg/apis/crd/v1beta1 types.go IGMPQuery, IGMPReportV1 to V3; the CRDs' enums. */
const igmpTypes = { ingress: [0x11], egress: [0x12, 0x16, 0x22] } as const;

/**
 * `ports` and `protocols` of a rule: alternatives, and everything where both are left out or empty. Items with a source port, an ICMP code or a multicast
 * group come one by one, since neither addresses nor ports tell whether these match. Source: antrea pkg/apis/crd/v1beta1 Rule,
 * pkg/controller/networkpolicy/validate.go validatePort, validateMulticastIGMP.
 */
export function readTransport(rule: Reader, direction: 'ingress' | 'egress'): readonly Transport[] {
  const [ports, protocols] = [rule.field('ports').each(), rule.field('protocols').each()];
  if (ports.length + protocols.length === 0) return [{ ports: null, condition: null }];
  const items = [...ports.flatMap(readPort), ...protocols.flatMap((item) => readProtocol(item, direction))];
  const plain = items.filter((i) => i.condition === null).map((i) => i.port);
  const doubtful = items.filter((i) => i.condition !== null).map((i): Transport => ({ ports: [i.port], condition: i.condition }));
  return [...(plain.length === 0 ? [] : [{ ports: plain, condition: null }]), ...doubtful];
}

interface Item {
  readonly port: PortMatch;
  readonly condition: string | null;
}

function readPort(item: Reader): Item[] {
  if (item.absent) item.error('wrong-type', 'A port is nothing; expected an object.', 'Write {} for every TCP port.');
  if (!item.object(['protocol', 'port', 'endPort', 'sourcePort', 'sourceEndPort'])) return [];
  const protocol = item.has('protocol') ? item.field('protocol').oneOf(['TCP', 'UDP', 'SCTP']) : 'TCP';
  const at = item.field('port');
  const port = at.absent ? null : at.kind === 'a string' ? at.string() : at.integer(1, 65535);
  const end = readEnd(item, 'endPort', 'port', typeof port === 'number' ? port : undefined);
  const source = item.has('sourcePort') ? item.field('sourcePort').integer(1, 65535) : null;
  const sourceEnd = readEnd(item, 'sourceEndPort', 'sourcePort', source ?? undefined);
  if (protocol === undefined || port === undefined || source === undefined) return [];
  const range = `${source}${sourceEnd === null || sourceEnd === source ? '' : ` to ${sourceEnd}`}`;
  return [{ port: { protocol, port, endPort: end }, condition: source === null ? null : `whether the source port is ${range}` }];
}

/** The end of a range; null when there is none. It needs a number to begin with, and is not before it. */
function readEnd(item: Reader, key: 'endPort' | 'sourceEndPort', from: 'port' | 'sourcePort', start: number | undefined): number | null {
  const at = item.field(key);
  if (at.absent) return null;
  const end = at.integer(1, 65535);
  if (item.field(from).absent) at.error('end-port-without-port', `${key} is there without ${from}; a range needs both.`, `Add ${from}.`);
  else if (item.field(from).kind === 'a string') at.error('end-port-with-name', `${key} stands beside a port name; a range needs a number.`);
  else if (end !== undefined && start !== undefined && end < start) at.error('end-port-before-port', `${key} is ${end}, before ${from} ${start}.`);
  return end ?? null;
}

function readProtocol(item: Reader, direction: 'ingress' | 'egress'): Item[] {
  if (item.absent) item.error('wrong-type', 'A protocol is nothing; expected icmp or igmp.');
  if (!item.object(['icmp', 'igmp'])) return [];
  const [icmp, igmp] = [item.field('icmp'), item.field('igmp')];
  if (icmp.present === igmp.present) {
    item.error('one-of', `This item has ${icmp.present ? 'both' : 'neither of'} icmp and igmp; expected exactly one.`, 'Write icmp: {} for all of ICMP.');
    return [];
  }
  if (icmp.present) {
    if (!icmp.object(['icmpType', 'icmpCode'])) return [];
    const type = icmp.field('icmpType').integer(0, 255) ?? null;
    const code = icmp.field('icmpCode').integer(0, 255);
    return [{ port: { protocol: 'ICMP', port: type, endPort: null }, condition: code === undefined ? null : `whether the ICMP code is ${code}` }];
  }
  if (!igmp.object(['igmpType', 'groupAddress'])) return [];
  const type = igmp.field('igmpType');
  const number = type.integer(0, 255);
  const known: readonly number[] = igmpTypes[direction];
  if (number !== undefined && !known.includes(number)) type.error('unknown-value', `igmpType is ${number}; in ${direction} rules it is ${known.join(', ')}.`);
  igmp.field('groupAddress').string();
  return [{ port: { protocol: 'OTHER', port: null, endPort: null }, condition: 'whether the packet is IGMP of that type and group' }];
}
