import { isMap } from '../../kernel/map.ts';
import type { FlowEnd, FlowEndKind, FlowVerdict, ObservedFlow } from '../../model/observed-flow.ts';
import type { Protocol } from '../../space/transport-set.ts';
import { bad, type JsonFormat, type Outcome, other } from '../outcome.ts';
import { countAt, listAt, mapAt, nameOf, textAt, textsAt, timeOf } from '../values.ts';

type Json = Readonly<Record<string, unknown>>;

/** Siblings of `flow` in the exporter's and the CLI's records that are no flows. */
const besides = ['agent_event', 'debug_event', 'node_status'];

/** REDIRECTED went on to the proxy; TRACED and TRANSLATED are points on the way. */
const verdicts: Readonly<Record<string, FlowVerdict>> = {
  FORWARDED: 'forwarded',
  REDIRECTED: 'forwarded',
  DROPPED: 'dropped',
  ERROR: 'dropped',
  AUDIT: 'audit',
};

/** Numbers of drop reasons that policies cause, for records whose text was masked out. */
const policyReasons: Readonly<Record<number, string>> = { 133: 'POLICY_DENIED', 181: 'POLICY_DENY', 189: 'AUTH_REQUIRED' };

export const json: JsonFormat = {
  id: 'hubble',
  title: 'Hubble (Cilium)',
  source: 'cilium/cilium api/v1/flow/flow.proto, api/v1/observer/observer.proto (protobuf JSON with field names of the proto)',
  takes: (record) =>
    isMap(record.flow) ||
    ['lost_events', ...besides].some((key) => isMap(record[key])) ||
    (typeof record.time === 'string' && ('verdict' in record || 'l4' in record || 'IP' in record || 'Type' in record)),
  read: (record) => [readRecord(record)],
};

function readRecord(record: Json): Outcome {
  const lost = mapAt(record, 'lost_events');
  if (lost !== null) return { kind: 'lost', count: countAt(lost, 'num_events_lost', 1), node: textAt(record, 'node_name') };
  const wrapped = mapAt(record, 'flow');
  if (wrapped === null && besides.some((key) => isMap(record[key]))) return other;
  return readFlow(wrapped ?? record, record);
}

function readFlow(flow: Json, record: Json): Outcome {
  const timeText = textAt(flow, 'time') || textAt(record, 'time');
  const timeNs = timeOf(timeText);
  if (timeNs === undefined) return bad(timeText === '' ? 'a flow without a time' : 'the time of the flow is none');
  const ip = mapAt(flow, 'IP');
  const transport = transportOf(mapAt(flow, 'l4'));
  if (transport === null) return bad('a port of the flow is none');
  const from = endOf(mapAt(flow, 'source'), textAt(ip, 'source'), transport.sourcePort, namesAt(flow, 'source_names'));
  const to = endOf(mapAt(flow, 'destination'), textAt(ip, 'destination'), transport.destinationPort, namesAt(flow, 'destination_names'));
  const l7 = mapAt(flow, 'l7');
  const eventType = countAt(mapAt(flow, 'event_type'), 'type');
  const saysReply = typeof flow.is_reply === 'boolean';
  // In a dropped packet's record `is_reply` is left out: what is dropped by policy opens a connection.
  const isReply = flow.is_reply === true || textAt(l7, 'type') === 'RESPONSE';
  const word = textAt(flow, 'verdict');
  const verdict = Object.hasOwn(verdicts, word) ? (verdicts[word] as FlowVerdict) : 'unknown';
  const direction = textAt(flow, 'traffic_direction');
  const dns = mapAt(l7, 'dns');
  const observed: ObservedFlow = {
    format: 'hubble',
    timeNs,
    durationNs: 0,
    source: isReply ? to : from,
    destination: isReply ? from : to,
    protocol: transport.protocol,
    verdict,
    reason: reasonOf(flow),
    direction: direction === 'EGRESS' ? 'egress' : direction === 'INGRESS' ? 'ingress' : '',
    isReply,
    knowsInitiator: saysReply || verdict === 'dropped' || l7 !== null,
    bytesSent: 0,
    bytesReceived: 0,
    hasBytes: false,
    connections: isReply || l7 !== null || transport.isFurther ? 0 : 1,
    isLayer7: l7 !== null,
    dnsQuery: nameOf(textAt(dns, 'query')),
    dnsTypes: textsAt(dns, 'qtypes').join(','),
    dnsCode: dns === null || !isReply ? '' : (rcodes[countAt(dns, 'rcode')] ?? String(countAt(dns, 'rcode'))),
    service: serviceOf(mapAt(flow, isReply ? 'source_service' : 'destination_service')),
    policies: policiesOf(flow),
    node: textAt(flow, 'node_name') || textAt(record, 'node_name'),
    cluster: textAt(mapAt(flow, 'source'), 'cluster_name') || textAt(mapAt(flow, 'destination'), 'cluster_name'),
  };
  const mayMerge = verdict === 'dropped' && (eventType === 1 || eventType === 5);
  return mayMerge
    ? { kind: 'flow', flow: observed, mergeKey: keyOf(observed), mergeRole: eventType === 5 ? 'verdict' : 'drop' }
    : { kind: 'flow', flow: observed };
}

/** Source: RFC 6895 §2.3. */
const rcodes: readonly string[] = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

interface Transport {
  readonly protocol: Protocol;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Whether flags say that the packet opens nothing. */
  readonly isFurther: boolean;
}

function transportOf(l4: Json | null): Transport | null {
  for (const protocol of ['TCP', 'UDP', 'SCTP'] as const) {
    const ends = mapAt(l4, protocol);
    if (ends === null) continue;
    const [sourcePort, destinationPort] = [countAt(ends, 'source_port'), countAt(ends, 'destination_port')];
    return sourcePort > 65_535 || destinationPort > 65_535 || isNoCount(ends.source_port) || isNoCount(ends.destination_port)
      ? null
      : { protocol, sourcePort, destinationPort, isFurther: isFurther(mapAt(ends, 'flags')) };
  }
  for (const key of ['ICMPv4', 'ICMPv6']) {
    const icmp = mapAt(l4, key);
    if (icmp !== null) return { protocol: 'ICMP', sourcePort: 0, destinationPort: countAt(icmp, 'type') & 255, isFurther: false };
  }
  return { protocol: 'OTHER', sourcePort: 0, destinationPort: 0, isFurther: false };
}

function isFurther(flags: Json | null): boolean {
  return flags !== null && (flags.SYN !== true || flags.ACK === true);
}

function isNoCount(value: unknown): boolean {
  return value !== undefined && typeof value !== 'number' && !(typeof value === 'string' && /^\d{1,5}$/.test(value));
}

function namesAt(flow: Json, key: string): string {
  return textsAt(flow, key).map(nameOf).join(',');
}

/** Labels of one identity are repeated on every flow of it, and are read once. */
const labelsRead = new Map<string, { readonly labels: string; readonly kind: FlowEndKind; readonly namespace: string }>();

/** Identities that are remembered; clusters have a few thousand. */
const mostRemembered = 20_000;

function endOf(end: Json | null, ip: string, port: number, names: string): FlowEnd {
  const said = listAt(end, 'labels');
  const { labels, kind, namespace: labelled } = readLabels(said);
  const pod = textAt(end, 'pod_name');
  const namespace = textAt(end, 'namespace') || labelled;
  const [workload] = listAt(end, 'workloads');
  return {
    // A pod that has a name is one, whatever its identity says: that of pods without an endpoint is `unmanaged`.
    kind: pod !== '' ? 'pod' : kind === 'unknown' && namespace !== '' ? 'pod' : kind,
    namespace,
    pod,
    workload: isMap(workload) ? textAt(workload, 'name') : '',
    labels,
    ip,
    port,
    names,
  };
}

function readLabels(said: readonly unknown[]): { readonly labels: string; readonly kind: FlowEndKind; readonly namespace: string } {
  const key = said.join(',');
  const known = labelsRead.get(key);
  if (known !== undefined) return known;
  const texts = said.filter((l): l is string => typeof l === 'string' && !l.includes(','));
  const reserved = new Set(texts.filter((l) => l.startsWith('reserved:')).map((l) => l.slice(9)));
  const plain = texts.filter((l) => !l.startsWith('reserved:') && !l.startsWith('cidr:') && !l.startsWith('fqdn:')).map((l) => l.replace(/^k8s:/, ''));
  const namespace = plain.find((l) => l.startsWith('io.kubernetes.pod.namespace='))?.slice(28) ?? '';
  const own = plain.filter((l) => !l.startsWith('io.kubernetes.pod.namespace') && !l.startsWith('io.cilium.k8s.')).sort();
  const made = { labels: own.join(','), kind: kindOf(reserved, own.length > 0), namespace };
  if (labelsRead.size >= mostRemembered) labelsRead.clear();
  labelsRead.set(key, made);
  return made;
}

/** By the set of labels and never by the number of the identity: one may have several. */
function kindOf(reserved: ReadonlySet<string>, hasOwn: boolean): FlowEndKind {
  if (reserved.has('kube-apiserver')) return 'apiserver';
  if (reserved.has('host') || reserved.has('remote-node')) return 'node';
  if (['world', 'world-ipv4', 'world-ipv6'].some((w) => reserved.has(w))) return 'outside';
  return hasOwn ? 'pod' : 'unknown';
}

function reasonOf(flow: Json): string {
  const text = textAt(flow, 'drop_reason_desc');
  if (text !== '') return text;
  const number = countAt(flow, 'drop_reason');
  return number === 0 ? '' : (policyReasons[number] ?? `DROP_REASON_${number}`);
}

function serviceOf(service: Json | null): string {
  const name = textAt(service, 'name');
  return name === '' ? '' : `${textAt(service, 'namespace')}/${name}`;
}

function policiesOf(flow: Json): string {
  const refs = ['egress_denied_by', 'ingress_denied_by', 'egress_allowed_by', 'ingress_allowed_by'].flatMap((key) => listAt(flow, key)).filter(isMap);
  return [...new Set(refs.map((r) => [textAt(r, 'namespace'), textAt(r, 'name')].filter((t) => t !== '').join('/')))]
    .filter((t) => t !== '' && !t.includes(','))
    .join(',');
}

/** What the two records of one dropped packet have in common. */
function keyOf({ source, destination, protocol, direction, node }: ObservedFlow): string {
  return `${protocol} ${source.ip}:${source.port} ${destination.ip}:${destination.port} ${direction} ${node}`;
}
