import { type Reader, shown } from '../kernel/reader.ts';
import type { PortMatch } from './policy.ts';

/**
 * One NetworkPolicyPort: protocol defaults to TCP, an absent port is every port of the protocol, endPort needs a number.
 * Undefined when it is wrong. Source: kubernetes pkg/apis/networking/validation ValidateNetworkPolicyPort.
 */
export function readPort(item: Reader): PortMatch | undefined {
  if (item.absent) item.error('wrong-type', 'A port is nothing; expected an object.', 'Write {} for every TCP port.');
  const elsewhere = {
    ports: 'Each item of the list has one port; write port.',
    from: 'Put from beside ports, not inside.',
    to: 'Put to beside ports, not inside.',
  };
  if (!item.object(['protocol', 'port', 'endPort'], elsewhere)) return undefined;
  const protocol = item.has('protocol') ? item.field('protocol').oneOf(['TCP', 'UDP', 'SCTP']) : 'TCP';
  const port = readNumberOrName(item.field('port'));
  const endPort = readEndPort(item, port);
  return protocol === undefined || port === undefined || endPort === undefined ? undefined : { protocol, port, endPort };
}

/** Null when absent, undefined when wrong. */
function readNumberOrName(port: Reader): number | string | null | undefined {
  if (port.absent) return null;
  if (port.kind === 'a number') return port.integer(1, 65535);
  if (port.kind !== 'a string') {
    port.error('wrong-type', `port is ${port.describe()}; expected a number from 1 to 65535, or the name of a container port.`);
    return undefined;
  }
  const name = port.string() ?? '';
  if (isServiceName(name)) return name;
  const number = /^\d{1,5}$/.test(name);
  const hint = number
    ? `Write ${Number(name)} without quotes: in quotes it is a name.`
    : 'Names have at most 15 lower-case letters, digits and single hyphens, with at least one letter.';
  port.error('bad-port-name', `${shown(name)} is no port name (IANA service name).`, hint);
  return undefined;
}

function readEndPort(item: Reader, port: number | string | null | undefined): number | null | undefined {
  const field = item.field('endPort');
  if (field.absent) return null;
  const end = field.integer(1, 65535);
  if (end === undefined || port === undefined) return undefined;
  if (port === null) {
    field.error(
      'end-port-without-port',
      `endPort is ${end} but there is no port; a range needs both.`,
      'Add port: 1 for a range from the start, or remove endPort.',
    );
    return undefined;
  }
  if (typeof port === 'string') {
    field.error('end-port-with-name', `endPort is ${end} but port is the name ${shown(port)}; a range needs a number.`, 'Write the number of the port.');
    return undefined;
  }
  if (end < port) {
    field.error('end-port-before-port', `endPort is ${end}, before port ${port}; expected ${port} or more.`);
    return undefined;
  }
  return end;
}

/** Source: kubernetes/apimachinery util/validation IsValidPortName (RFC 6335 section 5.1, lower case only). */
export function isServiceName(text: string): boolean {
  return text.length <= 15 && /^[a-z0-9-]+$/.test(text) && /[a-z]/.test(text) && !text.includes('--') && !text.startsWith('-') && !text.endsWith('-');
}
