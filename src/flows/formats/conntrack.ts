import { noEnd } from '../../model/observed-flow.ts';
import { parseIp } from '../../space/ip-set.ts';
import { bad, type Outcome, type TextFormat } from '../outcome.ts';
import { countOf, portOf, protocolOf } from '../values.ts';

export const text: TextFormat = {
  id: 'conntrack',
  title: 'conntrack -L, -E and /proc/net/nf_conntrack',
  source: 'conntrack(8); net/netfilter/nf_conntrack_standalone.c, ct_seq_show',
  open: (line, now) => (/\bsrc=\S+ dst=\S+/.test(line) ? { read: (l) => readLine(l, now), isHeader: false } : null),
};

/** A dump says what is there when it is taken, and has no times: those are the moment of reading, unless the line starts with one (`-o timestamp`). */
function readLine(line: string, now: bigint): Outcome {
  const pairs = [...line.matchAll(/(?:^|\s)([a-z-]+)=(\S+)/g)].map((m) => [m[1] as string, m[2] as string] as const);
  const values = (key: string): readonly string[] => pairs.filter(([k]) => k === key).map(([, v]) => v);
  const [from = '', backend = ''] = values('src');
  const [dialled = ''] = values('dst');
  const [sourcePort = '0', backendPort] = values('sport');
  const [destinationPort = '0'] = values('dport');
  if (parseIp(from) === undefined || parseIp(dialled) === undefined) return bad('an address is none');
  const protocol = protocolOf(/(?:^|\s)(tcp|udp|sctp|icmpv6|icmp|dccp|gre|unknown)\s/.exec(line)?.[1] ?? '');
  const [bytesSent, bytesReceived] = values('bytes').map((b) => countOf(b));
  // The answer comes from who was reached: behind a Service that is the pod.
  const isAnswered = !line.includes('[UNREPLIED]');
  const reached = isAnswered && parseIp(backend) !== undefined ? backend : dialled;
  const [from16, to16] = [portOf(sourcePort), portOf(isAnswered ? (backendPort ?? destinationPort) : destinationPort)];
  if (from16 === undefined || to16 === undefined) return bad('a port is none');
  const seconds = /^\[(\d{9,11})\.(\d{6})\]/.exec(line);
  const age = countOf(values('delta-time')[0] ?? '');
  return {
    kind: 'flow',
    flow: {
      format: 'conntrack',
      timeNs: seconds === null ? now : BigInt(seconds[1] as string) * 1_000_000_000n + BigInt(seconds[2] as string) * 1000n,
      durationNs: (age ?? 0) * 1e9,
      source: { ...noEnd, ip: from, port: from16 },
      destination: { ...noEnd, ip: reached, port: protocol === 'ICMP' ? (countOf(values('type')[0] ?? '') ?? 0) & 255 : to16 },
      protocol,
      verdict: isAnswered ? 'forwarded' : 'unknown',
      reason: '',
      direction: '',
      isReply: false,
      knowsInitiator: true,
      bytesSent: bytesSent ?? 0,
      bytesReceived: bytesReceived ?? 0,
      hasBytes: bytesSent !== undefined,
      connections: line.includes('[UPDATE]') || line.includes('[DESTROY]') ? 0 : 1,
      isLayer7: false,
      dnsQuery: '',
      dnsTypes: '',
      dnsCode: '',
      service: '',
      policies: '',
      node: '',
      cluster: '',
    },
  };
}
