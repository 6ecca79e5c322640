import type { Exporter } from './metric.ts';

const handlers = 'cilium/cilium pkg/hubble/metrics';

/** Directions and actions in lower case. Source: cilium/cilium pkg/hubble/metrics/policy/handler.go. */
const direction = { words: ['ingress', 'egress', 'traffic_direction_unknown'] };
const verdict = { words: ['FORWARDED', 'DROPPED', 'ERROR', 'AUDIT', 'REDIRECTED', 'TRACED', 'TRANSLATED', 'VERDICT_UNKNOWN'] };

export const exporter: Exporter = {
  id: 'hubble',
  title: 'Hubble, in each Cilium agent',
  prefixes: ['hubble_drop', 'hubble_policy', 'hubble_dns', 'hubble_flows', 'hubble_lost', 'hubble_tcp', 'hubble_port', 'hubble_icmp'],
  metrics: [
    {
      name: 'hubble_drop_total',
      type: 'counter',
      labels: ['reason', 'protocol'],
      values: { reason: { spelled: /^[A-Z0-9_]+$/, like: 'POLICY_DENIED, POLICY_DENY or AUTH_REQUIRED' } },
      lazy: true,
      when: { kind: 'hubble', metric: 'drop' },
      about: 'Packets that were dropped. What the layer 7 proxy refuses is DROP_REASON_UNKNOWN with protocol DNS or HTTP.',
      source: `${handlers}/drop/handler.go; api/v1/flow/flow.proto (DropReason)`,
    },
    {
      name: 'hubble_policy_verdicts_total',
      type: 'counter',
      labels: ['direction', 'match', 'action'],
      values: { direction, action: { words: ['forwarded', 'dropped', 'redirected', 'audit', 'error'] } },
      lazy: true,
      when: { kind: 'hubble', metric: 'policy' },
      about: 'Verdicts of policies. Audit mode shows here alone, because it drops nothing.',
      source: `${handlers}/policy/handler.go`,
    },
    ...['queries', 'responses'].map((what) => ({
      name: `hubble_dns_${what}_total`,
      type: 'counter' as const,
      labels: ['rcode', 'qtypes', 'ips_returned'],
      optional: { query: 'query' },
      lazy: true as const,
      when: { kind: 'hubble' as const, metric: 'dns' },
      about:
        what === 'queries'
          ? 'Look-ups. One that the DNS proxy refuses has rcode "Policy denied"; one that goes through has an empty rcode.'
          : 'Answers; source and destination are swapped, so that who asked is the destination.',
      source: `${handlers}/dns/handler.go`,
    })),
    {
      name: 'hubble_dns_response_types_total',
      type: 'counter',
      labels: ['type', 'qtypes'],
      optional: { query: 'query' },
      lazy: true,
      when: { kind: 'hubble', metric: 'dns' },
      about: 'Records in answers.',
      source: `${handlers}/dns/handler.go`,
    },
    {
      name: 'hubble_flows_processed_total',
      type: 'counter',
      labels: ['protocol', 'type', 'subtype', 'verdict'],
      values: { verdict },
      lazy: true,
      when: { kind: 'hubble', metric: 'flow' },
      about: 'Flows that Hubble saw.',
      source: `${handlers}/flow/handler.go`,
    },
    {
      name: 'hubble_flows_to_world_total',
      type: 'counter',
      labels: ['protocol', 'verdict'],
      values: { verdict },
      optional: { port: 'port' },
      lazy: true,
      when: { kind: 'hubble', metric: 'flows-to-world' },
      about: 'Flows to reserved:world exactly: with IPv4 and IPv6 in one cluster the peers are reserved:world-ipv4 and -ipv6, and by reading it stays empty.',
      source: `${handlers}/flows-to-world/handler.go; pkg/labels/labels.go`,
    },
    {
      name: 'hubble_tcp_flags_total',
      type: 'counter',
      labels: ['flag', 'family'],
      lazy: true,
      when: { kind: 'hubble', metric: 'tcp' },
      about: 'TCP flags that were seen.',
      source: `${handlers}/tcp/handler.go`,
    },
    {
      name: 'hubble_port_distribution_total',
      type: 'counter',
      labels: ['protocol', 'port'],
      lazy: true,
      when: { kind: 'hubble', metric: 'port-distribution' },
      about: 'Flows by destination port.',
      source: `${handlers}/port-distribution/handler.go`,
    },
    {
      name: 'hubble_icmp_total',
      type: 'counter',
      labels: ['family', 'type'],
      lazy: true,
      when: { kind: 'hubble', metric: 'icmp' },
      about: 'ICMP messages.',
      source: `${handlers}/icmp/handler.go`,
    },
    {
      name: 'hubble_lost_events_total',
      type: 'counter',
      labels: ['source'],
      values: { source: { words: ['PERF_EVENT_RING_BUFFER', 'OBSERVER_EVENTS_QUEUE', 'HUBBLE_RING_BUFFER', 'UNKNOWN_LOST_EVENT_SOURCE'] } },
      lazy: true,
      about: 'Events that Hubble could not keep up with: what it did not see. There with the metrics server, whichever metrics are on.',
      source: `cilium/cilium pkg/hubble/metrics/metrics.go; api/v1/flow/flow.proto (LostEventSource)`,
    },
  ],
};
