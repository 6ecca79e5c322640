import type { FlowEnd, FlowEndKind } from '../../model/observed-flow.ts';
import { bad, type JsonFormat } from '../outcome.ts';
import { countAt, listAt, mapAt, protocolOf, textAt, textsAt } from '../values.ts';

type Json = Readonly<Record<string, unknown>>;

const kinds: Readonly<Record<string, FlowEndKind>> = { wep: 'pod', hep: 'node', ns: 'outside', net: 'outside' };

export const json: JsonFormat = {
  id: 'calico',
  title: 'Calico flow logs',
  source: 'docs.tigera.io, flow log data types (start_time, source_name_aggr, dest_type, reporter, action …)',
  takes: (record) => typeof record.reporter === 'string' && typeof record.action === 'string' && ('source_type' in record || 'source_name_aggr' in record),
  read(record) {
    const start = countAt(record, 'start_time');
    if (start === 0) return [bad('a flow without a start time')];
    const port = countAt(record, 'dest_port');
    if (port > 65_535) return [bad('a port of the flow is none')];
    const sourceSide = textAt(record, 'reporter') === 'src';
    const [bytesIn, bytesOut] = [countAt(record, 'bytes_in'), countAt(record, 'bytes_out')];
    const action = textAt(record, 'action');
    const domains = [...textsAt(record, 'dest_domains')].join(',');
    return [
      {
        kind: 'flow',
        flow: {
          format: 'calico',
          timeNs: BigInt(start) * 1_000_000_000n,
          durationNs: 0,
          source: endOf(record, 'source', countAt(record, 'source_port'), ''),
          destination: endOf(record, 'dest', port, domains),
          protocol: protocolOf(textAt(record, 'proto')),
          verdict: action === 'allow' ? 'forwarded' : action === 'deny' ? 'dropped' : 'unknown',
          reason: action === 'deny' ? 'POLICY_DENIED' : '',
          direction: sourceSide ? 'egress' : 'ingress',
          isReply: false,
          knowsInitiator: true,
          bytesSent: sourceSide ? bytesOut : bytesIn,
          bytesReceived: sourceSide ? bytesIn : bytesOut,
          hasBytes: true,
          connections: countAt(record, 'num_flows_started', countAt(record, 'num_flows', 1)),
          isLayer7: false,
          dnsQuery: '',
          dnsTypes: '',
          dnsCode: '',
          service: serviceOf(record),
          policies: policiesOf(record),
          node: textAt(record, 'host'),
          cluster: textAt(record, 'cluster'),
        },
      },
    ];
  },
};

/** A dash stands for what is not known. */
function word(record: Json, key: string): string {
  const text = textAt(record, key);
  return text === '-' ? '' : text;
}

function endOf(record: Json, side: 'source' | 'dest', port: number, names: string): FlowEnd {
  const type = textAt(record, `${side}_type`);
  const kind = Object.hasOwn(kinds, type) ? (kinds[type] as FlowEndKind) : 'unknown';
  const labels = mapAt(record, `${side}_labels`);
  const name = word(record, `${side}_name`);
  return {
    kind,
    namespace: word(record, `${side}_namespace`),
    pod: kind === 'pod' ? name : '',
    workload: kind === 'pod' ? word(record, `${side}_name_aggr`).replace(/-\*$/, '') : '',
    labels: [...textsAt(labels, 'labels'), ...textsAt(record, `${side}_labels`)].sort().join(','),
    ip: word(record, `${side}_ip`),
    port,
    names,
  };
}

function serviceOf(record: Json): string {
  const name = word(record, 'dest_service_name');
  return name === '' ? '' : `${word(record, 'dest_service_namespace')}/${name}`;
}

/** `0|tier|namespace/tier.name|allow|0`; one is said with `pro:` or `kns.` in its name where it is no policy but a profile. */
function policiesOf(record: Json): string {
  const policies = mapAt(record, 'policies');
  const all = [...listAt(policies, 'enforced_policies'), ...listAt(policies, 'all_policies')].filter((p): p is string => typeof p === 'string');
  return [...new Set(all.map((p) => p.split('|')[2] ?? ''))].filter((t) => t !== '' && !t.includes(',')).join(',');
}
