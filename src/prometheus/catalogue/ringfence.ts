import type { RingfenceExport } from '../../model/alerting.ts';
import type { Exporter, Metric } from './metric.ts';

const of = (from: RingfenceExport, rest: Omit<Metric, 'when' | 'source'>): Metric => ({
  ...rest,
  when: { kind: 'ringfence', export: from },
  source: 'ringfence',
});

/** What Ringfence exports: few series, none of which anybody outside can multiply. Names, addresses and single flows stay in the flow store. */
export const exporter: Exporter = {
  id: 'ringfence',
  title: 'Ringfence',
  prefixes: ['ringfence_'],
  metrics: [
    of('external-bytes', {
      name: 'ringfence_external_bytes_total',
      type: 'counter',
      labels: ['source_namespace', 'source_workload', 'destination_class'],
      about:
        'Bytes that left for addresses outside the cluster, by class of destination: counted on by whatever sees them (a gateway, Goldmane, accounting of connections).',
    }),
    of('external-bytes', {
      name: 'ringfence_external_budget_bytes',
      type: 'gauge',
      labels: ['source_namespace', 'destination_class'],
      about: 'Bytes of a class that the namespace may send in 24 hours.',
    }),
    of('flows', {
      name: 'ringfence_flow_findings',
      type: 'gauge',
      labels: ['check'],
      about: 'Findings of the last look at flows, by check. Who and where to is in its report, and in no label.',
    }),
    of('flows', {
      name: 'ringfence_flows_last_success_timestamp_seconds',
      type: 'gauge',
      labels: [],
      about: 'When flows were last looked at.',
    }),
    ...[
      ['flows_read', 'Flows that were read.'],
      ['flow_lines_unreadable', 'Lines that could not be read.'],
      ['flow_events_lost', 'Events that the recorder says it lost.'],
      ['flow_nodes', 'Nodes whose flows were read.'],
      ['dns_tunnels_suspected', 'Pairs of workload and registered domain whose names carry data.'],
    ].map(([name = '', about = '']) => of('flows', { name: `ringfence_${name}`, type: 'gauge', labels: [], about: `${about} Of one look at flows.` })),
    of('flows', {
      name: 'ringfence_new_destinations_total',
      type: 'gauge',
      labels: [],
      about: 'Destinations that a workload had not before. Of one look at flows.',
    }),
    of('flows', {
      name: 'ringfence_egress_bytes_total',
      type: 'gauge',
      labels: ['source_namespace', 'source_workload', 'destination_class'],
      about: 'Bytes that were sent outside in the flows of one look: no counter, whatever its name says, and no rate of it means anything.',
    }),
    of('feeds', {
      name: 'ringfence_feed_last_success_timestamp_seconds',
      type: 'gauge',
      labels: ['feed'],
      about: 'When a list of addresses was last fetched and taken.',
    }),
    of('fabric', {
      name: 'ringfence_fabric_audit_timestamp_seconds',
      type: 'gauge',
      labels: [],
      about: 'When the fabric was last audited.',
    }),
    of('fabric', {
      name: 'ringfence_fabric_findings',
      type: 'gauge',
      labels: ['severity'],
      about: 'Findings of the last audit of the fabric.',
    }),
  ],
};
