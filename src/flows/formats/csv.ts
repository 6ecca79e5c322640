import type { FlowEnd, FlowVerdict } from '../../model/observed-flow.ts';
import { parseIp } from '../../space/ip-set.ts';
import { bad, type LineRead, type TextFormat } from '../outcome.ts';
import { countOf, epochOf, nameOf, portOf, protocolOf, timeOf } from '../values.ts';

/** Columns of our own, and what others call them. */
const columns: Readonly<Record<string, readonly string[]>> = {
  time: ['time', 'timestamp', 'time_ns', 'start_time', 'ts'],
  source_ip: ['source_ip', 'src_ip', 'srcaddr', 'src', 'source'],
  destination_ip: ['destination_ip', 'dst_ip', 'dest_ip', 'dstaddr', 'dst', 'destination'],
  source_port: ['source_port', 'src_port', 'srcport', 'sport'],
  destination_port: ['destination_port', 'dst_port', 'dest_port', 'dstport', 'dport', 'port'],
  protocol: ['protocol', 'proto'],
  verdict: ['verdict', 'action'],
  source_namespace: ['source_namespace', 'src_namespace'],
  source_pod: ['source_pod', 'src_pod'],
  source_workload: ['source_workload', 'src_workload'],
  source_labels: ['source_labels'],
  destination_namespace: ['destination_namespace', 'dst_namespace', 'dest_namespace'],
  destination_pod: ['destination_pod', 'dst_pod', 'dest_pod'],
  destination_workload: ['destination_workload', 'dst_workload', 'dest_workload'],
  destination_labels: ['destination_labels'],
  destination_names: ['destination_names', 'destination_name', 'dest_domain'],
  bytes_sent: ['bytes_sent', 'bytes', 'bytes_out'],
  bytes_received: ['bytes_received', 'bytes_in'],
  duration_ns: ['duration_ns'],
  direction: ['direction'],
  reason: ['reason', 'drop_reason'],
  node: ['node', 'node_name'],
  dns_query: ['dns_query', 'query'],
  dns_types: ['dns_types', 'qtype'],
};

const verdicts: Readonly<Record<string, FlowVerdict>> = {
  ...{ forwarded: 'forwarded', allow: 'forwarded', allowed: 'forwarded', accept: 'forwarded' },
  ...{ dropped: 'dropped', drop: 'dropped', deny: 'dropped', denied: 'dropped', reject: 'dropped', audit: 'audit' },
};

export const text: TextFormat = {
  id: 'csv',
  title: 'CSV with a header',
  source: `columns ${Object.keys(columns).join(', ')}; RFC 4180 without line breaks in fields`,
  open(line) {
    const header = fieldsOf(line)?.map((f) => f.trim().toLowerCase());
    const at = new Map(
      Object.entries(columns).flatMap(([ours, theirs]) => {
        const i = theirs.map((name) => header?.indexOf(name) ?? -1).find((found) => found >= 0);
        return i === undefined ? [] : [[ours, i] as const];
      }),
    );
    return header !== undefined && at.has('time') && (at.has('destination_ip') || at.has('destination_pod')) && header.length > 2
      ? { read: reader(at, header.length), isHeader: true }
      : null;
  },
};

function reader(at: ReadonlyMap<string, number>, width: number): LineRead {
  return (line) => {
    const fields = fieldsOf(line);
    if (fields === null) return bad('a quote is not closed');
    if (fields.length !== width) return bad(`${fields.length} fields where the header has ${width}`);
    const get = (name: string): string => {
      const i = at.get(name);
      return i === undefined ? '' : (fields[i] as string).trim();
    };
    const timeNs = timeOf(get('time')) ?? epochOf(get('time'));
    if (timeNs === undefined) return bad('the time is none');
    const [sourcePort, destinationPort] = [portOf(get('source_port') || '0'), portOf(get('destination_port') || '0')];
    if (sourcePort === undefined || destinationPort === undefined) return bad('a port is none');
    const faulty = [get('source_ip'), get('destination_ip')].some((ip) => ip !== '' && parseIp(ip) === undefined);
    if (faulty) return bad('an address is none');
    const word = get('verdict').toLowerCase();
    const direction = get('direction').toLowerCase();
    return {
      kind: 'flow',
      flow: {
        format: 'csv',
        timeNs,
        durationNs: countOf(get('duration_ns')) ?? 0,
        source: endOf(get, 'source', sourcePort),
        destination: endOf(get, 'destination', destinationPort),
        protocol: protocolOf(get('protocol') || 'TCP'),
        verdict: Object.hasOwn(verdicts, word) ? (verdicts[word] as FlowVerdict) : 'unknown',
        reason: get('reason'),
        direction: direction === 'egress' || direction === 'ingress' ? direction : '',
        isReply: false,
        knowsInitiator: true,
        bytesSent: countOf(get('bytes_sent')) ?? 0,
        bytesReceived: countOf(get('bytes_received')) ?? 0,
        hasBytes: countOf(get('bytes_sent')) !== undefined,
        connections: 1,
        isLayer7: get('dns_query') !== '',
        dnsQuery: nameOf(get('dns_query')),
        dnsTypes: get('dns_types'),
        dnsCode: '',
        service: '',
        policies: '',
        node: get('node'),
        cluster: '',
      },
    };
  };
}

function endOf(get: (name: string) => string, side: 'source' | 'destination', port: number): FlowEnd {
  const [pod, workload, namespace] = [get(`${side}_pod`), get(`${side}_workload`), get(`${side}_namespace`)];
  return {
    kind: pod !== '' || workload !== '' || namespace !== '' ? 'pod' : 'unknown',
    namespace,
    pod,
    workload,
    labels: get(`${side}_labels`),
    ip: get(`${side}_ip`),
    port,
    names: side === 'destination' ? get('destination_names').split(/[ ;]+/).map(nameOf).join(',') : '',
  };
}

/** The fields of a line; null where a quote is not closed. */
function fieldsOf(line: string): string[] | null {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const c = line[i] as string;
    if (quoted) {
      if (c !== '"') field += c;
      else if (line[i + 1] === '"') field += line[++i];
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ',') {
      fields.push(field);
      field = '';
    } else field += c;
  }
  return quoted ? null : [...fields, field];
}
