import type { FlowEnd, FlowEndKind, FlowFormat, FlowVerdict, ObservedFlow } from '../model/observed-flow.ts';
import type { Direction } from '../model/policy.ts';
import type { Protocol } from '../space/transport-set.ts';

/** Version of the columns below; a store of another version is refused. */
export const flowSchemaVersion = 1;

type Cell = string | number | bigint | boolean;

/** A column of a stored flow. None is nullable, so that engines agree about what is not said. */
export interface FlowColumn {
  readonly name: string;
  readonly type: 'BIGINT' | 'INTEGER' | 'VARCHAR' | 'BOOLEAN';
  of(flow: ObservedFlow): Cell;
}

const text = (name: string, of: (flow: ObservedFlow) => string): FlowColumn => ({ name, type: 'VARCHAR', of });
const big = (name: string, of: (flow: ObservedFlow) => number | bigint): FlowColumn => ({ name, type: 'BIGINT', of: (f) => BigInt(of(f)) });
const flag = (name: string, of: (flow: ObservedFlow) => boolean): FlowColumn => ({ name, type: 'BOOLEAN', of });

function ends(side: 'source' | 'destination'): readonly FlowColumn[] {
  return [
    text(`${side}_kind`, (f) => f[side].kind),
    text(`${side}_namespace`, (f) => f[side].namespace),
    text(`${side}_pod`, (f) => f[side].pod),
    text(`${side}_workload`, (f) => f[side].workload),
    text(`${side}_labels`, (f) => f[side].labels),
    text(`${side}_ip`, (f) => f[side].ip),
    { name: `${side}_port`, type: 'INTEGER', of: (f) => f[side].port },
    text(`${side}_names`, (f) => f[side].names),
  ];
}

/** The columns of a part, in order. */
export const flowColumns: readonly FlowColumn[] = [
  big('time_ns', (f) => f.timeNs),
  big('duration_ns', (f) => f.durationNs),
  ...ends('source'),
  ...ends('destination'),
  text('protocol', (f) => f.protocol),
  text('verdict', (f) => f.verdict),
  text('reason', (f) => f.reason),
  text('direction', (f) => f.direction),
  flag('is_reply', (f) => f.isReply),
  flag('knows_initiator', (f) => f.knowsInitiator),
  big('bytes_sent', (f) => f.bytesSent),
  big('bytes_received', (f) => f.bytesReceived),
  flag('has_bytes', (f) => f.hasBytes),
  { name: 'connections', type: 'INTEGER', of: (f) => f.connections },
  flag('is_layer7', (f) => f.isLayer7),
  text('dns_query', (f) => f.dnsQuery),
  text('dns_types', (f) => f.dnsTypes),
  text('dns_code', (f) => f.dnsCode),
  text('service', (f) => f.service),
  text('policies', (f) => f.policies),
  text('node', (f) => f.node),
  text('cluster', (f) => f.cluster),
  text('format', (f) => f.format),
];

/** A flow from its cells, in the order of `flowColumns`. The store wrote them: they are what they should be. */
export function flowOfCells(cells: readonly unknown[]): ObservedFlow {
  let at = 0;
  const next = (): unknown => cells[at++];
  const str = (): string => next() as string;
  const num = (): number => Number(next());
  const end = (): FlowEnd => ({
    kind: str() as FlowEndKind,
    namespace: str(),
    pod: str(),
    workload: str(),
    labels: str(),
    ip: str(),
    port: num(),
    names: str(),
  });
  const timeNs = next() as bigint;
  const durationNs = num();
  const source = end();
  const destination = end();
  return {
    timeNs,
    durationNs,
    source,
    destination,
    protocol: str() as Protocol,
    verdict: str() as FlowVerdict,
    reason: str(),
    direction: str() as Direction | '',
    isReply: next() as boolean,
    knowsInitiator: next() as boolean,
    bytesSent: num(),
    bytesReceived: num(),
    hasBytes: next() as boolean,
    connections: num(),
    isLayer7: next() as boolean,
    dnsQuery: str(),
    dnsTypes: str(),
    dnsCode: str(),
    service: str(),
    policies: str(),
    node: str(),
    cluster: str(),
    format: str() as FlowFormat,
  };
}
