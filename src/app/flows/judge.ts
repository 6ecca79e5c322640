import { decide } from '../../engine/decide.ts';
import type { Flow } from '../../engine/flow.ts';
import { type Reachability, type ReachParty, reach } from '../../engine/reach.ts';
import { kept } from '../../kernel/memo.ts';
import type { FlowEnd } from '../../model/observed-flow.ts';
import type { Direction } from '../../model/policy.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Packet, Verdict } from '../../model/verdict.ts';
import { ipHas, parseIp } from '../../space/ip-set.ts';
import type { Protocol, TransportSet } from '../../space/transport-set.ts';
import type { FlowGroup } from './flow-groups.ts';
import { endpointOf, type ObservedPods, type Resolved } from './observed-pods.ts';

/** What policies say of a flow. `untold`: who an end is nobody knows. */
export type Judgement = 'allowed' | 'denied' | 'unknown' | 'untold';

/** All that may pass between two ends: for certain whoever they are, and perhaps. */
interface Way {
  readonly surely: TransportSet;
  readonly perhaps: readonly TransportSet[];
}

/**
 * Asks policies about flows: the matrix, once for each pair of ends, then one look at the port. What the matrix says of a name or an address outside that has
 * names is asked of the definition.
 */
export class Judge {
  readonly snapshot: Snapshot;
  readonly profile: Profile;
  readonly #reach: Reachability;
  readonly #pods: ObservedPods;
  readonly #resolved = new Map<FlowEnd, Resolved>();
  readonly #ways = new Map<string, Way>();
  readonly #blocks = new Map<string, ReachParty | null>();
  readonly #outsideNamed = new Map<string, Judgement>();

  /** `snapshot` is `pods.snapshot` as the profile sees it. */
  constructor(pods: ObservedPods, snapshot: Snapshot, profile: Profile) {
    this.#pods = pods;
    this.snapshot = snapshot;
    this.profile = profile;
    this.#reach = reach(snapshot, profile);
  }

  resolve(end: FlowEnd): Resolved {
    return kept(this.#resolved, end, () => this.#pods.resolve(end));
  }

  /** What policies say of a port of a group. `side`: of what one side lets pass; null: both must. */
  judge(group: FlowGroup, port: number, side: Direction | null): Judgement {
    const [from, to] = [this.resolve(group.from), this.resolve(group.to)];
    if (from.kind === 'nobody' || to.kind === 'nobody') return 'untold';
    if (from.kind === 'outside' && to.kind === 'outside') return 'untold';
    // What a pod asks of a name is a rule about the name, and the packet goes to an address of it.
    if (to.kind === 'outside' && to.names.length > 0) return this.#towardsNames(group, from, to, port, side);
    const way = this.#way(from, to, side);
    if (way === null) return 'untold';
    return judged(way, group.protocol, port);
  }

  /** A packet of the group, and what the definition says of it; null where an end is nobody. */
  explain(group: FlowGroup, port: number): { readonly packet: Packet; readonly verdict: Verdict } | null {
    const packet = this.packet(group, port);
    return packet === null ? null : { packet, verdict: decide(this.snapshot, this.profile, packet) };
  }

  packet(group: FlowGroup, port: number): Packet | null {
    const [from, to] = [endpointOf(this.resolve(group.from)), endpointOf(this.resolve(group.to))];
    if (from === null || to === null) return null;
    const apart = from.kind === 'pod' && to.kind === 'pod' && from.workload === to.workload && from.replica === to.replica;
    return { from, to: apart ? { ...to, replica: to.replica + 1 } : to, protocol: group.protocol, port };
  }

  #towardsNames(group: FlowGroup, from: Resolved, to: Resolved & { readonly kind: 'outside' }, port: number, side: Direction | null): Judgement {
    const key = `${JSON.stringify(from)} ${to.ip} ${to.names.join(',')} ${group.protocol}/${port} ${side}`;
    return kept(this.#outsideNamed, key, () => {
      const source = endpointOf(from);
      if (source === null) return 'untold';
      const ends = [...(to.ip === '' ? [] : [{ kind: 'address' as const, ip: to.ip }]), ...to.names.map((name) => ({ kind: 'name' as const, name }))];
      const decisions = ends.map((end) => {
        const verdict = decide(this.snapshot, this.profile, { from: source, to: end, protocol: group.protocol, port });
        return side === null ? verdict.decision : verdict[side].decision;
      });
      if (decisions.includes('allowed')) return 'allowed';
      return decisions.every((d) => d === 'denied') ? 'denied' : 'unknown';
    });
  }

  #way(from: Resolved, to: Resolved, side: Direction | null): Way | null {
    const key = `${wordOf(from)} ${wordOf(to)} ${side}`;
    const known = this.#ways.get(key);
    if (known !== undefined) return known;
    const [sources, targets] = [this.#parties(from), this.#parties(to)];
    if (sources === null || targets === null) return null;
    const flows = sources.flatMap((a) => targets.flatMap((b) => (['some', 'every'] as const).map((q) => [q, this.#flow(a, b, q, side)] as const)));
    const every = flows.filter(([q]) => q === 'every').map(([, f]) => f.allowed);
    const way: Way = {
      surely: every.reduce((all, one) => all.intersect(one)),
      perhaps: flows.flatMap(([, f]) => [f.allowed, f.unknown]),
    };
    this.#ways.set(key, way);
    return way;
  }

  #flow(from: ReachParty, to: ReachParty, quantifier: 'some' | 'every', side: Direction | null): Flow {
    return side === null ? this.#reach.between(from, to, quantifier) : this.#reach.side(side, from, to, quantifier);
  }

  #parties(end: Resolved): readonly ReachParty[] | null {
    switch (end.kind) {
      case 'pods':
        return end.workloads.map((id) => ({ kind: 'workload', id }));
      case 'node':
        return [{ kind: 'node', node: end.node }];
      case 'outside': {
        const block = kept(this.#blocks, end.ip, () => this.#blockOf(end.ip));
        return block === null ? null : [block];
      }
      case 'nobody':
        return null;
    }
  }

  #blockOf(ip: string): ReachParty | null {
    const address = parseIp(ip);
    if (address === undefined) return null;
    return this.#reach.others.find((party) => party.kind === 'external' && ipHas(party.addresses, address)) ?? null;
  }
}

function wordOf(end: Resolved): string {
  return end.kind === 'pods' ? end.workloads.join('|') : end.kind === 'node' ? `node ${end.node}` : end.kind === 'outside' ? end.ip : '';
}

function judged({ surely, perhaps }: Way, protocol: Protocol, port: number): Judgement {
  if (surely.has(protocol, port)) return 'allowed';
  return perhaps.some((set) => set.has(protocol, port)) ? 'unknown' : 'denied';
}
