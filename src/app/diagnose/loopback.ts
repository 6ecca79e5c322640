import { parseIp } from '../../space/ip-set.ts';
import type { Complaint } from './complaints.ts';
import type { Judgement } from './order-of-time.ts';
import { canonical } from './suspects.ts';

/** Names that hosts files give to the loopback. Source: RFC 6761 §6.3; Debian and Red Hat /etc/hosts. */
const names = /^(?:localhost|localhost\.localdomain|localhost4|localhost6|ip6-localhost|ip6-loopback)\.?$/i;

/** Whether a far end is the loopback of whoever dials it: 127.0.0.0/8 or ::1 (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3), or a name of it. */
export function isLoopback(host: string): boolean {
  if (parseIp(host) === undefined) return names.test(host);
  const address = canonical(host);
  return address.startsWith('127.') || address === '::1';
}

/**
 * A pod that dials its own loopback meets no policy. Who should have been dialled is another pod, where pods of a job dial each other: then a setting is wrong.
 * Null where the far end is another, or none is told.
 */
export function overLoopback({ subject, host, port, means, quotes, proof, outcome }: Complaint): Judgement | null {
  if (host === null || proof === 'echo' || outcome === 'unknown-name' || subject === 'dns' || !isLoopback(host)) return null;
  const far = `${host}${port === null ? '' : `:${port}`}`;
  const amongPods = subject === 'store' || subject === 'peers' || subject === 'launch';
  return {
    blames: amongPods ? 'setting' : 'program',
    likelihood: 'likely',
    title: amongPods ? `A process dialled its own pod (${far}) in place of another` : `Nothing answered at ${far}, in the pod itself`,
    because: [means, `${host} is the loopback of whoever dials it: the packet never leaves the pod, so no policy has a part in it`],
    quotes,
    witness: null,
    advice: null,
    patch: null,
    fix: fixes[subject] ?? 'Look at the process in the same pod that should listen there: a sidecar, or a server that this one starts.',
  };
}

const fixes: Readonly<Partial<Record<Complaint['subject'], string>>> = {
  store:
    'Set MASTER_ADDR, or the endpoint of the rendezvous, to the name of the pod that holds rank 0: left out, torchrun takes the pod itself (torch/distributed/run.py). In a job of one pod, look why that process did not start.',
  peers:
    'Have the library take the interface of the pod network (NCCL_SOCKET_IFNAME=eth0, GLOO_SOCKET_IFNAME=eth0), and let the host name of the pod resolve to its own address and not to 127.0.1.1 (/etc/hosts).',
  launch: 'Name the other hosts in the hostfile by addresses that lead to them.',
};
