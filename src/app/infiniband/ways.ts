import { type Guid, guidText } from '../../fabric/guid.ts';
import { usableKeys } from '../../fabric/pairs.ts';
import type { EndPort } from '../../fabric/subnet.ts';
import { kept } from '../../kernel/memo.ts';
import { compareText } from '../../kernel/stable.ts';
import type { FabricReach, FabricStep, FabricWay } from '../../model/fabric-reach.ts';
import { baseOf, isFull, keyText } from '../../model/pkey.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { type Workload, type WorkloadId, workloadTitle } from '../../model/workload.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { protectedNamespaces } from '../claims/protected.ts';
import { tablesUnread } from './answer.ts';
import { isWanted } from './crossings.ts';
import type { Party } from './intent.ts';
import { judged, partyOf, type Situation, type Tables } from './situation.ts';
import { entryOf, type Standing, standingOf } from './standing.ts';
import { type TrainingPort, trainingPorts } from './training-ports.ts';

/** Ways out of one zone that are told, one for each party and partition at most. */
const mostWays = 12;

/** Of a way from a workload of the input to others of it: none tells more. */
const mostTelling = 3;

/** The ways out of a zone over the fabric that nobody wants, and what would have to be known to say that these are all. */
export interface WaysOut {
  /** One for each party and partition, from where a pod of the zone stands where one does. */
  readonly ways: readonly FabricWay[];
  /** Ways that would be, if something were so. */
  readonly doubts: readonly string[];
  readonly missing: readonly string[];
}

/**
 * Goes from every port over which training comes to the fabric, or may, to every other port. What runs the fabric and the hubs may be met, but not the pods of
 * others that stand there.
 */
export function waysOutOf(situation: Situation, loaded: LoadedZone, snapshot: Snapshot): WaysOut {
  const standing = standingOf(snapshot, situation);
  const { ports, missing } = trainingPorts(situation, standing, loaded, snapshot);
  const { spec, metadata } = loaded.zone;
  const zone = situation.intent.parties.find((p) => p.kind === 'zone' && p.name === metadata.name) ?? null;
  const own = snapshot.workloads.filter((w) => w.namespace === spec.namespace.name);
  const ours = new Set(ports.filter((p) => p.ours).map((p) => p.guid));
  const guests = new Guests(standing, loaded, snapshot);
  const found = new Map<string, { readonly way: FabricWay; readonly weight: number; readonly doubt: string | null }>();
  for (const tables of judged(situation))
    for (const a of ports)
      for (const b of situation.hosts) {
        const other = partyOf(situation, b.guid);
        if (b.guid === a.guid || ours.has(b.guid) || standing.together(a.guid, b.guid)) continue;
        for (const { base } of usableKeys(tables.keys.get(a.guid) ?? [], tables.keys.get(b.guid) ?? [])) {
          const guest = isWanted(zone, other, base) ? guests.at(b.guid, other) : undefined;
          if (guest === null) continue;
          const doubt = a.doubt ?? guest?.doubt ?? null;
          const key = `${base} ${other?.name ?? ''} ${guest === undefined ? '' : b.guid}`;
          const before = found.get(key);
          if (before !== undefined && before.doubt === null && (doubt !== null || before.weight === mostTelling)) continue;
          const way = wayBetween(situation, standing, tables, { a: a.guid, b: b.guid, base }, own, snapshot, a);
          const weight = Number(way.workload !== null) * 2 + Number(way.meets.length > 0);
          if (before === undefined || (before.doubt !== null && doubt === null) || weight > before.weight) found.set(key, { way, weight, doubt });
        }
      }
  const all = [...found.values()];
  const sure = all.filter((w) => w.doubt === null).map((w) => w.way);
  const doubts = all.flatMap(({ way, doubt }) => (doubt === null ? [] : [`${doubt}: if so, ${way.from} meets ${way.to} over partition ${keyText(way.pkey)}`]));
  return { ways: sure.slice(0, mostWays), doubts: [...new Set(doubts)].slice(0, mostWays), missing };
}

/** Pods of others on hosts that a zone may meet. */
class Guests {
  readonly #standing: Standing;
  readonly #snapshot: Snapshot;
  readonly #namespace: string;
  readonly #software: ReadonlySet<string>;
  readonly #protected: ReadonlySet<string>;

  constructor(standing: Standing, { zone: { spec } }: LoadedZone, snapshot: Snapshot) {
    this.#standing = standing;
    this.#snapshot = snapshot;
    this.#namespace = spec.namespace.name;
    this.#software = new Set(spec.nodes?.sharedWith ?? []);
    this.#protected = new Set(spec.protected.flatMap((p) => protectedNamespaces(snapshot, p)));
  }

  /**
   * One that has a device there and is not to be met; null: there is none. On what runs the fabric that is anybody but node software; on a hub, which is there to
   * be used and whose servers may be pods, what the zone protects.
   */
  at(guid: Guid, host: Party | null): { readonly doubt: string | null } | null {
    const guests = this.#standing.on(guid).flatMap(({ workload, doubt }) => {
      const { namespace } = workload;
      if (namespace === this.#namespace || this.#software.has(namespace)) return [];
      if (host?.kind === 'hub' && !this.#protected.has(namespace)) return [];
      const entry = entryOf(this.#snapshot, workload);
      if (entry === null) return [];
      const unknown = doubt ?? entry.doubt;
      return [{ doubt: unknown === null ? null : `${workloadTitle(workload)} on ${this.#standing.host(guid)}: not known is ${unknown}` }];
    });
    return guests.find((g) => g.doubt === null) ?? guests[0] ?? null;
  }
}

/** What some workloads reach over the fabric: every host that shares a usable key with a node that they may run on. Workloads of which the same is true are told once. */
export function fabricReach(situation: Situation, from: readonly Workload[], snapshot: Snapshot): readonly FabricReach[] {
  const standing = standingOf(snapshot, situation);
  const reached = new Map<string, readonly FabricWay[]>();
  const groups = new Map<string, { readonly workloads: WorkloadId[]; readonly ways: readonly FabricWay[]; readonly notKnown: readonly string[] }>();
  for (const workload of from) {
    if (entryOf(snapshot, workload) === null) continue;
    const starts = situation.hosts.filter(({ guid }) => standing.on(guid).some((s) => s.workload === workload));
    // Workloads of a namespace that start from the same ports reach the same.
    const ways = kept(reached, [workload.namespace, ...starts.map((p) => p.guid)].join(), () => waysOf(situation, standing, workload, starts, snapshot));
    const lacks = notKnown(situation, starts.length);
    const key = JSON.stringify([workload.namespace, ways.map(({ to, pkey, when }) => [to, pkey, when]), lacks]);
    kept(groups, key, () => ({ workloads: [], ways, notKnown: lacks })).workloads.push(workload.id);
  }
  return [...groups.values()];
}

function waysOf(situation: Situation, standing: Standing, workload: Workload, starts: readonly EndPort[], snapshot: Snapshot): readonly FabricWay[] {
  const ways = new Map<string, FabricWay>();
  for (const tables of judged(situation))
    for (const a of starts)
      for (const b of situation.hosts) {
        const to = standing.host(b.guid);
        if (ways.has(to) || standing.host(a.guid) === to) continue;
        const [shared] = usableKeys(tables.keys.get(a.guid) ?? [], tables.keys.get(b.guid) ?? []);
        if (shared !== undefined) ways.set(to, wayBetween(situation, standing, tables, { a: a.guid, b: b.guid, base: shared.base }, [workload], snapshot));
      }
  const rank = ({ strangers, meets }: FabricWay): number => (strangers.length > 0 ? 0 : meets.length === 0 ? 1 : 2);
  return [...ways.values()].sort((x, y) => rank(x) - rank(y) || compareText(x.to, y.to));
}

function notKnown(situation: Situation, starts: number): readonly string[] {
  const tables = judged(situation)[0];
  if (situation.hosts.length === 0) return ['which ports the fabric has: give the output of ibnetdiscover'];
  if (tables === undefined) return ['who is in which partition: give partitions.conf, or the tables (smpquery pkeys, saquery PKTR)'];
  return [
    ...(starts === 0 ? ['on which hosts of the fabric it may run: no node among the manifests is known to have a port (a CSV of hosts and GUIDs says)'] : []),
    ...tablesUnread(situation),
  ];
}

function wayBetween(
  situation: Situation,
  standing: Standing,
  tables: Tables,
  { a, b, base }: { readonly a: Guid; readonly b: Guid; readonly base: number },
  own: readonly Workload[],
  snapshot: Snapshot,
  from: TrainingPort | null = null,
): FabricWay {
  const [start] = standing.on(a).filter(({ workload }) => own.includes(workload) && entryOf(snapshot, workload) !== null);
  const entry = start === undefined ? null : entryOf(snapshot, start.workload);
  const others = standing.on(b);
  const spaces = new Set(own.map((w) => w.namespace));
  const strangers = others.filter(({ workload }) => !spaces.has(workload.namespace));
  const there = strangers[0] ?? others.find(({ workload }) => !own.includes(workload)) ?? others[0];
  const member = (guid: Guid): FabricStep => {
    const key = Math.max(...(tables.keys.get(guid) ?? []).filter((k) => baseOf(k) === base));
    return {
      text: `port ${guidText(guid)} of ${standing.host(guid)} ${tables.when === 'now' ? 'is' : 'will be'} a ${isFull(key) ? 'full' : 'limited'} member of partition ${keyText(base)}`,
      origin: tables.cause(guid, key),
    };
  };
  return {
    workload: start?.workload.id ?? null,
    from: standing.host(a),
    to: standing.host(b),
    pkey: base,
    when: tables.when,
    meets: others.map(({ workload }) => workload.id),
    strangers: strangers.map(({ workload }) => workload.id),
    steps: [
      ...(entry === null || start === undefined
        ? [{ text: `any pod with an RDMA device on ${standing.host(a)}`, origin: from?.origin ?? situation.intent.places.get(a)?.origin ?? null }]
        : [entry.step, start.step]),
      member(a),
      member(b),
      there === undefined
        ? { text: `${standing.host(b)} is no node of the input; whatever runs there`, origin: situation.intent.places.get(b)?.origin ?? null }
        : there.step,
    ],
  };
}
