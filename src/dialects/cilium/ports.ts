import { type Reader, shown } from '../../kernel/reader.ts';
import type { PortMatch } from '../../model/policy.ts';
import type { Reading } from './version.ts';

/** A port list as far as it could be read. `strange` are protocols that the model holds as one (VRRP, GRE …): what they match cannot be said exactly. */
export interface PortList {
  readonly ports: readonly PortMatch[];
  readonly strange: boolean;
}

/** At most 40 ports an item. Source: cilium pkg/policy/api/rule_validation.go maxPorts. */
export const maxPorts = 40;

/** The `ports` of one toPorts item. Source: cilium pkg/policy/api/l4.go PortProtocol. */
export function readPorts(list: Reader, reading: Reading): PortList {
  const items = list.each();
  if (items.length > maxPorts)
    list.error('too-many-ports', `This list has ${items.length} ports; expected at most ${maxPorts}.`, 'Make several toPorts items.');
  const ports: PortMatch[] = [];
  let strange = false;
  for (const item of items) {
    const port = readPort(item, reading);
    if (port === 'strange') strange = true;
    else if (port !== undefined) ports.push(port);
  }
  return { ports, strange };
}

/** Protocols without ports. Source: cilium 1.19 and 1.20 pkg/policy/api/l4.go, the Enum of Protocol; 1.18 has none. */
const rare = ['VRRP', 'IGMP', 'GRE', 'IPIP', 'IPV6', 'ESP', 'AH'] as const;

function readPort(item: Reader, reading: Reading): PortMatch | 'strange' | undefined {
  if (item.absent) item.error('wrong-type', 'A port is nothing; expected an object.');
  if (!item.object(['port', 'endPort', 'protocol'])) return undefined;
  const protocol = item.field('protocol').value === '' || !item.has('protocol') ? 'ANY' : item.field('protocol').oneOf(['TCP', 'UDP', 'SCTP', 'ANY', ...rare]);
  item.required('port');
  const port = readNumberOrName(item.field('port'));
  const endPort = item.has('endPort') ? item.field('endPort').integer(0, 65535) : 0;
  if (protocol === undefined || port === undefined || endPort === undefined) return undefined;
  if (protocol !== 'TCP' && protocol !== 'UDP' && protocol !== 'SCTP' && protocol !== 'ANY') {
    reading.needs(protocol === 'VRRP' || protocol === 'IGMP' ? '1.19' : '1.20', item.field('protocol'), `the protocol ${protocol}`);
    if (port !== 0) item.field('port').error('bad-port', `${protocol} has no ports; expected port "0".`);
    return 'strange';
  }
  return withRange(item, protocol, port, endPort);
}

function withRange(item: Reader, protocol: 'TCP' | 'UDP' | 'SCTP' | 'ANY', port: number | string, endPort: number): PortMatch | undefined {
  const at = item.field('endPort');
  if (endPort === 0) return { protocol, port: port === 0 ? null : port, endPort: null };
  if (typeof port === 'string') {
    at.error('end-port-with-name', `endPort is ${endPort} but port is the name ${shown(port)}; a range needs a number.`, 'Write the number of the port.');
    return undefined;
  }
  if (port === 0) {
    if (endPort === 65535) return { protocol, port: null, endPort: null };
    at.error(
      'end-port-with-zero',
      `Port "0" means every port and cannot start a range to ${endPort}.`,
      'Write port: "1" for a range from the start, or remove endPort.',
    );
    return undefined;
  }
  if (endPort < port) {
    // Source: cilium pkg/policy/portrange.go PortRangeToMaskedPorts.
    at.warning(
      'end-port-before-port',
      `endPort is ${endPort}, before port ${port}: Cilium takes port ${port} alone.`,
      `Write ${port} or more, or remove endPort.`,
    );
    return { protocol, port, endPort: null };
  }
  return { protocol, port, endPort };
}

/** The number, the lower-case name, or undefined when wrong. Cilium writes numbers in quotes. */
function readNumberOrName(port: Reader): number | string | undefined {
  const text = port.string();
  if (text === undefined) return undefined;
  if (isServiceName(text)) return text.toLowerCase();
  if (/^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65535) return Number(text);
  port.error('bad-port', `${shown(text)} is no port; expected a number from 0 to 65535 in quotes, or a name of at most 15 letters, digits and single hyphens.`);
  return undefined;
}

/** Source: cilium pkg/iana/svcname.go IsSvcName (RFC 6335 section 5.1). */
export function isServiceName(text: string): boolean {
  return text.length <= 15 && /^[A-Za-z0-9-]+$/.test(text) && /[A-Za-z]/.test(text) && !text.includes('--') && !text.startsWith('-') && !text.endsWith('-');
}
