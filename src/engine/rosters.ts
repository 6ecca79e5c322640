import { kept } from '../kernel/memo.ts';
import { isAmongAccounts } from '../model/account-match.ts';
import type { Service } from '../model/cluster.ts';
import { type LabelSelector, labelOf, selects } from '../model/labels.ts';
import type { NamespaceMatch, Peer, PodMatch } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { IpSet } from '../space/ip-set.ts';
import { blockSet, inBlock } from './addresses.ts';
import { blockKey } from './blocks.ts';
import type { PodClass } from './classes.ts';
import { whereabouts, whereaboutsKey } from './whereabouts.ts';

/** The snapshot that is solved now: a model that follows changes exchanges it. */
export interface Picture {
  snapshot: Snapshot;
}

/** Whether something holds: 0 no, 1 perhaps, 2 for certain. `all of` is the least, `any of` the most. */
type Degree = 0 | 1 | 2;

/** Pods that one peer list, or one subject, holds. Lists that say the same are one. */
export interface Roster {
  readonly id: number;
  readonly peers: readonly Peer[];
  /** Holds every pod at least to this degree, without listing them. */
  readonly whole: Degree;
  /** Ids of the classes it holds beyond that: the id where that is certain, else the complement (-1 - id). */
  readonly members: number[];
  /** Namespaces outside which it holds nobody; null: it may hold pods anywhere. */
  readonly places: readonly string[] | null;
}

interface NamespaceClasses {
  readonly classes: PodClass[];
  /** By label key, then value; made where there are many classes. */
  byLabel: Map<string, Map<string, PodClass[]>> | null;
}

/** Up to so many classes of a namespace are looked through; more have an index. */
const fewClasses = 12;

const nobody: readonly number[] = [];

/**
 * Who is on which list, kept up to date as classes, lists and namespace labels come and go. Each class knows the lists it is on, and each list its
 * classes, so that neither is ever searched.
 */
export class Rosters {
  readonly lists: Roster[] = [];
  readonly #picture: Picture;
  readonly #profile: Profile;
  /** Whether hostNetwork pods are listed: as subjects, yes; as peers they are matched one at a time. */
  readonly #hosts: boolean;
  readonly #known = new Map<string, Roster>();
  readonly #inNamespace = new Map<string, Roster[]>();
  readonly #anywhere: Roster[] = [];
  readonly #ofClass: number[][] = [];
  readonly #byNamespace = new Map<string, NamespaceClasses>();
  /** Classes by their known addresses, where blocks match pods. */
  readonly #byAddresses = new Map<string, PodClass[]>();
  readonly #pods: PodClass[] = [];
  readonly #blocks = new Map<string, { readonly set: IpSet; readonly degrees: Map<string, Degree> }>();
  readonly #namespaceDegrees = new Map<string, { readonly match: NamespaceMatch; readonly degrees: Map<string, Degree> }>();

  constructor(picture: Picture, profile: Profile, hosts: boolean) {
    this.#picture = picture;
    this.#profile = profile;
    this.#hosts = hosts;
  }

  /** The lists that a class is on, in the order of their ids: the ids where that is certain, else the complements. */
  listsOf(classId: number): readonly number[] {
    return this.#ofClass[classId] ?? nobody;
  }

  /** What `listsOf` has of one list; undefined where the class is not on it. */
  entryOn(list: number, classId: number): number | undefined {
    const entries = this.listsOf(classId);
    let [low, high] = [0, entries.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const entry = entries[middle] as number;
      const id = idOf(entry);
      if (id === list) return entry;
      if (id < list) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  /** Whether some class lives there, or has lived. */
  hasNamespace(namespace: string): boolean {
    return this.#byNamespace.has(namespace);
  }

  /** Puts a new class on the lists that hold it. */
  admit(c: PodClass): void {
    if (c.sample.hostNetwork && !this.#hosts) return;
    this.#pods.push(c);
    const there = kept(this.#byNamespace, c.namespace, (): NamespaceClasses => ({ classes: [], byLabel: null }));
    there.classes.push(c);
    if (there.byLabel !== null) index(there.byLabel, c);
    // No block holds a hostNetwork pod, whatever its addresses: the others of one address text are alike for every block.
    if (this.#profile.cidrMatchesPods !== 'no' && !c.sample.hostNetwork)
      kept(this.#byAddresses, whereaboutsKey(this.#picture.snapshot, c.sample), () => []).push(c);
    for (const list of this.#inNamespace.get(c.namespace) ?? []) this.#enter(list, c);
    for (const list of this.#anywhere) this.#enter(list, c);
    this.#sort(c);
  }

  #sort(c: PodClass): void {
    this.#ofClass[c.id]?.sort((a, b) => idOf(a) - idOf(b));
  }

  /** The list of these peers. */
  of(peers: readonly Peer[], key = JSON.stringify(peers)): Roster {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const places = unionOf(peers.map((p) => this.#places(p)));
    const whole = this.#hosts ? 0 : (Math.max(0, ...peers.map((p) => this.#wholeOf(p))) as Degree);
    const list: Roster = { id: this.lists.length, peers, whole, members: [], places: places === null ? null : [...new Set(places)] };
    this.#known.set(key, list);
    this.lists.push(list);
    if (whole === 2) return list;
    for (const place of list.places ?? []) kept(this.#inNamespace, place, () => []).push(list);
    if (list.places === null) this.#anywhere.push(list);
    const [only, ...others] = peers;
    if (only !== undefined && others.length === 0) this.#gather(only, (c) => this.#enter(list, c));
    else {
      const found = new Set<PodClass>();
      for (const peer of peers) this.#gather(peer, (c) => found.add(c));
      for (const c of found) this.#enter(list, c);
    }
    return list;
  }

  /** Looks again at who is on which list, as far as labels of this namespace decide it; says whose lists changed. */
  relabel(namespace: string): readonly number[] {
    let other = false;
    for (const { match, degrees } of this.#namespaceDegrees.values()) {
      const before = degrees.get(namespace);
      if (before === undefined) continue;
      const now = this.#inside(match, namespace);
      degrees.set(namespace, now);
      other ||= now !== before;
    }
    if (!other) return nobody;
    const lists = [...this.#anywhere, ...(this.#inNamespace.get(namespace) ?? [])];
    const changed: number[] = [];
    for (const c of this.#byNamespace.get(namespace)?.classes ?? []) {
      const before = new Set(this.#ofClass[c.id]);
      let moved = false;
      for (const list of lists) {
        const now = this.#degreeOn(list, c);
        if (now === (before.has(list.id) ? 2 : before.has(-1 - list.id) ? 1 : 0)) continue;
        leave(list.members, c.id);
        leave(this.#ofClass[c.id] ?? [], list.id);
        this.#put(list, c, now);
        moved = true;
      }
      if (!moved) continue;
      this.#sort(c);
      changed.push(c.id);
    }
    return changed;
  }

  #enter(list: Roster, c: PodClass): void {
    this.#put(list, c, this.#degreeOn(list, c));
  }

  #put(list: Roster, c: PodClass, degree: Degree): void {
    if (degree === 0) return;
    list.members.push(degree === 2 ? c.id : -1 - c.id);
    let mine = this.#ofClass[c.id];
    if (mine === undefined) {
      mine = [];
      this.#ofClass[c.id] = mine;
    }
    mine.push(degree === 2 ? list.id : -1 - list.id);
  }

  /** How far the list holds the class beyond what it holds of everybody. */
  #degreeOn(list: Roster, c: PodClass): Degree {
    let degree: Degree = 0;
    for (const peer of list.peers) {
      degree = Math.max(degree, this.#degree(peer, c)) as Degree;
      if (degree === 2) break;
    }
    return degree <= list.whole ? 0 : degree;
  }

  #degree(peer: Peer, c: PodClass): Degree {
    switch (peer.kind) {
      case 'pods':
        return this.#selected(peer.match, c);
      case 'cidr':
        return this.#profile.cidrMatchesPods === 'no' ? 0 : this.#inBlock(peer.cidr, peer.except, c);
      case 'entity':
      case 'unknown':
        return this.#wholeOf(peer);
      case 'services':
        return Math.max(
          this.#wholeOf(peer),
          ...(this.#services(peer) ?? []).map((s) => (s.namespace === c.namespace && selects(s.selector as LabelSelector, c.labels) ? 2 : 0)),
        ) as Degree;
      case 'all-of':
        return Math.min(2, ...peer.peers.map((p) => this.#degree(p, c))) as Degree;
      case 'not':
        return (2 - this.#degree(peer.peer, c)) as Degree;
      case 'names':
      case 'nodes':
        return 0;
    }
  }

  #wholeOf(peer: Peer): Degree {
    if (peer.kind === 'unknown') return 1;
    if (peer.kind === 'services') return this.#services(peer) === null ? 1 : 0;
    if (peer.kind === 'pods') {
      const { namespaces, pods, serviceAccounts } = peer.match;
      const everywhere = namespaces.kind === 'labelled' && isEverything(namespaces.selector);
      return everywhere && isEverything(pods) && serviceAccounts === null ? 2 : 0;
    }
    if (peer.kind !== 'entity') return 0;
    return peer.entity === 'other' || peer.entity === 'ingress' ? 1 : peer.entity === 'all' || peer.entity === 'cluster' ? 2 : 0;
  }

  /** Where a peer may hold pods that `whole` does not speak of. */
  #places(peer: Peer): readonly string[] | null {
    switch (peer.kind) {
      case 'pods':
        return peer.match.namespaces.kind === 'named' ? [peer.match.namespaces.name] : null;
      case 'services':
        return (this.#services(peer) ?? []).map((s) => s.namespace);
      case 'cidr':
        return this.#profile.cidrMatchesPods === 'no' ? [] : null;
      case 'all-of':
        return peer.peers.map((p) => (this.#wholeOf(p) > 0 ? null : this.#places(p))).find((p) => p !== null) ?? null;
      case 'not':
        return null;
      default:
        return [];
    }
  }

  /** Offers each class that the peer could hold, and some that it does not. */
  #gather(peer: Peer, take: (c: PodClass) => void): void {
    const places = this.#places(peer);
    if (peer.kind === 'pods') {
      const { namespaces, pods } = peer.match;
      if (places !== null) for (const place of places) for (const c of this.#candidates(place, pods)) take(c);
      else for (const place of this.#byNamespace.keys()) if (this.#inNamespaces(namespaces, place) > 0) for (const c of this.#candidates(place, pods)) take(c);
    } else if (places !== null) for (const place of places) for (const c of this.#byNamespace.get(place)?.classes ?? []) take(c);
    else if (peer.kind === 'cidr') {
      for (const alike of this.#byAddresses.values()) if (this.#inBlock(peer.cidr, peer.except, alike[0] as PodClass) > 0) for (const c of alike) take(c);
    } else if (peer.kind === 'all-of' && peer.peers.some((p) => p.kind === 'pods')) {
      for (const p of peer.peers.filter((p) => p.kind === 'pods').slice(0, 1)) this.#gather(p, take);
    } else for (const c of this.#pods) take(c);
  }

  /** Classes of one namespace that the selector could select: those with the values of its most telling In requirement. */
  #candidates(namespace: string, selector: LabelSelector): readonly PodClass[] {
    const there = this.#byNamespace.get(namespace);
    if (there === undefined) return [];
    let best: readonly PodClass[] = there.classes;
    if (best.length <= fewClasses) return best;
    if (there.byLabel === null) {
      there.byLabel = new Map();
      for (const c of there.classes) index(there.byLabel, c);
    }
    for (const r of selector.requirements) {
      if (r.operator !== 'In') continue;
      const byValue = there.byLabel.get(r.key);
      const found = r.values.flatMap((value) => byValue?.get(value) ?? []);
      if (found.length < best.length) best = found;
    }
    return best;
  }

  #selected(match: PodMatch, c: PodClass): Degree {
    if (match.namespaces.kind === 'named' && match.namespaces.name !== c.namespace) return 0;
    if (!isAmongAccounts(match.serviceAccounts, c.sample.serviceAccount)) return 0;
    if (match.unowned === true && c.sample.unowned !== true) return 0;
    return selects(match.pods, c.labels) ? this.#inNamespaces(match.namespaces, c.namespace) : 0;
  }

  #inNamespaces(match: NamespaceMatch, name: string): Degree {
    if (match.kind !== 'labelled') return this.#inside(match, name);
    if (isEverything(match.selector)) return 2;
    const { degrees } = kept(this.#namespaceDegrees, JSON.stringify(match.selector), () => ({ match, degrees: new Map<string, Degree>() }));
    return kept(degrees, name, () => this.#inside(match, name));
  }

  /** As `decide` has it: labels of an implied namespace are unknown, but for its name. */
  #inside(match: NamespaceMatch, name: string): Degree {
    if (match.kind === 'named') return match.name === name ? 2 : 0;
    // `specialise` leaves none of these.
    if (match.kind === 'as-subject') return 1;
    const namespace = this.#picture.snapshot.namespaces.get(name);
    const labels = namespace?.labels ?? { 'kubernetes.io/metadata.name': name };
    const whole = namespace !== undefined && namespace.origin !== null;
    let doubt = false;
    for (const r of match.selector.requirements) {
      if (!whole && r.key !== 'kubernetes.io/metadata.name' && labelOf(labels, r.key) === undefined) doubt = true;
      else if (!selects({ requirements: [r] }, labels)) return 0;
    }
    const { terms = [] } = match.selector;
    if (!whole && terms.length > 0) doubt = true;
    else if (!selects({ requirements: [], terms }, labels)) return 0;
    return doubt ? 1 : 2;
  }

  #inBlock(cidr: string, except: readonly string[], c: PodClass): Degree {
    if (c.sample.hostNetwork) return 0;
    const { set, degrees } = kept(this.#blocks, blockKey(cidr, except), () => ({ set: blockSet(cidr, except), degrees: new Map<string, Degree>() }));
    return kept(degrees, whereaboutsKey(this.#picture.snapshot, c.sample), () => {
      const { addresses, exact } = whereabouts(this.#picture.snapshot, this.#profile, c.sample);
      const inside = inBlock(addresses, exact, set);
      return inside === 'no' ? 0 : inside === 'yes' && this.#profile.cidrMatchesPods === 'yes' ? 2 : 1;
    });
  }

  /** The Services that a peer names; null when there are none or one keeps its endpoints by hand: then it may be anyone. */
  #services(peer: Extract<Peer, { kind: 'services' }>): readonly Service[] | null {
    return servicesOf(this.#picture.snapshot, peer);
  }
}

/** The Services that a peer names; null when there are none or one keeps its endpoints by hand: then it may be anyone. */
export function servicesOf(snapshot: Snapshot, { namespace, name, selector }: Extract<Peer, { kind: 'services' }>): readonly Service[] | null {
  const found = snapshot.services.filter(
    (s) => (namespace === null || s.namespace === namespace) && (name === null || s.name === name) && (selector === null || selects(selector, s.labels)),
  );
  return found.length === 0 || found.some((s) => s.selector === null) ? null : found;
}

/** The id of an entry, certain or not. */
function idOf(entry: number): number {
  return entry < 0 ? -1 - entry : entry;
}

function isEverything(selector: LabelSelector): boolean {
  return selector.requirements.length === 0 && (selector.terms ?? []).length === 0;
}

function unionOf(places: readonly (readonly string[] | null)[]): readonly string[] | null {
  return places.some((p) => p === null) ? null : (places as readonly (readonly string[])[]).flat();
}

function index(byLabel: Map<string, Map<string, PodClass[]>>, c: PodClass): void {
  for (const [key, value] of Object.entries(c.labels))
    kept(
      kept(byLabel, key, () => new Map<string, PodClass[]>()),
      value,
      () => [],
    ).push(c);
}

function leave(entries: number[], entry: number): void {
  const at = entries.findIndex((e) => e === entry || e === -1 - entry);
  if (at >= 0) entries.splice(at, 1);
}
