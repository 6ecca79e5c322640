import type { Protocol } from '../space/transport-set.ts';

export type Dialler = 'initiator' | 'responder' | 'perhaps-responder' | 'unknown';

/** Where the kernel of a client draws its port from, at the lowest. Sources: Linux ip_local_port_range 32768; IANA 49152 (RFC 6335 §6). */
const lowestEphemeral = 32_768;

/** Which end of a record of one direction dialled, as far as ports tell: a server's port lies below those that clients draw. */
export function dialler(protocol: Protocol, sourcePort: number, destinationPort: number): Dialler {
  if (protocol === 'ICMP' || protocol === 'OTHER') return 'unknown';
  return sourcePort > 0 && sourcePort < lowestEphemeral && destinationPort >= lowestEphemeral ? 'perhaps-responder' : 'unknown';
}
