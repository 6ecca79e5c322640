import { fabricDevices } from '../../checks/fabric-devices.ts';
import { type Guid, guidText } from '../../fabric/guid.ts';
import { usableKeys } from '../../fabric/pairs.ts';
import type { EndPort } from '../../fabric/subnet.ts';
import { kept } from '../../kernel/memo.ts';
import { within } from '../../kernel/origin.ts';
import { compareText } from '../../kernel/stable.ts';
import type { ClusterNode } from '../../model/cluster.ts';
import type { FabricReach, FabricStep, FabricWay } from '../../model/fabric-reach.ts';
import { baseOf, isFull, keyText } from '../../model/pkey.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { inContainer, type Workload, type WorkloadId, workloadTitle } from '../../model/workload.ts';
import { canLand } from '../../placement/can-land.ts';
import { isWanted } from './crossings.ts';
import { portsOfNode } from './intent.ts';
import { hostFacts } from './node-guids.ts';
import { hostOf, judged, partyOf, type Situation, type Tables } from './situation.ts';

/** Ways out of one zone that are told, one for each party and partition at most. */
const mostWays = 12;

/** Where workloads run, or may: worked out once for a node. */
class Standing {
  readonly #snapshot: Snapshot;
  readonly #byNode = new Map<string, readonly { readonly workload: Workload; readonly step: FabricStep; readonly rank: number }[]>();
  readonly nodes: ReadonlyMap<Guid, ClusterNode>;

  constructor(snapshot: Snapshot, situation: Situation) {
    this.#snapshot = snapshot;
    const facts = hostFacts(situation.evidence, snapshot);
    this.nodes = new Map(
      snapshot.nodes
        .filter((n) => n.origin !== null)
        .flatMap((node) => portsOfNode(node.name, { facts, subnet: situation.seen.subnet }).ports.map((port) => [port.guid, node] as const)),
    );
  }

  /** The node of a port; else its host as the zone or its description has it. */
  host(situation: Situation, guid: Guid): string {
    return this.nodes.get(guid)?.name ?? hostOf(situation, guid);
  }

  /** Workloads that run on the node of a port, or may, those that are there first. */
  on(guid: Guid): readonly { readonly workload: Workload; readonly step: FabricStep }[] {
    const node = this.nodes.get(guid);
    if (node === undefined) return [];
    const known = this.#byNode.get(node.name);
    if (known !== undefined) return known;
    const found = this.#snapshot.workloads.flatMap((workload) => {
      if (workload.lifecycle === 'finished' || workload.replicas === 0) return [];
      const landing = canLand(this.#snapshot, workload, { kind: 'known', node });
      if (landing.is === 'no') return [];
      const title = workloadTitle(workload);
      const placed = workload.node !== null;
      const [reason] = landing.is === 'yes' ? landing.through : [];
      const text = placed
        ? `${title} runs on node ${node.name}`
        : landing.is === 'yes'
          ? `${title} may run on node ${node.name}${reason === undefined ? '' : `: ${reason.text}`}`
          : `${title} perhaps runs on node ${node.name}: not known is ${landing.why[0] ?? 'what places it'}`;
      return [{ workload, step: { text, origin: reason?.origin ?? workload.origin }, rank: placed ? 0 : landing.is === 'yes' ? 1 : 2 }];
    });
    found.sort((a, b) => a.rank - b.rank || compareText(a.workload.id, b.workload.id));
    this.#byNode.set(node.name, found);
    return found;
  }
}

/** How a pod comes to the fabric device of its node; null where it has none. */
function entryOf(workload: Workload): FabricStep | null {
  const [device] = fabricDevices(workload).filter((d) => d.verbs);
  const title = workloadTitle(workload);
  if (device !== undefined) return { text: `${title} asks for ${device.resource}`, origin: inContainer(workload, device.container, 'resources') };
  const path = workload.pod.hostPaths.find((p) => p === '/dev' || p.startsWith('/dev/infiniband'));
  if (path !== undefined) return { text: `${title} mounts ${path} of its node`, origin: within(workload.podOrigin, 'volumes') };
  const privileged = workload.pod.containers.find((c) => c.privileged);
  return privileged === undefined
    ? null
    : { text: `${title} is privileged, and has every device of its node`, origin: inContainer(workload, privileged, 'securityContext') };
}

/** Of a way from a workload of the input to others of it: none tells more. */
const mostTelling = 3;

/** The ways out of a zone over the fabric that nobody wants: one for each party and partition, from where a pod of the zone stands where one does. */
export function waysOutOf(situation: Situation, zone: string, own: readonly Workload[], snapshot: Snapshot): readonly FabricWay[] {
  const standing = new Standing(snapshot, situation);
  const found = new Map<string, { readonly way: FabricWay; readonly weight: number }>();
  for (const tables of judged(situation))
    for (const a of situation.hosts) {
      const party = partyOf(situation, a.guid);
      if (party?.name !== zone) continue;
      for (const b of situation.hosts) {
        const other = partyOf(situation, b.guid);
        if (other === party) continue;
        for (const { base } of usableKeys(tables.keys.get(a.guid) ?? [], tables.keys.get(b.guid) ?? [])) {
          if (isWanted(party, other, base)) continue;
          const key = `${base} ${other?.name ?? ''}`;
          const before = found.get(key)?.weight ?? -1;
          if (before === mostTelling) continue;
          const way = wayBetween(situation, standing, tables, { a: a.guid, b: b.guid, base }, own);
          const weight = Number(way.workload !== null) * 2 + Number(way.meets.length > 0);
          if (weight > before) found.set(key, { way, weight });
        }
      }
    }
  return [...found.values()].map(({ way }) => way).slice(0, mostWays);
}

/** What some workloads reach over the fabric: every host that shares a usable key with a node that they may run on. Workloads of which the same is true are told once. */
export function fabricReach(situation: Situation, from: readonly Workload[], snapshot: Snapshot): readonly FabricReach[] {
  const standing = new Standing(snapshot, situation);
  const reached = new Map<string, readonly FabricWay[]>();
  const groups = new Map<string, { readonly workloads: WorkloadId[]; readonly ways: readonly FabricWay[]; readonly notKnown: readonly string[] }>();
  for (const workload of from) {
    if (entryOf(workload) === null) continue;
    const starts = situation.hosts.filter(({ guid }) => standing.on(guid).some((s) => s.workload === workload));
    // Workloads of a namespace that start from the same ports reach the same.
    const ways = kept(reached, [workload.namespace, ...starts.map((p) => p.guid)].join(), () => waysOf(situation, standing, workload, starts));
    const lacks = notKnown(situation, starts.length);
    const key = JSON.stringify([workload.namespace, ways.map(({ to, pkey, when }) => [to, pkey, when]), lacks]);
    kept(groups, key, () => ({ workloads: [], ways, notKnown: lacks })).workloads.push(workload.id);
  }
  return [...groups.values()];
}

function waysOf(situation: Situation, standing: Standing, workload: Workload, starts: readonly EndPort[]): readonly FabricWay[] {
  const ways = new Map<string, FabricWay>();
  for (const tables of judged(situation))
    for (const a of starts)
      for (const b of situation.hosts) {
        const to = standing.host(situation, b.guid);
        if (ways.has(to) || standing.host(situation, a.guid) === to) continue;
        const [shared] = usableKeys(tables.keys.get(a.guid) ?? [], tables.keys.get(b.guid) ?? []);
        if (shared !== undefined) ways.set(to, wayBetween(situation, standing, tables, { a: a.guid, b: b.guid, base: shared.base }, [workload]));
      }
  const rank = ({ strangers, meets }: FabricWay): number => (strangers.length > 0 ? 0 : meets.length === 0 ? 1 : 2);
  return [...ways.values()].sort((x, y) => rank(x) - rank(y) || compareText(x.to, y.to));
}

function notKnown(situation: Situation, starts: number): readonly string[] {
  const tables = judged(situation)[0];
  if (situation.hosts.length === 0) return ['which ports the fabric has: give the output of ibnetdiscover'];
  if (tables === undefined) return ['who is in which partition: give partitions.conf, or the tables (smpquery pkeys, saquery PKTR)'];
  const untold = situation.hosts.filter(({ guid }) => !tables.keys.has(guid)).length;
  return [
    ...(starts === 0 ? ['on which hosts of the fabric it may run: no node among the manifests is known to have a port (a CSV of hosts and GUIDs says)'] : []),
    ...(untold > 0 ? [`the P_Key tables of ${untold} host ports`] : []),
  ];
}

function wayBetween(
  situation: Situation,
  standing: Standing,
  tables: Tables,
  { a, b, base }: { readonly a: Guid; readonly b: Guid; readonly base: number },
  own: readonly Workload[],
): FabricWay {
  const starts = standing.on(a).filter(({ workload }) => own.includes(workload) && entryOf(workload) !== null);
  const [start] = starts;
  const entry = start === undefined ? null : entryOf(start.workload);
  const others = standing.on(b);
  const spaces = new Set(own.map((w) => w.namespace));
  const strangers = others.filter(({ workload }) => !spaces.has(workload.namespace));
  const there = strangers[0] ?? others.find(({ workload }) => !own.includes(workload)) ?? others[0];
  const member = (guid: Guid): FabricStep => {
    const key = Math.max(...(tables.keys.get(guid) ?? []).filter((k) => baseOf(k) === base));
    return {
      text: `port ${guidText(guid)} of ${standing.host(situation, guid)} ${tables.when === 'now' ? 'is' : 'will be'} a ${isFull(key) ? 'full' : 'limited'} member of partition ${keyText(base)}`,
      origin: tables.cause(guid, key),
    };
  };
  return {
    workload: start?.workload.id ?? null,
    from: standing.host(situation, a),
    to: standing.host(situation, b),
    pkey: base,
    when: tables.when,
    meets: others.map(({ workload }) => workload.id),
    strangers: strangers.map(({ workload }) => workload.id),
    steps: [
      ...(entry === null || start === undefined
        ? [{ text: `any pod with an RDMA device on ${standing.host(situation, a)}`, origin: situation.intent.places.get(a)?.origin ?? null }]
        : [entry, start.step]),
      member(a),
      member(b),
      there === undefined
        ? { text: `${standing.host(situation, b)} is no node of the input; whatever runs there`, origin: situation.intent.places.get(b)?.origin ?? null }
        : there.step,
    ],
  };
}
