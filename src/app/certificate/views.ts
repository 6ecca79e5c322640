import { blockSet } from '../../engine/addresses.ts';
import { podLabels, seenLabels } from '../../engine/directory.ts';
import { opens } from '../../engine/primary-networks.ts';
import { type LabelSelector, selects } from '../../model/labels.ts';
import type { NameMatch, Peer, Policy } from '../../model/policy.ts';
import { enforces, type Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';
import type { IpSet } from '../../space/ip-set.ts';
import type { Protocol } from '../../space/transport-set.ts';

/** Everything that the rules of a snapshot that count under a profile can look at: two pods, addresses or ports with the same view are alike to every rule there is. */
export class Views {
  /** Blocks that rules mention, each less its exceptions. */
  readonly blocks: readonly IpSet[];
  readonly names: readonly NameMatch[];
  /** Where a rule may begin to see ports otherwise, by protocol: a port here differs from the one below it. */
  readonly boundaries: ReadonlyMap<Protocol, ReadonlySet<number>>;
  readonly #profile: Profile;
  readonly #selectors: readonly LabelSelector[];

  constructor(snapshot: Snapshot, profile: Profile) {
    this.#profile = profile;
    const policies = profile.foreignPolicies === 'ignored' ? snapshot.policies.filter((p) => enforces(profile, p)) : snapshot.policies;
    const peers = policies.flatMap((p) => p.rules.flatMap((r) => (r.peers ?? []).flatMap(within)));
    const subjects = policies.flatMap(({ subject }) => (subject.kind === 'pods' ? [subject.match.pods] : []));
    this.#selectors = [
      ...subjects,
      ...peers.flatMap((p) => (p.kind === 'pods' ? [p.match.pods] : [])),
      ...snapshot.services.flatMap((s) => (s.selector === null ? [] : [s.selector])),
    ];
    this.blocks = peers.flatMap((p) => (p.kind === 'cidr' ? [blockSet(p.cidr, p.except)] : []));
    this.names = peers.flatMap((p) => (p.kind === 'names' ? p.names : []));
    this.boundaries = boundariesOf(policies, snapshot.workloads);
  }

  /** The pods of a workload, where rules tell some of them apart; null where all are alike, and so would be the next one. */
  sorts(workload: Workload): readonly number[] | null {
    if (workload.perPodLabels.length === 0) return null;
    const [first, ...others] = Array.from({ length: Math.max(2, workload.replicas) }, (_, replica) => this.pod(workload, replica));
    return others.every((view) => view === first) ? null : [...Array(Math.max(1, workload.replicas)).keys()];
  }

  /** What rules see of one pod, as text. */
  pod(workload: Workload, replica: number): string {
    const labels = seenLabels(this.#profile, podLabels(workload, replica));
    const { namespace, serviceAccount, hostNetwork, node, ips, ports, unowned } = workload;
    const chosen = this.#selectors.map((s) => (selects(s, labels) ? '1' : '0')).join('');
    return JSON.stringify([
      namespace,
      serviceAccount,
      hostNetwork ? workload.id : '',
      opens(workload),
      unowned === true,
      node,
      ips,
      ports.map((p) => [p.name, p.protocol, p.port]),
      chosen,
    ]);
  }
}

function within(peer: Peer): readonly Peer[] {
  return peer.kind === 'all-of' ? peer.peers.flatMap(within) : peer.kind === 'not' ? within(peer.peer) : [peer];
}

function boundariesOf(policies: readonly Policy[], workloads: readonly Workload[]): ReadonlyMap<Protocol, ReadonlySet<number>> {
  const found = new Map<Protocol, Set<number>>();
  const cut = (protocol: Protocol, low: number, high: number): void => {
    const set = found.get(protocol) ?? new Set();
    found.set(protocol, set.add(low).add(high + 1));
  };
  for (const { rules } of policies)
    for (const { ports } of rules)
      for (const { protocol, port, endPort } of ports ?? []) {
        const named = typeof port === 'string' ? workloads.flatMap((w) => w.ports.filter((p) => p.name === port).map((p) => p.port)) : [];
        const spans = typeof port === 'number' ? [[port, endPort ?? port] as const] : named.map((n) => [n, n] as const);
        for (const [low, high] of spans) for (const p of protocol === 'ANY' ? (['TCP', 'UDP', 'SCTP'] as const) : [protocol]) cut(p, low, high);
      }
  return found;
}
