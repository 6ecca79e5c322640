import { kept } from '../kernel/memo.ts';
import type { PortMatch, Rule } from '../model/policy.ts';
import type { Workload } from '../model/workload.ts';
import { type Protocol, TransportSet } from '../space/transport-set.ts';

/** The protocols that a rule without a protocol, or with ANY, stands for. Source: cilium pkg/policy/api/l4.go. */
const anyProtocols: readonly Protocol[] = ['TCP', 'UDP', 'SCTP'];

/** What a rule opens towards one destination: names of ports are those that the destination declares; null when no pod is meant, so names mean nothing. */
export function rulePorts(rule: Rule, destination: Workload | null): TransportSet {
  return rule.ports === null ? TransportSet.full : TransportSet.unionAll(rule.ports.map((p) => portMatchSet(p, destination)));
}

function portMatchSet(match: PortMatch, destination: Workload | null): TransportSet {
  const protocols = match.protocol === 'ANY' ? anyProtocols : [match.protocol];
  return TransportSet.unionAll(
    protocols.map((protocol) => {
      const { port } = match;
      if (port === null) return TransportSet.of(protocol);
      if (typeof port === 'number') return TransportSet.of(protocol, [[port, match.endPort ?? port]]);
      const named = (destination?.ports ?? []).filter((p) => p.name === port && p.protocol === protocol);
      return TransportSet.of(
        protocol,
        named.map((p) => [p.port, p.port] as const),
      );
    }),
  );
}

const declared = new WeakMap<Workload, TransportSet>();

/** What the containers of a workload declare that they listen on; null when they declare nothing, which says nothing. */
export function listening(workload: Workload): TransportSet | null {
  if (workload.ports.length === 0) return null;
  return kept(declared, workload, () => TransportSet.unionAll(workload.ports.map((p) => TransportSet.of(p.protocol, [[p.port, p.port]]))));
}

/** One point: a protocol and a port. */
export function only(protocol: Protocol, port: number): TransportSet {
  return TransportSet.of(protocol, [[port, port]]);
}
