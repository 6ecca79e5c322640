import { cidrSet } from '../../engine/addresses.ts';
import { matchLabels, selects } from '../../model/labels.ts';
import type { PortMatch } from '../../model/policy.ts';
import type { Workload } from '../../model/workload.ts';
import { type IpSet, ipSubtract } from '../../space/ip-set.ts';
import { TransportSet } from '../../space/transport-set.ts';
import type { Need } from '../../spec/need.ts';
import type { Member } from './member.ts';

/** What the zone says a member may talk to. Everything else is excess. */
export interface Permit {
  readonly addresses: readonly { readonly set: IpSet; readonly ports: TransportSet; readonly need: Need }[];
  readonly ownNode: TransportSet;
  toWorkload(target: Workload): TransportSet;
  toName(name: string): TransportSet;
}

/** Ports of a need or of a peer group, towards one destination. Names of ports are resolved there; towards anything but a pod they are nothing. */
export function portsOf(ports: readonly PortMatch[], destination: Pick<Workload, 'ports'> | null): TransportSet {
  return TransportSet.unionAll(
    ports.flatMap((p) => {
      const kinds = p.protocol === 'ANY' ? (['TCP', 'UDP', 'SCTP'] as const) : [p.protocol];
      return kinds.map((protocol) => {
        if (p.port === null) return TransportSet.of(protocol);
        if (typeof p.port === 'number') return TransportSet.of(protocol, [[p.port, p.endPort ?? p.port]]);
        const named = destination?.ports.find((c) => c.name === p.port && c.protocol === protocol);
        return named === undefined ? TransportSet.empty : TransportSet.of(protocol, [[named.port, named.port]]);
      });
    }),
  );
}

/** Ports that two members of one zone may use with each other, as peers of some group that holds both. */
export function peerPorts(a: Member, b: Member): TransportSet {
  const intents = [a.intent, b.intent].filter((i) => i !== null);
  return TransportSet.unionAll(
    intents.flatMap((intent) =>
      intent.peers.groups
        .filter((g) => [a, b].every((m) => selects(matchLabels(g.selector), m.workload.labels)))
        .map(() => portsOf(intent.peers.ports, b.workload)),
    ),
  );
}

export function permitOf(member: Member, members: ReadonlyMap<string, Member>): Permit {
  const needs = member.intent?.needs ?? [];
  const targets = needs.flatMap((need) => need.targets.map((target) => ({ need, target })));
  return {
    addresses: targets.flatMap(({ need, target }) =>
      target.kind === 'addresses' ? [{ set: ipSubtract(cidrSet(target.cidrs), cidrSet(target.except)), ports: portsOf(need.ports, null), need }] : [],
    ),
    ownNode: TransportSet.unionAll(targets.filter(({ target }) => target.kind === 'own-node').map(({ need }) => portsOf(need.ports, null))),
    toWorkload(target) {
      const peer = members.get(target.id);
      const asPeer = peer === undefined ? TransportSet.empty : peerPorts(member, peer);
      return TransportSet.unionAll([
        asPeer,
        ...targets.flatMap(({ need, target: t }) =>
          t.kind === 'pods' && t.namespace === target.namespace && selects(matchLabels(t.selector), target.labels) ? [portsOf(need.ports, target)] : [],
        ),
      ]);
    },
    toName: (name) =>
      TransportSet.unionAll(
        targets.flatMap(({ need, target }) => (target.kind === 'names' && target.hosts.some((h) => h.name === name) ? [portsOf(need.ports, null)] : [])),
      ),
  };
}
