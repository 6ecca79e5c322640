import { directoryOf, followDirectory } from '../engine/directory.ts';
import { placesIn } from '../engine/lookups.ts';
import { type FollowingReachability, type ReachParty, reach as solve } from '../engine/reach.ts';
import { leavesAlone, profileFor, seenBy } from '../engine/seen-by.ts';
import { type Change, changed } from '../model/change.ts';
import type { ClaimResult } from '../model/claim.ts';
import type { Namespace } from '../model/cluster.ts';
import { enforces, type Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import { type ZoneIntents, zoneIntents } from '../spec/intents.ts';
import type { LoadedZone } from '../spec/zone.ts';
import { claimsOf } from './claims/claims-of.ts';
import { type BoundZone, eachOnce, impliedNamespace, type Member, membersOf, withRepresentatives } from './claims/member.ts';
import { protectedClaims } from './claims/protected.ts';
import { type Representatives, representativesOf } from './claims/representatives.ts';
import { type Watch, watchOf } from './claims/watch.ts';

/** The claims of one zone, as they stand now. */
export interface CurrentZone {
  readonly zone: string;
  readonly claims: readonly ClaimResult[];
}

/** What following one change took: everything anew, or the zones that were judged again. */
export interface Followed {
  readonly anew: boolean;
  readonly judged: readonly string[];
}

/** A zone with what its claims were judged on. */
interface Standing {
  readonly loaded: LoadedZone;
  readonly intents: ZoneIntents;
  representatives: Representatives;
  claims: readonly ClaimResult[];
  watch: Watch;
  /** Classes of its members, and those that they may exchange anything with. */
  near: ReadonlySet<number>;
  /** Outside blocks that its members may exchange anything with. */
  nearOutside: ReadonlySet<ReachParty>;
}

/**
 * The claims of all zones, kept current as the cluster changes: always what `verify` says of the snapshot that the changes have led to. A change is
 * followed where only few answers can differ; then only the zones that may be touched are judged again. Everything is made anew when the engine cannot
 * follow, and at each change where settings of the CNI decide what policies mean.
 */
export class CurrentClaims {
  readonly #base: Profile;
  readonly #zones: readonly Standing[];
  #given: Snapshot;
  /** The snapshot as the CNI sees it, and the same with representatives. */
  #seen: Snapshot;
  #whole: Snapshot;
  #profile: Profile;
  #matrix: FollowingReachability;
  /** The workloads when everything was last made anew: those that have come and gone since have no made-up labels. */
  #anewWith: readonly Workload[];
  /** Namespaces that representatives needed before the change. */
  #addedBefore: ReadonlyMap<string, Namespace>;

  constructor(snapshot: Snapshot, profile: Profile, zones: readonly LoadedZone[]) {
    this.#base = profile;
    this.#given = snapshot;
    this.#anewWith = snapshot.workloads;
    ({ snapshot: this.#seen, profile: this.#profile } = seenBy(snapshot, profile));
    const nothing = { claims: [], near: new Set<number>(), nearOutside: new Set<ReachParty>() };
    this.#zones = zones.map((loaded) => {
      const intents = zoneIntents(loaded);
      return { loaded, intents, representatives: representativesOf(this.#seen, intents, loaded.origin), watch: watchOf(intents, loaded), ...nothing };
    });
    this.#whole = withRepresentatives(
      this.#seen,
      this.#zones.map((z) => z.representatives),
    );
    this.#addedBefore = this.#added();
    this.#matrix = solve(this.#whole, this.#profile);
    for (const zone of this.#zones) this.#judge(zone);
  }

  get snapshot(): Snapshot {
    return this.#given;
  }

  get zones(): readonly CurrentZone[] {
    return this.#zones.map((z) => ({ zone: z.intents.zone, claims: z.claims }));
  }

  /** Follows one change. Throws RangeError where it does not fit the snapshot (see `changed`). */
  apply(change: Change): Followed {
    const given = changed(this.#given, change, (id) => directoryOf(this.#given).workloads.has(id));
    const readings = change.kind === 'policy' && (change.before?.readings ?? change.after?.readings) !== undefined;
    if (this.#seen !== this.#given || readings || this.#resettles(change, given) || !this.#takesAsItStands(change)) return this.#anew(given);
    followDirectory(this.#seen, given, [change]);
    this.#given = given;
    this.#seen = given;
    const sorts = new Set(this.#zones.filter((zone) => isStale(zone, change) && this.#renew(zone)));
    const { changes, whole, last } = this.#next(change);
    const before = this.#whole;
    followDirectory(before, whole, changes, last);
    const impact = this.#matrix.apply(changes, whole);
    if (impact === null) return this.#anew(given);
    this.#whole = whole;
    const foreign =
      this.#profile.foreignPolicies === 'unknown' &&
      change.kind === 'policy' &&
      [change.before, change.after].some((p) => p !== null && !enforces(this.#profile, p));
    const touched = this.#zones.flatMap((zone) => {
      const seen = zone.watch.sees(before, whole, changes);
      const all =
        seen === 'all' ||
        sorts.has(zone) ||
        foreign ||
        impact.others ||
        (zone.watch.exposed(whole) && impact.classes.size > 0) ||
        [...impact.classes].some((id) => zone.near.has(id)) ||
        this.#matrix.touches(this.#membersOf(zone), impact.classes) ||
        (impact.outside && !sameMembers(this.#outsideOf(zone), zone.nearOutside));
      return all || seen === 'protected' ? [{ zone, all }] : [];
    });
    for (const { zone, all } of touched) {
      if (all) this.#judge(zone);
      else this.#judgeProtected(zone);
    }
    return { anew: false, judged: touched.map(({ zone }) => zone.intents.zone) };
  }

  /** Whether all policies mean what they say under this CNI once this has changed, as they did before, or the cluster would be seen otherwise than given. */
  #takesAsItStands(change: Change): boolean {
    // Made-up labels bear on what policies mean, and so may having no owner.
    if (change.kind === 'workload') {
      const both = [change.before, change.after];
      const doubted = this.#profile.unownedPods === 'unknown';
      return both.every((w) => w?.madeUp === undefined && !(doubted && w?.unowned === true));
    }
    // What was there is taken as it stands: the one that comes decides (see `Profile.settled`).
    return change.kind !== 'policy' || change.after === null || leavesAlone(this.#profile, { policies: [change.after], workloads: this.#anewWith });
  }

  /** Whether the CNI takes the whole cluster otherwise once this has changed: some languages bear on what all policies mean. */
  #resettles(change: Change, given: Snapshot): boolean {
    const bears = change.kind === 'policy' && change.after?.dialect === 'network-policy-api';
    return bears && profileFor(given, this.#base).settled !== undefined;
  }

  #anew(given: Snapshot): Followed {
    this.#given = given;
    this.#anewWith = given.workloads;
    ({ snapshot: this.#seen, profile: this.#profile } = seenBy(given, this.#base));
    for (const zone of this.#zones) zone.representatives = representativesOf(this.#seen, zone.intents, zone.loaded.origin);
    this.#whole = withRepresentatives(
      this.#seen,
      this.#zones.map((z) => z.representatives),
    );
    this.#addedBefore = this.#added();
    this.#matrix = solve(this.#whole, this.#profile);
    for (const zone of this.#zones) this.#judge(zone);
    return { anew: true, judged: this.#zones.map((z) => z.intents.zone) };
  }

  /** Makes the representatives of a zone anew; those that are as before stay the same objects. True when some differ. */
  #renew(zone: Standing): boolean {
    const before = zone.representatives;
    const known = new Map(before.workloads.map((w) => [textOf(w), w]));
    const made = representativesOf(this.#seen, zone.intents, zone.loaded.origin);
    const workloads = made.workloads.map((w) => known.get(textOf(w)) ?? w);
    zone.representatives = { ...made, workloads };
    return (
      workloads.length !== before.workloads.length || workloads.some((w, i) => w !== before.workloads[i]) || made.left.join('\n') !== before.left.join('\n')
    );
  }

  /** What the change, and the representatives that come and go with it, make of the cluster with representatives. */
  #next(change: Change): { readonly changes: readonly Change[]; readonly whole: Snapshot; readonly last: readonly Workload[] } {
    const seen = this.#seen;
    const last = eachOnce(this.#zones.map((z) => z.representatives));
    const lastBefore = this.#whole.workloads.slice(this.#ordinary(change));
    const old = new Map(lastBefore.map((w) => [w.id, w]));
    const changes: Change[] = [change];
    const { namespaces, relabelled } = this.#namespaces(change, last);
    changes.push(...relabelled);
    const now = new Set(last.map((w) => w.id));
    for (const [id, before] of old) if (!now.has(id)) changes.push({ kind: 'workload', before, after: null });
    for (const after of last) {
      const before = old.get(after.id) ?? null;
      if (before !== after) changes.push({ kind: 'workload', before, after });
    }
    const asBefore = change.kind !== 'workload' && last.length === lastBefore.length && last.every((w, i) => w === lastBefore[i]);
    return { changes, whole: { ...seen, namespaces, workloads: asBefore ? this.#whole.workloads : seen.workloads.concat(last) }, last };
  }

  /** How many workloads of the cluster before the change are no representatives. */
  #ordinary(change: Change): number {
    const came = change.kind === 'workload' && change.before === null ? 1 : 0;
    const went = change.kind === 'workload' && change.after === null ? 1 : 0;
    return this.#seen.workloads.length - came + went;
  }

  /** Namespaces of the cluster with representatives, and those among them that the change itself does not tell of. */
  #namespaces(change: Change, last: readonly Workload[]): { readonly namespaces: ReadonlyMap<string, Namespace>; readonly relabelled: readonly Change[] } {
    const before = this.#whole.namespaces;
    const seen = this.#seen.namespaces;
    const added = this.#added();
    const wanted = new Map<string, Namespace | null>();
    for (const [name, namespace] of added) if (!seen.has(name)) wanted.set(name, namespace);
    for (const name of this.#addedBefore.keys()) if (!wanted.has(name)) wanted.set(name, seen.get(name) ?? null);
    this.#addedBefore = added;
    if (change.kind === 'namespace')
      for (const n of [change.before, change.after]) if (n !== null && !wanted.has(n.name)) wanted.set(n.name, seen.get(n.name) ?? null);
    for (const w of [...(change.kind === 'workload' && change.after !== null ? [change.after] : []), ...last])
      if (!before.has(w.namespace) && !wanted.has(w.namespace)) wanted.set(w.namespace, impliedNamespace(w.namespace));
    const relabelled: Change[] = [];
    let namespaces: Map<string, Namespace> | null = null;
    const lived = new Set(last.map((w) => w.namespace));
    for (const [name, given] of wanted) {
      const inhabited = lived.has(name) || directoryOf(this.#seen).inNamespace(name).length > 0;
      const after = given ?? (inhabited ? impliedNamespace(name) : null);
      const known = before.get(name) ?? null;
      if (known === after || (known !== null && after !== null && sameNamespace(known, after))) continue;
      namespaces ??= new Map(before);
      if (after === null) namespaces.delete(name);
      else namespaces.set(name, after);
      relabelled.push({ kind: 'namespace', before: known, after });
    }
    return { namespaces: namespaces ?? before, relabelled };
  }

  #added(): ReadonlyMap<string, Namespace> {
    return new Map(this.#zones.flatMap((z) => z.representatives.namespaces).map((n) => [n.name, n]));
  }

  #membersOf(zone: Standing): readonly string[] {
    return directoryOf(this.#whole)
      .inNamespace(zone.intents.namespace)
      .flatMap((w) => (w.lifecycle === 'finished' ? [] : [w.id]));
  }

  #outsideOf(zone: Standing): ReadonlySet<ReachParty> {
    // Pods that are open have one set between them.
    const sets = new Set(this.#membersOf(zone).flatMap((id) => (['egress', 'ingress'] as const).map((d) => this.#matrix.contactsOutside(id, d))));
    return new Set([...sets].flatMap((set) => [...set]));
  }

  #bound({ loaded, intents, representatives }: Standing, members: readonly Member[]): BoundZone {
    return { loaded, intents, members, left: representatives.left };
  }

  /** Where only pods of protected zones are others, and none of them in contact with the zone: what else is claimed stays as it is. */
  #judgeProtected(zone: Standing): void {
    const claims = new Map(protectedClaims(this.#matrix, this.#bound(zone, membersOf(this.#whole, zone.intents))).map((c) => [c.id, c]));
    zone.claims = zone.claims.map((c) => claims.get(c.id) ?? c);
  }

  #judge(zone: Standing): void {
    const members = membersOf(this.#whole, zone.intents);
    zone.claims = claimsOf(this.#matrix, this.#bound(zone, members));
    const near = new Set<number>();
    for (const { workload } of members)
      for (const d of ['egress', 'ingress'] as const) for (const id of this.#matrix.contactClasses(workload.id, d)) near.add(id);
    zone.near = near;
    zone.nearOutside = this.#outsideOf(zone);
  }
}

/** Whether a change may lead to other representatives. */
function isStale({ intents, representatives }: Standing, change: Change): boolean {
  if (change.kind === 'namespace') return true;
  if (change.kind === 'workload') return [change.before, change.after].some((w) => w !== null && representatives.looked.has(w.namespace));
  return [change.before, change.after].some((p) => p !== null && placesIn(p)?.has(intents.namespace) !== false);
}

/** All that tells one representative from another. */
function textOf({ id, labels, ports }: Workload): string {
  return JSON.stringify([id, labels, ports]);
}

function sameNamespace(a: Namespace, b: Namespace): boolean {
  const text = ({ labels, annotations, origin }: Namespace): string => JSON.stringify([labels, annotations, origin]);
  return text(a) === text(b);
}

function sameMembers<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean {
  return a.size === b.size && [...a].every((x) => b.has(x));
}
