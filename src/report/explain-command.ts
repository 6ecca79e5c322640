import type { Endpoint, Packet } from '../model/verdict.ts';
import { visible } from './visible.ts';

/** What the user gave, and how the cluster was read: what `explain` needs to be asked again about one packet. */
export interface AskedOf {
  readonly inputs: readonly string[];
  /** Id of the profile. */
  readonly profile: string;
}

/** The profile that counts when none is named. */
const usual = 'kubernetes';

/** The command line that explains a packet, to be copied into a POSIX shell; null where an end has no name there, such as a pod to come. */
export function explainCommand(packet: Packet, { inputs, profile }: AskedOf): string | null {
  const [from, to, port] = [wordOf(packet.from), wordOf(packet.to), portOf(packet)];
  if (inputs.length === 0 || from === null || to === null || port === null) return null;
  const words = [...inputs.map(pathOf), '--from', from, '--to', to, '--port', port, ...(profile === usual ? [] : ['--profile', profile])];
  // What would have to be escaped for a terminal cannot be copied from it.
  if (words.some((word) => visible(word) !== word)) return null;
  return ['ringfence explain', ...words.map(quoted)].join(' ');
}

/** Only pods of the input have a name: a representative stands for pods to come. */
function wordOf(end: Endpoint): string | null {
  switch (end.kind) {
    case 'pod': {
      const [kind, namespace, name] = end.workload.split('/');
      return kind === undefined || kind === 'Representative' || namespace === undefined || name === undefined ? null : `${kind}/${namespace}/${name}`;
    }
    case 'node':
      return end.node === null ? null : `node/${end.node}`;
    case 'address':
      return end.ip;
    case 'name':
      return end.name;
  }
}

/** As `--port` takes it: of ICMP it asks about an echo request alone. */
function portOf({ protocol, port }: Packet): string | null {
  if (protocol === 'OTHER') return null;
  if (protocol === 'ICMP') return port === 8 ? 'ICMP' : null;
  return port === 0 ? null : `${port}/${protocol}`;
}

/** A path that begins with a hyphen would read as an option. */
function pathOf(path: string): string {
  return path.startsWith('-') && path !== '-' ? `./${path}` : path;
}

/** Source: POSIX.1-2017, Shell Command Language §2.2.2: between single quotes every character stands for itself. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
