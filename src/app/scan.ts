import { policyIndex } from '../checks/policy-index.ts';
import { listening, only } from '../checks/rule-ports.ts';
import { decide } from '../engine/decide.ts';
import type { Reachability, ReachParty } from '../engine/reach.ts';
import { kept } from '../kernel/memo.ts';
import { sortedBy } from '../kernel/stable.ts';
import type { Service } from '../model/cluster.ts';
import { selects } from '../model/labels.ts';
import type { Profile } from '../model/profile.ts';
import type { Party, Passage, ScanReport, TrainingWorkload } from '../model/scan-report.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Endpoint, Gap } from '../model/verdict.ts';
import type { Workload } from '../model/workload.ts';
import { formatIp } from '../space/ip-set.ts';
import { type Protocol, TransportSet } from '../space/transport-set.ts';
import type { Alike, Unit } from './alike.ts';
import { BlastRadii, ownParty, unitParty } from './blast-radius.ts';
import { halfOpenPassages } from './half-open.ts';
import { type Opening, ReachMap } from './reach-map.ts';
import { runChecks } from './run-checks.ts';
import { trainingWorkloads } from './training.ts';
import { ungovernedPaths } from './ungoverned.ts';

/** Above this many nodes with the same answer, they are one line. */
const nodesListed = 8;

/**
 * Everything that `scan` answers about one cluster, from the picture, the CNI's profile and the solved matrix (which must be of the same two).
 * Pure. Training workloads and all lists come in a stable order.
 */
export function scan(snapshot: Snapshot, profile: Profile, reach: Reachability): ScanReport {
  const because = trainingWorkloads(snapshot);
  const survey = new Survey(snapshot, profile, reach);
  return {
    profile: profile.id,
    counts: {
      namespaces: snapshot.namespaces.size,
      workloads: snapshot.workloads.length,
      pods: snapshot.workloads.reduce((sum, w) => sum + w.replicas, 0),
      services: snapshot.services.length,
      nodes: snapshot.nodes.length,
      policies: snapshot.policies.length,
    },
    unread: sortedBy(snapshot.unread, ([kind]) => kind).map(([kind, count]) => ({ kind, count })),
    training: sortedBy(survey.training(because), (w) => w.title),
    halfOpen: halfOpenPassages(reach, new Set(because.keys())),
    findings: runChecks(reach),
    assumptions: profile.assumptions,
  };
}

/** The passages of each training workload; answers are made once for each group of like workloads. */
class Survey {
  readonly #snapshot: Snapshot;
  readonly #profile: Profile;
  readonly #map: ReachMap;
  readonly #radii: BlastRadii;
  #behind: readonly { readonly service: Service; readonly backends: readonly Workload[] }[] | null = null;
  readonly #reaches = new Map<Alike, readonly Passage[]>();
  readonly #reachedBy = new Map<Alike, readonly Passage[]>();

  constructor(snapshot: Snapshot, profile: Profile, reach: Reachability) {
    this.#snapshot = snapshot;
    this.#profile = profile;
    this.#map = new ReachMap(reach);
    this.#radii = new BlastRadii(this.#map);
  }

  training(because: ReadonlyMap<string, readonly string[]>): readonly TrainingWorkload[] {
    return this.#map.groups.flatMap((group) =>
      group.units.flatMap((unit) => {
        const reasons = because.get(unit.workload.id);
        return reasons === undefined ? [] : [this.#describe(unit, group, reasons)];
      }),
    );
  }

  #describe(unit: Unit, group: Alike, because: readonly string[]): TrainingWorkload {
    const radius = this.#radii.of(unit, group);
    return {
      id: unit.workload.id,
      title: unit.title,
      namespace: unit.workload.namespace,
      pods: unit.pods,
      because,
      reaches: mine(
        unit,
        kept(this.#reaches, group, () => this.#listReaches(group)),
      ),
      reachedBy: mine(
        unit,
        kept(this.#reachedBy, group, () => this.#listReachedBy(group)),
      ),
      blastRadius: radius.hops,
      podsWithin: radius.podsWithin,
      ungoverned: ungovernedPaths(unit.workload),
    };
  }

  #listReaches(group: Alike): readonly Passage[] {
    const from = podOf(group.sample);
    const workloads = this.#map
      .targets(group)
      .flatMap(({ group: to, opening }) => to.units.flatMap((unit) => this.#passages(unitParty(unit), opening, from, podOf(unit.workload))));
    const outside = this.#map.outside(group).flatMap((o) => this.#passages(o.party, o, from, endpointOf(o.reach)));
    return [...outside, ...byTitle(workloads), ...this.#services(group), ...this.#nodes(group, 'to')];
  }

  #listReachedBy(group: Alike): readonly Passage[] {
    const to = podOf(group.sample);
    const workloads = this.#map
      .sources(group)
      .flatMap(({ group: from, opening }) => from.units.flatMap((unit) => this.#passages(unitParty(unit), opening, podOf(unit.workload), to)));
    return [...byTitle(workloads), ...this.#nodes(group, 'from')];
  }

  /** Services that the group can use: some backend of some port answers. `ports` are those of the Service. */
  #services(group: Alike): readonly Passage[] {
    const openings = new Map(this.#map.targets(group).flatMap((edge) => edge.group.members.map((member) => [member, edge.opening] as const)));
    const passages = this.#backends().flatMap(({ service, backends }) => {
      const open = { allowed: TransportSet.empty, unknown: TransportSet.empty };
      for (const backend of backends) {
        const flow = openings.get(backend)?.flow;
        if (flow === undefined) continue;
        for (const port of service.ports) {
          const target = targetPorts(backend, port.targetPort, port.protocol);
          const shown = only(port.protocol, port.port);
          if (!flow.allowed.intersect(target).isEmpty) open.allowed = open.allowed.union(shown);
          else if (!flow.unknown.intersect(target).isEmpty) open.unknown = open.unknown.union(shown);
        }
      }
      const id = `${service.namespace}/${service.name}`;
      const party: Party = { kind: 'service', id, title: `${id} (Service)` };
      const unknown = open.unknown.subtract(open.allowed);
      return [
        ...(open.allowed.isEmpty ? [] : [{ party, certainty: 'allowed' as const, ports: open.allowed.toString(), listening: null, gaps: [] }]),
        ...(unknown.isEmpty ? [] : [{ party, certainty: 'unknown' as const, ports: unknown.toString(), listening: null, gaps: [] }]),
      ];
    });
    return byTitle(passages);
  }

  /** Services with the workloads behind them; those whose endpoints are kept by hand have none that the input shows. */
  #backends(): readonly { readonly service: Service; readonly backends: readonly Workload[] }[] {
    this.#behind ??= this.#snapshot.services.flatMap((service) => {
      const { selector } = service;
      return selector === null
        ? []
        : [
            {
              service,
              backends: policyIndex(this.#snapshot)
                .inNamespace(service.namespace)
                .filter((w) => selects(selector, w.labels)),
            },
          ];
    });
    return this.#behind;
  }

  /** Nodes, those with the same answer on one line when they are many. */
  #nodes(group: Alike, which: 'to' | 'from'): readonly Passage[] {
    const pod: ReachParty = { kind: 'workload', id: group.sample.id };
    const answers = new Map<string, { opening: Opening; nodes: (string | null)[] }>();
    for (const party of this.#map.reach.parties) {
      if (party.kind !== 'node') continue;
      const flow = which === 'to' ? this.#map.reach.between(pod, party) : this.#map.reach.between(party, pod);
      const key = `${flow.allowed.id} ${flow.unknown.id}`;
      const known = answers.get(key);
      if (known === undefined)
        answers.set(key, { opening: { flow, answering: which === 'to' ? null : narrowTo(flow, listening(group.sample)) }, nodes: [party.node] });
      else known.nodes.push(party.node);
    }
    return [...answers.values()].flatMap(({ opening, nodes }) => {
      const parties = nodes.length > nodesListed ? [nodeGroup(nodes)] : nodes.map((n) => nodeGroup([n]));
      const node: Endpoint = { kind: 'node', node: nodes[0] ?? null };
      return parties.flatMap((party) =>
        which === 'to' ? this.#passages(party, opening, podOf(group.sample), node) : this.#passages(party, opening, node, podOf(group.sample)),
      );
    });
  }

  /** One line for what is certain, one for what is not known, with what would settle it. */
  #passages(party: Party, opening: Opening, from: Endpoint, to: Endpoint): readonly Passage[] {
    const { flow, answering } = opening;
    const passages: Passage[] = [];
    if (!flow.allowed.isEmpty) {
      passages.push({
        party,
        certainty: 'allowed',
        ports: flow.allowed.toString(),
        listening: answering === null ? null : answering.allowed.toString(),
        gaps: [],
      });
    }
    if (!flow.unknown.intersect(governed).isEmpty) {
      const unknown = flow.unknown.intersect(governed);
      const listens = answering === null ? null : answering.unknown.intersect(governed).toString();
      passages.push({ party, certainty: 'unknown', ports: unknown.toString(), listening: listens, gaps: this.#gaps(from, to, unknown) });
    }
    return passages;
  }

  readonly #known = new Map<string, readonly Gap[]>();

  #gaps(from: Endpoint, to: Endpoint, ports: TransportSet): readonly Gap[] {
    const key = JSON.stringify([from, to, ports.key]);
    return kept(this.#known, key, () => {
      const protocol = (['TCP', 'UDP', 'SCTP'] as const).find((p) => ports.on(p).length > 0);
      const highest = protocol === undefined ? undefined : ports.on(protocol).at(-1);
      if (protocol === undefined || highest === undefined) return [];
      const port = ports.has(protocol, 443) ? 443 : highest[1];
      return decide(this.#snapshot, this.#profile, { from, to, protocol, port }).gaps;
    });
  }
}

const governed = TransportSet.unionAll([TransportSet.of('TCP'), TransportSet.of('UDP'), TransportSet.of('SCTP')]);

/** The group's passages as one line of it sees them: its own entry speaks of its other pods, and is absent when it has none. */
function mine(unit: Unit, passages: readonly Passage[]): readonly Passage[] {
  const isOwn = (p: Passage): boolean => p.party.kind === 'workload' && p.party.id === unit.workload.id;
  if (!passages.some(isOwn)) return passages;
  return unit.pods < 2 ? passages.filter((p) => !isOwn(p)) : passages.map((p) => (isOwn(p) ? { ...p, party: ownParty(unit) } : p));
}

function byTitle(passages: readonly Passage[]): readonly Passage[] {
  return sortedBy(passages, (p) => `${p.party.title} ${p.certainty}`);
}

function narrowTo(flow: Opening['flow'], to: TransportSet | null): Opening['answering'] {
  return to === null ? null : { allowed: flow.allowed.intersect(to), unknown: flow.unknown.intersect(to) };
}

function nodeGroup(nodes: readonly (string | null)[]): Party {
  const names = nodes.map((n) => n ?? 'a node that no input names');
  const first = names[0] ?? 'no node';
  if (names.length > 1) return { kind: 'node', id: names.join(','), title: `${names.length} nodes (${first} to ${names.at(-1)})` };
  return { kind: 'node', id: first, title: nodes[0] === null ? first : `node ${first}` };
}

/** The ports of a backend that a target port means. */
function targetPorts(backend: Workload, target: number | string, protocol: Protocol): TransportSet {
  if (typeof target === 'number') return only(protocol, target);
  return TransportSet.unionAll(backend.ports.filter((p) => p.name === target && p.protocol === protocol).map((p) => only(protocol, p.port)));
}

function podOf(workload: Workload): Endpoint {
  return { kind: 'pod', workload: workload.id, replica: 0 };
}

/** One endpoint that stands for a party. */
function endpointOf(party: ReachParty): Endpoint {
  switch (party.kind) {
    case 'workload':
      return { kind: 'pod', workload: party.id, replica: 0 };
    case 'node':
      return { kind: 'node', node: party.node };
    case 'name':
      return { kind: 'name', name: party.name };
    case 'external': {
      const v4 = party.addresses.v4[0];
      const v6 = party.addresses.v6[0];
      return { kind: 'address', ip: v4 !== undefined ? formatIp({ family: 4, value: v4[0] }) : formatIp({ family: 6, value: v6?.[0] ?? 0n }) };
    }
  }
}
