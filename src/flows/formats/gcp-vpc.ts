import { isMap } from '../../kernel/map.ts';
import type { FlowEnd } from '../../model/observed-flow.ts';
import { parseIp } from '../../space/ip-set.ts';
import { dialler } from '../dialler.ts';
import { bad, type JsonFormat, type Outcome } from '../outcome.ts';
import { countAt, listAt, mapAt, protocolOf, textAt, timeOf } from '../values.ts';

type Json = Readonly<Record<string, unknown>>;

export const json: JsonFormat = {
  id: 'gcp-vpc',
  title: 'Google Cloud VPC flow logs and firewall logs',
  source: 'Google Cloud documentation: VPC flow logs, record format; firewall rules logging, log format (LogEntry with jsonPayload)',
  takes: (record) => connectionOf(record) !== null,
  read: (record) => [readEntry(record)],
};

function payloadOf(record: Json): Json {
  return mapAt(record, 'jsonPayload') ?? record;
}

function connectionOf(record: Json): Json | null {
  const connection = mapAt(payloadOf(record), 'connection');
  return connection !== null && ('src_ip' in connection || 'dest_ip' in connection) ? connection : null;
}

function readEntry(record: Json): Outcome {
  const payload = payloadOf(record);
  const connection = connectionOf(record);
  const start = timeOf(textAt(payload, 'start_time') || textAt(record, 'timestamp') || textAt(payload, 'end_time'));
  if (start === undefined) return bad('an entry without a time');
  const end = timeOf(textAt(payload, 'end_time')) ?? start;
  const [from, to] = [textAt(connection, 'src_ip'), textAt(connection, 'dest_ip')];
  if (parseIp(from) === undefined || parseIp(to) === undefined) return bad('an address is none');
  const [sourcePort, destinationPort] = [countAt(connection, 'src_port'), countAt(connection, 'dest_port')];
  if (sourcePort > 65_535 || destinationPort > 65_535) return bad('a port is none');
  const protocol = protocolOf(String(connection?.protocol ?? ''));
  const disposition = textAt(payload, 'disposition');
  const isFirewall = disposition !== '';
  // A firewall logs connections, a flow log each direction of one.
  const isReply = !isFirewall && dialler(protocol, sourcePort, destinationPort) === 'perhaps-responder';
  const ends: readonly [FlowEnd, FlowEnd] = [endOf(payload, 'src', from, sourcePort), endOf(payload, 'dest', to, destinationPort)];
  const bytes = countAt(payload, 'bytes_sent', -1);
  const reporter = textAt(payload, 'reporter');
  const byRule = textAt(mapAt(payload, 'rule_details'), 'direction');
  const sentBySource = reporter.startsWith('SRC') || byRule === 'EGRESS';
  const seen = reporter !== '' || byRule !== '';
  return {
    kind: 'flow',
    flow: {
      format: 'gcp-vpc',
      timeNs: start,
      durationNs: end > start ? Number(end - start) : 0,
      source: ends[isReply ? 1 : 0],
      destination: ends[isReply ? 0 : 1],
      protocol,
      verdict: isFirewall ? (disposition === 'ALLOWED' ? 'forwarded' : disposition === 'DENIED' ? 'dropped' : 'unknown') : 'forwarded',
      reason: disposition === 'DENIED' ? 'FIREWALL_DENIED' : '',
      direction: !seen ? '' : sentBySource === isReply ? 'ingress' : 'egress',
      isReply,
      knowsInitiator: isFirewall,
      bytesSent: isReply || bytes < 0 ? 0 : bytes,
      bytesReceived: isReply && bytes >= 0 ? bytes : 0,
      hasBytes: bytes >= 0,
      connections: isReply ? 0 : 1,
      isLayer7: false,
      dnsQuery: '',
      dnsTypes: '',
      dnsCode: '',
      service: serviceOf(mapAt(payload, isReply ? 'src_gke_details' : 'dest_gke_details')),
      policies: textAt(mapAt(payload, 'rule_details'), 'reference').replaceAll(',', ''),
      node: textAt(mapAt(payload, sentBySource ? 'src_instance' : 'dest_instance'), 'vm_name'),
      cluster: textAt(mapAt(mapAt(payload, 'src_gke_details'), 'cluster'), 'cluster_name'),
    },
  };
}

function endOf(payload: Json, side: 'src' | 'dest', ip: string, port: number): FlowEnd {
  const pod = mapAt(mapAt(payload, `${side}_gke_details`), 'pod');
  const location = mapAt(payload, `${side}_location`);
  return {
    kind: pod !== null ? 'pod' : location !== null ? 'outside' : 'unknown',
    namespace: textAt(pod, 'pod_namespace'),
    pod: textAt(pod, 'pod_name'),
    workload: textAt(mapAt(pod, 'pod_workload'), 'workload_name'),
    labels: '',
    ip,
    port,
    names: '',
  };
}

function serviceOf(details: Json | null): string {
  const [first] = listAt(details, 'service');
  const name = isMap(first) ? textAt(first, 'service_name') : '';
  return isMap(first) && name !== '' ? `${textAt(first, 'service_namespace')}/${name}` : '';
}
