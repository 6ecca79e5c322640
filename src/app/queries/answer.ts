import type { Flow } from '../../engine/flow.ts';
import { type Reachability, reach as solve } from '../../engine/reach.ts';
import { believableAddress, believablePort, standing } from '../../engine/witness.ts';
import { kept } from '../../kernel/memo.ts';
import type { Diagnostic } from '../../kernel/result.ts';
import type { ClaimResult, Counterexample } from '../../model/claim.ts';
import { enforceLabel } from '../../model/pod-security.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Endpoint } from '../../model/verdict.ts';
import { type Workload, type WorkloadId, workloadTitle } from '../../model/workload.ts';
import { type IpSet, ipIntersect, ipIsEmpty, ipSubtract } from '../../space/ip-set.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { zoneIntents } from '../../spec/intents.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { beyond, type Excess, portText, reasonsOf, safetyClaim, tallied, witnessed } from '../claims/judge.ts';
import { addressesTaken, untoldIn } from '../claims/lies-in.ts';
import { bindZones } from '../claims/member.ts';
import { representativeKind } from '../claims/representatives.ts';
import { outsideParts } from '../reach-map.ts';
import { type End, flowAt, heldOf, merged, partsOf, permittedAt, portsAt, type Target } from './end.ts';
import { admitsHostNetwork, isFuture, isFutureHost, type WithFuture, withFuturePods } from './future.ts';
import { partyText, queryText } from './party-text.ts';
import type { Query, QueryParty } from './query.ts';
import { type Belongs, everyAddress, nobody, type Place, type Resolved, resolveParty, union } from './resolve.ts';

interface Answered {
  readonly claims: readonly ClaimResult[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Answers each query: a claim that holds, fails with packets that show it, or is undecided, as those are with a party that names nothing, which is a diagnostic too. Pure. */
export function answerQueries(snapshot: Snapshot, profile: Profile, zones: readonly LoadedZone[], queries: readonly Query[]): Answered {
  const future = withFuturePods(snapshot, profile, queries);
  const { snapshot: whole, bound } = bindZones(
    future.snapshot,
    zones.map((loaded) => ({ loaded, intents: zoneIntents(loaded) })),
  );
  const reach = solve(whole, profile);
  const nodes = reach.parties.flatMap((p) => (p.kind === 'node' ? [p.node] : []));
  const place: Place = { snapshot: whole, zones: bound, nodes };
  const diagnostics: Diagnostic[] = [];
  const answering = new Answering(reach);
  const claims = queries.map((query): ClaimResult => {
    const faults: Diagnostic[] = [];
    const lookUp = (party: Parameters<typeof resolveParty>[1]): Resolved[] => {
      const found = resolveParty(place, party);
      if (!('code' in found)) return [found];
      faults.push(found);
      return [];
    };
    const from = query.from.flatMap(lookUp);
    const to = query.to.flatMap(({ party, ports }) => lookUp(party).map((resolved) => ({ resolved, ports })));
    diagnostics.push(...faults);
    if (faults.length > 0) return aboutNobody(query, faults);
    const found = withGrounds(answering.answer(query, from, to), query, snapshot);
    return inDoubt(found, [...silentParties(query, from, to), ...silentNamespaces(query, place.snapshot), ...untold(query, future)]);
  });
  return { claims, diagnostics };
}

/** A query with words that name nothing. */
function aboutNobody(query: Query, faults: readonly Diagnostic[]): ClaimResult {
  const [first = '', ...others] = faults.map((f) => f.message);
  const about = { id: `query/${query.name}`, title: query.description ?? queryText(query), evidence: [], origin: query.origin };
  const result = undecided(about, first);
  return { ...result, group: query.assertion === 'must-reach' ? 'liveness' : 'safety', reasons: [...result.reasons, ...others] };
}

/** What holds for whoever was tried is undecided where there may be others. */
function inDoubt(result: ClaimResult, doubts: readonly string[]): ClaimResult {
  if (doubts.length === 0 || result.status === 'fails') return result;
  return {
    ...result,
    status: 'undecided',
    reasons: [...new Set([...result.reasons, ...doubts])],
    fix: result.fix ?? 'correct the query, or give what is missing; of pods to come ask about one workload at a time, or write policies with fewer selectors',
  };
}

/** Sorts of pods to come that were too many to try. */
function untold({ from, to }: Query, { left }: WithFuture): readonly string[] {
  return [...from, ...to.map((t) => t.party)].flatMap((p) =>
    p.kind === 'any-pod-in' ? (left.get(p.namespace) ?? []).map((why) => `pods to come in ${p.namespace}: ${why}`) : [],
  );
}

/** Parties of a list that nothing in the input is: the others say nothing about these. That nobody may be reached beside nobody is no gap. */
function silentParties(query: Query, from: readonly Resolved[], to: readonly Target[]): readonly string[] {
  const empty = (r: Resolved): boolean => r.workloads.size + r.nodes.size + r.names.size === 0 && ipIsEmpty(r.addresses) && !r.anyName;
  const words = (parties: Query['from']): readonly string[] => parties.map(partyText);
  const sides = [
    { side: 'from', texts: words(query.from), found: from },
    { side: 'to', texts: words(query.to.map((t) => t.party)), found: query.assertion === 'only-reaches' ? [] : to.map((t) => t.resolved) },
  ];
  return sides.flatMap(({ side, texts, found }) =>
    found.flatMap((r, i) =>
      found.length > 1 && empty(r) ? [`nothing in the input is ${texts[i]}, which ${side} names: give its manifests, or correct the query`] : [],
    ),
  );
}

/** Names in lists of namespaces of which the input has no pod: a name that is misspelt beside one that is right. What may be reached need not be there. */
function silentNamespaces({ assertion, from, to }: Query, { workloads }: Snapshot): readonly string[] {
  const there = new Set(workloads.filter((w) => representativeKind(w) === null).map((w) => w.namespace));
  const asked = [...from, ...(assertion === 'only-reaches' ? [] : to.map((t) => t.party))];
  return asked.flatMap((p) =>
    p.kind === 'pods' && p.namespaces?.kind === 'names'
      ? p.namespaces.names.filter((n) => !there.has(n)).map((n) => `no pod of the input is in namespace ${n}: give its manifests, or correct the query`)
      : [],
  );
}

/** Namespaces of whose pods to come a query says which ports may be reached. */
function futureIn({ to }: Query): ReadonlySet<string> {
  return new Set(to.flatMap(({ party }) => (party.kind === 'any-pod-in' ? [party.namespace] : [])));
}

/** Whether an answer about a party hangs on where pods and nodes have their addresses. */
export function isAboutBlocks({ kind }: QueryParty): boolean {
  return kind === 'cidr' || kind === 'protected';
}

/** Says on what an answer about addresses, or about pods to come, rests. */
function withGrounds(result: ClaimResult, query: Query, snapshot: Snapshot): ClaimResult {
  const { from, to } = query;
  const parties = [...from, ...to.map((t) => t.party)];
  const taken = parties.some(isAboutBlocks) ? addressesTaken(snapshot.ranges, untoldIn(snapshot)) : [];
  const open = new Set(parties.flatMap((p) => (p.kind === 'any-pod-in' && admitsHostNetwork(snapshot, p.namespace) ? [p.namespace] : [])));
  const future = futureIn(query);
  const more = [
    ...(query.assertion === 'only-reaches'
      ? [
          `pods to come are looked at ${future.size === 0 ? 'nowhere' : `in ${[...future].join(', ')} alone`}: name a namespace with anyPodIn to ask about those in it`,
        ]
      : []),
    ...taken,
    ...[...open].map((name) => `pods to come on the network of their node are among them: nothing in Pod Security of ${name} refuses them`),
  ];
  return { ...result, evidence: [...result.evidence, ...more], fix: fixOf(result, [...open]) };
}

/** What is to be done where pods to come on the network of their node are among those that refute it. */
function fixOf({ counterexamples, fix }: ClaimResult, open: readonly string[]): string | null {
  const onNode = counterexamples.filter(({ packet }) => [packet.from, packet.to].some((end) => end.kind === 'pod' && isFutureHost(end.workload)));
  if (onNode.length === 0) return fix;
  const refuse = `have Pod Security of ${open.join(' and ')} refuse pods on the network of their node, which no policy on pods governs (label ${enforceLabel}: baseline)`;
  return onNode.length === counterexamples.length || fix === null ? refuse : `${fix}; and ${refuse}`;
}

class Answering {
  readonly #reach: Reachability;
  readonly #classes = new Map<WorkloadId, number[]>();

  constructor(reach: Reachability) {
    this.#reach = reach;
    for (const c of reach.classes) for (const id of c.workloads) kept(this.#classes, id, () => []).push(c.id);
  }

  answer(query: Query, from: readonly Resolved[], to: readonly Target[]): ClaimResult {
    const sources = this.#ends(from.reduce(union, nobody), []);
    const about = {
      id: `query/${query.name}`,
      title: query.description ?? queryText(query),
      evidence: [`${sources.length} sort${sources.length === 1 ? '' : 's'} of source, under ${this.#reach.profile.id}`],
      origin: query.origin,
    };
    if (sources.length === 0)
      return { ...undecided(about, 'nothing in the input is what from names: give its manifests, or correct the query'), group: 'safety' };
    if (query.assertion === 'must-reach') return this.#mustReach(about, sources, to);
    if (query.assertion === 'only-reaches')
      return safetyClaim(this.#reach, tallied(this.#reach, this.#beyond(sources, merged(to), futureIn(query))), {
        ...about,
        fix: 'remove or narrow the rule that the packet used, or name what it reaches in the query',
      });
    const excesses: Excess[] = [];
    let looked = 0;
    const unnamed = new Set<string>();
    for (const { resolved, ports } of to) {
      const targets = this.#ends(resolved, []);
      looked += targets.length;
      for (const name of ports?.names ?? [])
        if (!targets.some((t) => portNamed(t.workload, name)))
          unnamed.add(`nothing that to names has a port called ${name}: correct the query, or give its manifests`);
      for (const a of sources)
        for (const b of targets)
          excesses.push(...this.#excess(a, b, ports === null ? TransportSet.empty : portsAt(ports, b).complement(), a.is !== 'maybe' && b.is !== 'maybe'));
    }
    if (looked === 0) return { ...undecided(about, 'nothing in the input is what to names: give its manifests, or correct the query'), group: 'safety' };
    const [first] = unnamed;
    if (first !== undefined && excesses.length === 0) return { ...undecided(about, first), group: 'safety' };
    return safetyClaim(this.#reach, tallied(this.#reach, excesses), {
      ...about,
      fix: 'remove or narrow the rule that the packet used, or add default deny where no policy selects the pod',
    });
  }

  #excess(a: End, b: End, permitted: TransportSet, certain: boolean, at: string | null = null): Excess[] {
    const pair = this.#pair(a, b);
    if (pair === null) return [];
    const { snapshot, profile } = this.#reach;
    let found = beyond(profile, pair.flow, permitted);
    if (at !== null && !(found.allowed.isEmpty && found.unknown.isEmpty)) found = beyond(profile, flowAt(snapshot, profile, a, b, at), permitted);
    const { allowed, unknown } = found;
    const common = {
      from: pair.from,
      to: pair.to,
      destination: b.workload,
      rank: b.workload === null ? 2 : 1,
      story: (port: string) => `${a.title} reaches ${b.title}${at === null ? '' : ` at ${at}`} on ${port}`,
    };
    if (!allowed.isEmpty) return [{ ...common, ports: allowed, certain }];
    return unknown.isEmpty ? [] : [{ ...common, ports: unknown, certain: false }];
  }

  /** Everything that sources reach and that no target permits, pods to come in the namespaces that targets name among it. */
  #beyond(sources: readonly End[], to: readonly Target[], future: ReadonlySet<string>): Excess[] {
    const { snapshot, parties } = this.#reach;
    const everyone: Resolved = {
      workloads: new Map(
        snapshot.workloads
          .filter((w) => w.lifecycle !== 'finished' && (representativeKind(w) === null || (isFuture(w) && future.has(w.namespace))))
          .map((w) => [w, 'yes'] as const),
      ),
      nodes: new Map(parties.flatMap((p) => (p.kind === 'node' ? [[p.node, 'yes'] as const] : []))),
      addresses: everyAddress,
      names: new Set(parties.flatMap((p) => (p.kind === 'name' ? [p.name] : []))),
      anyName: false,
    };
    return this.#ends(everyone, to).flatMap((b) =>
      partsOf(snapshot, to, b).flatMap((at) => {
        const { sure, perhaps } = permittedAt(to, b, at);
        return sources.flatMap((a) => {
          const found = this.#excess(a, b, sure.union(perhaps), a.is !== 'maybe', at);
          return found.length > 0 ? found : this.#excess(a, b, sure, false, at);
        });
      }),
    );
  }

  #mustReach(about: Pick<ClaimResult, 'id' | 'title' | 'evidence' | 'origin'>, sources: readonly End[], to: readonly Target[]): ClaimResult {
    const shut: Counterexample[] = [];
    const doubtful: Counterexample[] = [];
    const silent = new Set<string>();
    let pairs = 0;
    for (const { resolved, ports } of to)
      for (const b of this.#ends(resolved, []))
        for (const a of sources) {
          const pair = this.#pair(a, b, 'every');
          if (pair === null) continue;
          pairs++;
          const needed = ports === null ? declared(b.workload) : portsAt(ports, b);
          const missing = ports?.names.find((name) => !portNamed(b.workload, name));
          if (missing !== undefined) silent.add(`${b.title} has no port called ${missing}`);
          if (needed === null) {
            silent.add(`${b.title} declares no port: give ports in the query`);
            continue;
          }
          const closed = needed.subtract(pair.flow.allowed.union(pair.flow.unknown));
          const unsure = needed.intersect(pair.flow.unknown);
          const sure = a.is !== 'maybe' && b.is !== 'maybe';
          for (const [set, list, verb] of [
            [closed, sure ? shut : doubtful, 'does not reach'],
            [unsure, doubtful, 'may not reach'],
          ] as const) {
            if (set.isEmpty || list.length >= mostShown) continue;
            const { protocol, port } = believablePort(set, b.workload);
            list.push(witnessed(this.#reach, { from: pair.from, to: pair.to, protocol, port }, `${a.title} ${verb} ${b.title} on ${portText(protocol, port)}`));
          }
        }
    const fix = 'add the rule that is missing on the side that denies it';
    if (shut.length > 0) return { ...about, group: 'liveness', status: 'fails', counterexamples: shut, reasons: [], fix };
    const reasons = [
      ...(pairs === 0 ? ['nothing in the input is what to names: give its manifests, or correct the query'] : []),
      ...silent,
      ...reasonsOf(doubtful),
    ];
    if (doubtful.length + reasons.length > 0) return { ...about, group: 'liveness', status: 'undecided', counterexamples: doubtful, reasons, fix };
    return { ...about, group: 'liveness', status: 'holds', counterexamples: [], reasons: [], fix: null };
  }

  /** What passes between two ends; null where there are no two that can talk. */
  #pair(a: End, b: End, quantifier: 'some' | 'every' = 'some'): { readonly flow: Flow; readonly from: Endpoint; readonly to: Endpoint } | null {
    const outside = (e: End): boolean => e.party.kind === 'external' || e.party.kind === 'name';
    if (a.party.kind === 'name' || (outside(a) && outside(b))) return null;
    let to = b.endpoint;
    if (a.workload !== null && a.workload === b.workload) {
      if (b.fellow !== null) to = { kind: 'pod', workload: b.fellow.id, replica: 0 };
      else if (a.workload.replicas > 1) to = { kind: 'pod', workload: a.workload.id, replica: 1 };
      else return null;
    }
    return { flow: this.#reach.between(a.party, b.party, quantifier), from: a.endpoint, to };
  }

  /** One end for each sort of workload, each node, each part of the addresses and each name. `told` are targets that must not cut an end in two. */
  #ends(resolved: Resolved, told: readonly Target[]): End[] {
    const groups = new Map<string, { readonly is: Belongs; readonly members: Workload[] }>();
    for (const [w, is] of resolved.workloads) {
      const belongs = told.map((t) => heldOf(this.#reach.snapshot, t, w)).join();
      const ports = w.ports.map((p) => `${p.name ?? ''} ${p.protocol}${p.port}`).join();
      const key = [is, belongs, ports, w.node, w.hostNetwork ? w.id : '', ...(this.#classes.get(w.id) ?? [w.id])].join(' ');
      kept(groups, key, () => ({ is, members: [] })).members.push(w);
    }
    return [
      ...[...groups.values()].map(({ is, members }) => workloadEnd(members, is)),
      ...[...resolved.nodes].map(
        ([node, is]): End => ({
          party: { kind: 'node', node },
          endpoint: { kind: 'node', node },
          workload: null,
          fellow: null,
          title: node === null ? 'a node' : `node ${node}`,
          is,
        }),
      ),
      ...this.#addressEnds(resolved.addresses, told),
      ...[...resolved.names].map(
        (name): End => ({ party: { kind: 'name', name }, endpoint: { kind: 'name', name }, workload: null, fellow: null, title: name, is: 'yes' }),
      ),
    ];
  }

  #addressEnds(addresses: IpSet, told: readonly Target[]): End[] {
    return this.#reach.parties.flatMap((party): End[] => {
      if (party.kind !== 'external') return [];
      const parts = told.reduce<IpSet[]>(
        (sets, t) => sets.flatMap((s) => [ipIntersect(s, t.resolved.addresses), ipSubtract(s, t.resolved.addresses)]),
        [ipIntersect(party.addresses, addresses)],
      );
      return parts.flatMap(outsideParts).map(({ addresses: part, party: { title } }) => ({
        party: { kind: 'external', addresses: part },
        endpoint: { kind: 'address', ip: believableAddress(part) },
        workload: null,
        fellow: null,
        title,
        is: 'yes',
      }));
    });
  }
}

/** Packets spelled out for one query. */
const mostShown = 5;

function workloadEnd(members: readonly Workload[], is: Belongs): End {
  const [first, second = null] = [...members].sort((a, b) => standing(a) - standing(b)) as unknown as readonly [Workload, ...Workload[]];
  const name = representativeKind(first) === null ? workloadTitle(first) : first.name;
  return {
    party: { kind: 'workload', id: first.id },
    endpoint: { kind: 'pod', workload: first.id, replica: 0 },
    workload: first,
    fellow: second,
    title: members.length > 1 ? `${name} (and ${members.length - 1} like it)` : name,
    is,
  };
}

function portNamed(workload: Workload | null, name: string): boolean {
  return (workload?.ports ?? []).some((p) => p.name === name);
}

function declared(workload: Workload | null): TransportSet | null {
  if (workload === null || workload.ports.length === 0) return null;
  return TransportSet.unionAll(workload.ports.map((p) => TransportSet.of(p.protocol, [[p.port, p.port]])));
}

function undecided(about: Pick<ClaimResult, 'id' | 'title' | 'evidence' | 'origin'>, reason: string): Omit<ClaimResult, 'group'> {
  return { ...about, status: 'undecided', counterexamples: [], reasons: [reason], fix: null };
}
