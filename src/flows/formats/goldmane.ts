import type { FlowEnd, FlowEndKind, FlowVerdict } from '../../model/observed-flow.ts';
import { bad, type JsonFormat } from '../outcome.ts';
import { countAt, listAt, mapAt, protocolOf, textAt, textsAt } from '../values.ts';

type Json = Readonly<Record<string, unknown>>;

const verdicts: Readonly<Record<string, FlowVerdict>> = { Allow: 'forwarded', Deny: 'dropped', '1': 'forwarded', '2': 'dropped' };
const kinds: Readonly<Record<string, FlowEndKind>> = { WorkloadEndpoint: 'pod', HostEndpoint: 'node', NetworkSet: 'outside', Network: 'outside' };
const kindsByNumber: readonly FlowEndKind[] = ['unknown', 'pod', 'node', 'outside', 'outside'];

export const json: JsonFormat = {
  id: 'goldmane',
  title: 'Goldmane (Calico)',
  source: 'projectcalico/calico goldmane/proto/api.proto (Flow, FlowKey), as protobuf JSON with either spelling of names',
  takes: (record) => keyOf(flowOf(record)) !== null,
  read(record) {
    const flow = flowOf(record);
    const key = keyOf(flow);
    const at = (snake: string, of: Json | null = key): unknown => of?.[snake] ?? of?.[camel(snake)];
    const text = (snake: string): string => String(at(snake) ?? '');
    const count = (snake: string): number => countAt({ v: at(snake, flow) }, 'v');
    const [start, end] = [count('start_time'), count('end_time')];
    if (start === 0) return [bad('a flow without a start time')];
    const port = countAt({ v: at('dest_port') }, 'v');
    if (port > 65_535) return [bad('a port of the flow is none')];
    const sourceSide = text('reporter') !== 'Dst' && text('reporter') !== '2';
    // Counted at the reporting end: `out` is what that end sent.
    const [bytesIn, bytesOut] = [count('bytes_in'), count('bytes_out')];
    return [
      {
        kind: 'flow',
        flow: {
          format: 'goldmane',
          timeNs: BigInt(start) * 1_000_000_000n,
          durationNs: 0,
          source: endOf(text('source_type'), text('source_name'), text('source_namespace'), labelsAt(flow, 'source_labels'), 0),
          destination: endOf(text('dest_type'), text('dest_name'), text('dest_namespace'), labelsAt(flow, 'dest_labels'), port),
          protocol: protocolOf(text('proto')),
          verdict: verdicts[text('action')] ?? 'unknown',
          reason: text('action') === 'Deny' || text('action') === '2' ? 'POLICY_DENIED' : '',
          direction: sourceSide ? 'egress' : 'ingress',
          isReply: false,
          knowsInitiator: true,
          bytesSent: sourceSide ? bytesOut : bytesIn,
          bytesReceived: sourceSide ? bytesIn : bytesOut,
          hasBytes: true,
          connections: Math.max(count('num_connections_started'), end > start ? 0 : 1),
          isLayer7: false,
          dnsQuery: '',
          dnsTypes: '',
          dnsCode: '',
          service: text('dest_service_name') === '' ? '' : `${text('dest_service_namespace')}/${text('dest_service_name')}`,
          policies: policiesOf(mapAt(key, 'policies')),
          node: '',
          cluster: '',
        },
      },
    ];
  },
};

function flowOf(record: Json): Json {
  return mapAt(record, 'flow') ?? record;
}

function keyOf(flow: Json): Json | null {
  const key = mapAt(flow, 'Key') ?? mapAt(flow, 'key');
  return key !== null && (textAt(key, 'source_name') !== '' || textAt(key, 'sourceName') !== '') ? key : null;
}

function camel(snake: string): string {
  return snake.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function labelsAt(flow: Json, key: string): string {
  return [...textsAt(flow, key), ...textsAt(flow, camel(key))].sort().join(',');
}

/** A pod's name is that of all that share its generateName: `train-*`. */
function endOf(type: string, name: string, namespace: string, labels: string, port: number): FlowEnd {
  const kind = Object.hasOwn(kinds, type) ? (kinds[type] as FlowEndKind) : (kindsByNumber[Number(type)] ?? 'unknown');
  const isGroup = name.endsWith('-*');
  const workload = kind === 'pod' && isGroup ? name.slice(0, -2) : '';
  return {
    kind,
    namespace: namespace === '-' ? '' : namespace,
    pod: kind === 'pod' && !isGroup ? name : '',
    workload,
    labels,
    ip: '',
    port,
    names: kind === 'outside' && name !== 'pub' && name !== 'pvt' ? name : '',
  };
}

function policiesOf(trace: Json | null): string {
  const hits = [...listAt(trace, 'enforced_policies'), ...listAt(trace, 'enforcedPolicies')];
  const names = hits.map((hit) => {
    const policy = typeof hit === 'object' && hit !== null ? (hit as Json) : null;
    return [textAt(policy, 'namespace'), textAt(policy, 'name')].filter((t) => t !== '').join('/');
  });
  return [...new Set(names)].filter((t) => t !== '' && !t.includes(',')).join(',');
}
