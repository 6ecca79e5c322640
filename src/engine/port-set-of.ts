import type { PortMatch } from '../model/policy.ts';
import type { Workload } from '../model/workload.ts';
import { TransportSet } from '../space/transport-set.ts';

/**
 * The ports that a port list holds towards one destination. Names are resolved on the destination's containers (the first of that name and protocol
 * counts); towards anything but a pod they hold nothing. ANY is TCP, UDP and SCTP.
 */
export function portSetOf(items: readonly PortMatch[], destination: Pick<Workload, 'ports'> | null): TransportSet {
  return TransportSet.unionAll(
    items.flatMap((item) => {
      const kinds = item.protocol === 'ANY' ? (['TCP', 'UDP', 'SCTP'] as const) : [item.protocol];
      return kinds.map((protocol) => {
        if (item.port === null) return TransportSet.of(protocol);
        if (typeof item.port === 'number') return TransportSet.of(protocol, [[item.port, item.endPort ?? item.port]]);
        const named = destination?.ports.find((p) => p.name === item.port && p.protocol === protocol);
        return named === undefined ? TransportSet.empty : TransportSet.of(protocol, [[named.port, named.port]]);
      });
    }),
  );
}
