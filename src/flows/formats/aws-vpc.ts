import { type FlowEnd, noEnd } from '../../model/observed-flow.ts';
import { parseIp } from '../../space/ip-set.ts';
import { dialler } from '../dialler.ts';
import { bad, type LineRead, type Outcome, other, type TextFormat } from '../outcome.ts';
import { countOf, portOf, protocolOf } from '../values.ts';

/** The fields of version 2, which is what a log without a header has. */
const standard = 'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(' ');

const wanted = ['srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol', 'start', 'action'];

export const text: TextFormat = {
  id: 'aws-vpc',
  title: 'AWS VPC flow logs, versions 2 to 5, any choice of fields',
  source: 'Amazon VPC user guide, flow log records: available fields; default format',
  open(line) {
    const words = line.trim().split(/ +/);
    if (words.includes('srcaddr') || words.includes('pkt-srcaddr')) return { read: reader(words), isHeader: true };
    // CloudWatch exports have no header: version, account, interface.
    if (words.length === standard.length && words[0] === '2' && /^eni-/.test(words[2] ?? '')) return { read: reader(standard), isHeader: false };
    return null;
  },
};

function reader(fields: readonly string[]): LineRead {
  const missing = wanted.filter((f) => !fields.includes(f) && !fields.includes(`pkt-${f}`));
  const at = new Map(fields.map((f, i) => [f, i]));
  return (line) => {
    const words = line.trim().split(/ +/);
    if (missing.length > 0) return bad(`the format leaves out ${missing.join(', ')}`);
    if (words.length !== fields.length) return bad(`${words.length} fields where the header has ${fields.length}`);
    return readFields((name) => {
      const i = at.get(name);
      const word = i === undefined ? '-' : (words[i] as string);
      return word === '-' ? '' : word;
    });
  };
}

function readFields(get: (name: string) => string): Outcome {
  const status = get('log-status');
  if (status === 'NODATA') return other;
  if (status === 'SKIPDATA') return { kind: 'lost', count: 1, node: get('interface-id') };
  const [start, end] = [countOf(get('start')), countOf(get('end') || get('start'))];
  const [from, to] = [get('pkt-srcaddr') || get('srcaddr'), get('pkt-dstaddr') || get('dstaddr')];
  const [sourcePort, destinationPort] = [portOf(get('srcport') || '0'), portOf(get('dstport') || '0')];
  if (start === undefined || end === undefined) return bad('start or end is no time');
  if (parseIp(from) === undefined || parseIp(to) === undefined) return bad('an address is none');
  if (sourcePort === undefined || destinationPort === undefined) return bad('a port is none');
  const bytes = countOf(get('bytes'));
  const action = get('action');
  const protocol = protocolOf(get('protocol'));
  const seen = get('flow-direction');
  // OR-ed over the interval: 2 is SYN, 18 SYN and ACK. Source: the field tcp-flags in the same guide.
  const flags = countOf(get('tcp-flags')) ?? 0;
  const who = (flags & 18) === 18 ? 'responder' : (flags & 2) === 2 ? 'initiator' : dialler(protocol, sourcePort, destinationPort);
  const isReply = who === 'responder' || who === 'perhaps-responder';
  const ends: readonly [FlowEnd, FlowEnd] = [
    { ...noEnd, ip: from, port: sourcePort, names: serviceName(get('pkt-src-aws-service')) },
    { ...noEnd, ip: to, port: destinationPort, names: serviceName(get('pkt-dst-aws-service')) },
  ];
  return {
    kind: 'flow',
    flow: {
      format: 'aws-vpc',
      timeNs: BigInt(start) * 1_000_000_000n,
      durationNs: Math.max(0, end - start) * 1e9,
      source: ends[isReply ? 1 : 0],
      destination: ends[isReply ? 0 : 1],
      protocol,
      verdict: action === 'ACCEPT' ? 'forwarded' : action === 'REJECT' ? 'dropped' : 'unknown',
      reason: action === 'REJECT' ? get('reject-reason') || 'REJECT' : '',
      direction: seen === 'egress' || seen === 'ingress' ? (isReply === (seen === 'egress') ? 'ingress' : 'egress') : '',
      isReply,
      knowsInitiator: who === 'initiator' || who === 'responder',
      bytesSent: isReply ? 0 : (bytes ?? 0),
      bytesReceived: isReply ? (bytes ?? 0) : 0,
      hasBytes: bytes !== undefined,
      // Flags without SYN belong to a connection that an earlier record began.
      connections: isReply || (flags !== 0 && (flags & 2) === 0) ? 0 : 1,
      isLayer7: false,
      dnsQuery: '',
      dnsTypes: '',
      dnsCode: '',
      service: '',
      policies: '',
      node: get('instance-id') || get('interface-id'),
      cluster: '',
    },
  };
}

/** A service of AWS is told by a word (`S3`), which is no name of DNS. */
function serviceName(word: string): string {
  return word === '' || word.includes(',') ? '' : `aws:${word.toLowerCase()}`;
}
