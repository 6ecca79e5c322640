import { cidrSet } from '../../engine/addresses.ts';
import { portSetOf } from '../../engine/port-set-of.ts';
import { matchLabels, selects } from '../../model/labels.ts';
import { isIntended, liesWithin } from '../../model/name-intent.ts';
import type { NameMatch } from '../../model/policy.ts';
import type { Workload } from '../../model/workload.ts';
import { type IpSet, ipSubtract } from '../../space/ip-set.ts';
import { TransportSet } from '../../space/transport-set.ts';
import type { WorkloadIntent } from '../../spec/intents.ts';
import type { Need } from '../../spec/need.ts';
import type { Member } from './member.ts';

/** What the zone says a member may talk to. Everything else is excess. */
export interface Permit {
  readonly addresses: readonly { readonly set: IpSet; readonly ports: TransportSet; readonly need: Need }[];
  /** The sets of `addresses`, one list for all members of a workload. */
  readonly cuts: readonly IpSet[];
  readonly ownNode: TransportSet;
  toWorkload(target: Workload): TransportSet;
  /** `matches`: what the rules that the name stands for mean, where it stands for patterns. */
  toName(name: string, matches: readonly NameMatch[]): TransportSet;
}

/** Ports that two members of one zone may use with each other, as peers of some group that holds both. */
export function peerPorts(a: Member, b: Member): TransportSet {
  const intents = [a.intent, b.intent].filter((i) => i !== null);
  return TransportSet.unionAll(
    intents.flatMap((intent) =>
      intent.peers.groups
        .filter((g) => [a, b].every((m) => selects(matchLabels(g.selector), m.workload.labels)))
        .map(() => portSetOf(intent.peers.ports, b.workload)),
    ),
  );
}

/** Ports of a member that a pod of another namespace may connect to: the zone names it as a client. */
export function clientPorts(client: Workload, { intent, workload }: Member): TransportSet {
  const named = (intent?.clients ?? []).filter((c) => c.namespace === client.namespace && selects(matchLabels(c.selector), client.labels));
  return named.length === 0 ? TransportSet.empty : TransportSet.unionAll(named.map((c) => portSetOf(c.ports, workload)));
}

/** Outside addresses that a workload needs, worked out once for all its pods. */
const wanted = new WeakMap<WorkloadIntent, Pick<Permit, 'addresses' | 'cuts'>>();
const unwanted: Pick<Permit, 'addresses' | 'cuts'> = { addresses: [], cuts: [] };

function addressesFor(intent: WorkloadIntent): Pick<Permit, 'addresses' | 'cuts'> {
  const known = wanted.get(intent);
  if (known !== undefined) return known;
  const addresses = intent.needs.flatMap((need) =>
    need.targets.flatMap((target) =>
      target.kind === 'addresses' ? [{ set: ipSubtract(cidrSet(target.cidrs), cidrSet(target.except)), ports: portSetOf(need.ports, null), need }] : [],
    ),
  );
  const made = { addresses, cuts: addresses.map((a) => a.set) };
  wanted.set(intent, made);
  return made;
}

export function permitOf(member: Member, members: ReadonlyMap<string, Member>): Permit {
  const needs = member.intent?.needs ?? [];
  const targets = needs.flatMap((need) => need.targets.map((target) => ({ need, target })));
  const pods = targets.flatMap(({ need, target }) =>
    target.kind === 'pods' ? [{ need, namespace: target.namespace, selector: matchLabels(target.selector) }] : [],
  );
  return {
    ...(member.intent === null ? unwanted : addressesFor(member.intent)),
    ownNode: TransportSet.unionAll(targets.filter(({ target }) => target.kind === 'own-node').map(({ need }) => portSetOf(need.ports, null))),
    toWorkload(target) {
      const peer = members.get(target.id);
      const inNeed = pods.some(({ namespace, selector }) => namespace === target.namespace && selects(selector, target.labels));
      if (peer === undefined && !inNeed) return TransportSet.empty;
      const needed = pods.flatMap(({ need, namespace, selector }) =>
        namespace === target.namespace && selects(selector, target.labels) ? [portSetOf(need.ports, target)] : [],
      );
      return TransportSet.unionAll([peer === undefined ? TransportSet.empty : peerPorts(member, peer), ...needed]);
    },
    toName: (name, matches) =>
      TransportSet.unionAll(
        targets.flatMap(({ need, target }) =>
          target.kind === 'names' &&
          target.hosts.some(({ intent }) => (matches.length === 0 ? isIntended(intent, name) : matches.every((m) => liesWithin(m, intent))))
            ? [portSetOf(need.ports, null)]
            : [],
        ),
      ),
  };
}
