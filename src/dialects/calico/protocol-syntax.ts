import { type Reader, shown } from '../../kernel/reader.ts';
import { nearest } from '../../kernel/spelling.ts';
import type { IcmpTest, RulePort, RuleProtocol } from './transport.ts';

const byNumber: ReadonlyMap<number, RuleProtocol> = new Map<number, RuleProtocol>([
  [1, { kind: 'icmp', family: 4 }],
  [6, { kind: 'ports', protocol: 'TCP' }],
  [17, { kind: 'ports', protocol: 'UDP' }],
  [58, { kind: 'icmp', family: 6 }],
  [132, { kind: 'ports', protocol: 'SCTP' }],
]);

/** IP protocol numbers. Source: IANA protocol numbers; projectcalico/api lib/numorstring/protocol.go for the names. */
const numbers: ReadonlyMap<string, number> = new Map([
  ['TCP', 6],
  ['UDP', 17],
  ['ICMP', 1],
  ['ICMPv6', 58],
  ['SCTP', 132],
  ['UDPLite', 136],
]);

/** A protocol by name or number (1 to 255); null when absent, undefined, with an error, when it is neither. */
export function readProtocol(at: Reader): RuleProtocol | null | undefined {
  if (at.absent) return null;
  const number = at.kind === 'a number' ? at.integer(1, 255) : numberOfName(at);
  if (number === undefined) return undefined;
  return byNumber.get(number) ?? { kind: 'other', number };
}

function numberOfName(at: Reader): number | undefined {
  if (at.kind !== 'a string') {
    at.error('wrong-type', `A protocol is ${at.describe()}; expected a name or a number from 1 to 255.`);
    return undefined;
  }
  const text = at.string() ?? '';
  const number = numbers.get(text) ?? (/^[1-9]\d{0,2}$/.test(text) && Number(text) <= 255 ? Number(text) : undefined);
  if (number !== undefined) return number;
  const meant = nearest(text, [...numbers.keys()]);
  at.error(
    'unknown-value',
    `${shown(text)} is no protocol; expected ${[...numbers.keys()].join(', ')} or a number from 1 to 255.`,
    meant === undefined ? undefined : `Did you mean ${meant}?`,
  );
  return undefined;
}

/** The `icmp` or `notICMP` of a rule; null when absent. */
export function readIcmp(at: Reader): IcmpTest | null {
  if (!at.object(['type', 'code'])) return null;
  if (at.has('code') && !at.has('type')) at.error('missing-field', 'An ICMP code needs the type it belongs to.', 'Add type.');
  return { type: at.field('type').integer(0, 254) ?? null, code: at.field('code').integer(0, 255) ?? null };
}

const mostPorts = 50;

/** The list of ports; null when absent or empty (no restriction). Source: projectcalico/api lib/numorstring/port.go. */
export function readPorts(at: Reader): readonly RulePort[] | null {
  const items = at.items();
  if (items === undefined || items.length === 0) return null;
  if (items.length > mostPorts)
    at.error('too-many', `This lists ${items.length} ports; the API takes at most ${mostPorts}.`, 'Use ranges, such as "8000:8090".');
  return items.map(readPort).filter((port) => port !== undefined);
}

function readPort(at: Reader): RulePort | undefined {
  if (at.kind === 'a number') {
    const port = at.integer(1, 65535);
    return port === undefined ? undefined : { from: port, to: port };
  }
  if (at.kind !== 'a string') {
    at.error('wrong-type', `A port is ${at.describe()}; expected a number, a range such as "8000:8090", or the name of a container port.`);
    return undefined;
  }
  const text = at.string() ?? '';
  const range = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(text);
  if (range !== null) return checkRange(at, Number(range[1]), Number(range[2] ?? range[1]));
  if (/^[a-zA-Z0-9_.-]{1,128}$/.test(text) && !/^\d+$/.test(text)) {
    const dash = /^(\d{1,5})-(\d{1,5})$/.exec(text);
    if (dash !== null)
      at.warning(
        'port-name-like-range',
        `${shown(text)} is the name of a container port to Calico, not a range.`,
        `For a range write "${dash[1]}:${dash[2]}".`,
      );
    return { name: text };
  }
  at.error(
    'bad-port',
    `${shown(text)} is no port; expected a number from 1 to 65535, a range such as "8000:8090", or a name of letters, digits, "_", "." and "-".`,
  );
  return undefined;
}

function checkRange(at: Reader, from: number, to: number): RulePort | undefined {
  if (from >= 1 && to <= 65535 && from <= to) return { from, to };
  at.error('bad-port', `${shown(at.value)} is no range of ports; expected numbers from 1 to 65535, the smaller first.`);
  return undefined;
}
