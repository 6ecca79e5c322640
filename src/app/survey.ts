import { policyIndex } from '../checks/policy-index.ts';
import { listening, only } from '../checks/rule-ports.ts';
import { decide } from '../engine/decide.ts';
import type { ReachParty } from '../engine/reach.ts';
import { kept } from '../kernel/memo.ts';
import { sortedBy } from '../kernel/stable.ts';
import type { Service } from '../model/cluster.ts';
import { type LabelSelector, selects } from '../model/labels.ts';
import type { Party, Passage } from '../model/scan-report.ts';
import type { Endpoint, Gap } from '../model/verdict.ts';
import type { Workload } from '../model/workload.ts';
import { formatIp } from '../space/ip-set.ts';
import { type Protocol, TransportSet } from '../space/transport-set.ts';
import type { Alike } from './alike.ts';
import { unitParty } from './blast-radius.ts';
import { governed, type Opening, type ReachMap } from './reach-map.ts';

/** Above this many nodes with the same answer, they are one line. */
const nodesListed = 8;

/** The most passages that one list of a report has. */
const passagesListed = 100;

/** Of these, how many services and nodes may take from pods. */
const passagesKeptForOthers = 30;

/** A list of passages, cut; `omitted` counts what was cut. */
export interface PassageList {
  readonly passages: readonly Passage[];
  readonly omitted: number;
}

/** A line of a list before it is written out: most are never read when there are many. */
interface Draft {
  readonly party: Party;
  readonly opening: Opening;
  readonly from: Endpoint;
  readonly to: Endpoint;
}

/** The passages from and to the pods of one group of like workloads. */
export class Survey {
  readonly #map: ReachMap;
  #behind: readonly { readonly service: Service; readonly backends: readonly Workload[] }[] | null = null;
  readonly #known = new Map<string, readonly Gap[]>();
  /** By namespace, then by label. */
  readonly #byLabel = new Map<string, Map<string, Workload[]>>();

  constructor(map: ReachMap) {
    this.#map = map;
  }

  /** What the group reaches. Passages to `own` workloads are one, about the other pods of `self`. */
  reaches(group: Alike, own: ReadonlySet<string>, self: Party): PassageList {
    const from = podOf(group.sample);
    const outside = this.#map.outside(group).map((o): Draft => ({ party: o.party, opening: o, from, to: endpointOf(o.reach) }));
    const workloads = this.#map
      .targets(group)
      .flatMap(({ group: to, opening }) => to.units.map((unit): Draft => ({ party: unitParty(unit), opening, from, to: podOf(unit.workload) })));
    return this.#list([...outside, ...byTitle(workloads)], own, self, [...this.#services(group), ...this.#nodes(group, 'to')]);
  }

  /** Who reaches the group. */
  reachedBy(group: Alike, own: ReadonlySet<string>, self: Party): PassageList {
    const to = podOf(group.sample);
    const workloads = this.#map
      .sources(group)
      .flatMap(({ group: from, opening }) => from.units.map((unit): Draft => ({ party: unitParty(unit), opening, from: podOf(unit.workload), to })));
    return this.#list(byTitle(workloads), own, self, this.#nodes(group, 'from'));
  }

  #list(drafts: readonly Draft[], own: ReadonlySet<string>, self: Party, after: readonly Passage[]): PassageList {
    const passages = new Map<string, Passage>();
    // A draft makes at most two passages: one that is certain, one that is not known.
    const written = drafts.slice(0, passagesListed - Math.min(after.length, passagesKeptForOthers));
    for (const draft of written) {
      for (const passage of this.#passages(draft)) {
        if (passage.party.kind !== 'workload' || !own.has(passage.party.id))
          passages.set(`${passage.party.kind} ${passage.party.id} ${passage.certainty}`, passage);
        else passages.set(`own ${passage.certainty} ${passage.ports}`, { ...passage, party: self });
      }
    }
    const all = [...passages.values(), ...after];
    return { passages: all.slice(0, passagesListed), omitted: drafts.length - written.length + Math.max(0, all.length - passagesListed) };
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
    return sortedBy(passages, (p) => `${p.party.title} ${p.certainty}`);
  }

  /** Services with the workloads behind them; those whose endpoints are kept by hand have none that the input shows. */
  #backends(): readonly { readonly service: Service; readonly backends: readonly Workload[] }[] {
    const { snapshot } = this.#map.reach;
    this.#behind ??= snapshot.services.flatMap((service) => {
      const { selector } = service;
      if (selector === null) return [];
      const backends = this.#candidates(service.namespace, selector).filter((w) => selects(selector, w.labels));
      return [{ service, backends }];
    });
    return this.#behind;
  }

  /** Workloads that a selector can select, by the rarest of the labels that it asks for: jobs of a fleet have a Service for each of their pods. */
  #candidates(namespace: string, { requirements }: LabelSelector): readonly Workload[] {
    const all = policyIndex(this.#map.reach.snapshot).inNamespace(namespace);
    const byLabel = kept(this.#byLabel, namespace, () => {
      const index = new Map<string, Workload[]>();
      for (const w of all) for (const label of Object.entries(w.labels)) kept(index, JSON.stringify(label), () => []).push(w);
      return index;
    });
    return requirements
      .filter((r) => r.operator === 'In' && r.values.length === 1)
      .map((r) => byLabel.get(JSON.stringify([r.key, r.values[0]])) ?? [])
      .reduce<readonly Workload[]>((least, found) => (found.length < least.length ? found : least), all);
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
      const [from, to] = which === 'to' ? [podOf(group.sample), node] : [node, podOf(group.sample)];
      return parties.flatMap((party) => this.#passages({ party, opening, from, to }));
    });
  }

  /** One line for what is certain, one for what is not known, with what would settle it. */
  #passages({ party, opening, from, to }: Draft): readonly Passage[] {
    const { flow, answering } = opening;
    const unknown = flow.unknown.intersect(governed);
    const listens = (which: TransportSet | undefined): string | null => (which === undefined ? null : which.toString());
    return [
      ...(flow.allowed.isEmpty
        ? []
        : [{ party, certainty: 'allowed' as const, ports: flow.allowed.toString(), listening: listens(answering?.allowed), gaps: [] }]),
      ...(unknown.isEmpty
        ? []
        : [
            {
              party,
              certainty: 'unknown' as const,
              ports: unknown.toString(),
              listening: listens(answering?.unknown.intersect(governed)),
              gaps: this.#gaps(from, to, unknown),
            },
          ]),
    ];
  }

  #gaps(from: Endpoint, to: Endpoint, ports: TransportSet): readonly Gap[] {
    const key = JSON.stringify([from, to, ports.key]);
    return kept(this.#known, key, () => {
      const protocol = (['TCP', 'UDP', 'SCTP'] as const).find((p) => ports.on(p).length > 0);
      const highest = protocol === undefined ? undefined : ports.on(protocol).at(-1);
      if (protocol === undefined || highest === undefined) return [];
      const port = ports.has(protocol, 443) ? 443 : highest[1];
      const { snapshot, profile } = this.#map.reach;
      return decide(snapshot, profile, { from, to, protocol, port }).gaps;
    });
  }
}

function byTitle(drafts: readonly Draft[]): readonly Draft[] {
  return sortedBy(drafts, (d) => d.party.title);
}

function narrowTo(flow: Opening['flow'], to: TransportSet | null): Opening['answering'] {
  return to === null ? null : { allowed: flow.allowed.intersect(to), unknown: flow.unknown.intersect(to) };
}

function nodeGroup(nodes: readonly (string | null)[]): Party {
  const names = nodes.map((n) => n ?? 'a node that no input names');
  const first = names[0] ?? 'no node';
  if (names.length > 1)
    return { kind: 'node', id: `${first}..${names.at(-1)} (${names.length})`, title: `${names.length} nodes (${first} to ${names.at(-1)})` };
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
