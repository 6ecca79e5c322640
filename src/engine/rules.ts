import { kept } from '../kernel/memo.ts';
import type { Service } from '../model/cluster.ts';
import { type LabelSelector, labelOf, selects } from '../model/labels.ts';
import type { NamespaceMatch, Peer, PodMatch, Policy, PortMatch, Rule } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import { TransportSet } from '../space/transport-set.ts';
import { blockSet, inBlock, podAddresses } from './addresses.ts';
import { type AddressAtom, blockKey } from './blocks.ts';
import type { PodClass } from './classes.ts';
import { portSetOf } from './port-set-of.ts';

/** Ids of pod classes or address atoms for which something holds: for certain, or perhaps (disjoint). */
export interface Members {
  readonly certain: ReadonlySet<number>;
  readonly possible: ReadonlySet<number>;
}

/**
 * Peers of one rule, as sets. `everyone`: the rule has no peer list. Rules with the same peer list share one object. Nodes, hostNetwork pods and names
 * are looked up when asked for, as they depend on the subject.
 */
export interface RulePeers {
  readonly everyone: boolean;
  readonly classes: Members;
  readonly atoms: Members;
}

/** Classes by namespace and by label, so that a selector looks only at those that can match. */
export interface ClassIndex {
  readonly all: readonly PodClass[];
  readonly byNamespace: ReadonlyMap<string, NamespaceClasses>;
}

interface NamespaceClasses {
  readonly classes: readonly PodClass[];
  /** By label key, then value. */
  readonly byLabel: ReadonlyMap<string, ReadonlyMap<string, readonly PodClass[]>>;
}

export function indexClasses(classes: readonly PodClass[]): ClassIndex {
  const byNamespace = new Map<string, { classes: PodClass[]; byLabel: Map<string, Map<string, PodClass[]>> }>();
  for (const c of classes) {
    const there = kept(byNamespace, c.namespace, () => ({ classes: [], byLabel: new Map() }));
    there.classes.push(c);
    for (const key of Object.keys(c.labels))
      kept(
        kept(there.byLabel, key, () => new Map<string, PodClass[]>()),
        c.labels[key] ?? '',
        () => [],
      ).push(c);
  }
  return { all: classes, byNamespace };
}

/** Classes of one namespace that the selector could select: those with the values of its most telling In requirement. */
function candidates(there: NamespaceClasses, selector: LabelSelector): readonly PodClass[] {
  let best = there.classes;
  for (const r of selector.requirements) {
    if (r.operator !== 'In') continue;
    const byValue = there.byLabel.get(r.key);
    const found = r.values.flatMap((value) => byValue?.get(value) ?? []);
    if (found.length < best.length) best = found;
  }
  return best;
}

/** Turns peers and subjects into sets of classes and atoms; each distinct selector is matched once. */
export class PeerCompiler {
  readonly #snapshot: Snapshot;
  readonly #profile: Profile;
  readonly #classes: ClassIndex;
  readonly #atoms: readonly AddressAtom[];
  readonly #memo = new Map<string, Members>();
  readonly #lists = new Map<string, RulePeers>();

  constructor(snapshot: Snapshot, profile: Profile, classes: ClassIndex, atoms: readonly AddressAtom[]) {
    this.#snapshot = snapshot;
    this.#profile = profile;
    this.#classes = classes;
    this.#atoms = atoms;
  }

  /** Classes that a policy is about, hostNetwork ones included (the caller knows what that means). */
  subjects(policy: Policy): Members {
    return policy.subject.kind === 'pods' ? this.#pods(policy.subject.match) : none;
  }

  peers(rule: Rule): RulePeers {
    const { peers } = rule;
    if (peers === null) return everybody;
    return kept(this.#lists, JSON.stringify(peers), () => ({
      everyone: false,
      classes: unionOf(peers.map((p) => this.#classesOf(p))),
      atoms: unionOf(peers.map((p) => this.#atomsOf(p))),
    }));
  }

  #classesOf(peer: Peer): Members {
    switch (peer.kind) {
      case 'pods':
        return this.#asPeers(this.#pods(peer.match));
      case 'cidr':
        return this.#inBlock(peer.cidr, peer.except);
      case 'entity':
        if (peer.entity === 'other') return possibly(this.#everyPod());
        return peer.entity === 'all' || peer.entity === 'cluster' ? this.#everyPod() : none;
      case 'services': {
        const services = this.#services(peer);
        if (services === null) return possibly(this.#everyPod());
        return unionOf(
          services.map((s) =>
            this.#asPeers(this.#pods({ namespaces: { kind: 'named', name: s.namespace }, pods: s.selector as LabelSelector, serviceAccounts: null })),
          ),
        );
      }
      case 'all-of':
        return peer.peers.map((p) => this.#classesOf(p)).reduce(intersectionOf, this.#everyPod());
      case 'not':
        return without(this.#everyPod(), this.#classesOf(peer.peer));
      case 'unknown':
        return possibly(this.#everyPod());
      case 'names':
      case 'nodes':
        return none;
    }
  }

  /** The Services that a peer names; null when there are none or one keeps its endpoints by hand: then it may be anyone. */
  #services(peer: Extract<Peer, { kind: 'services' }>): readonly Service[] | null {
    const { namespace, name, selector } = peer;
    const found = this.#snapshot.services.filter(
      (s) => (namespace === null || s.namespace === namespace) && (name === null || s.name === name) && (selector === null || selects(selector, s.labels)),
    );
    return found.length === 0 || found.some((s) => s.selector === null) ? null : found;
  }

  #everyPod(): Members {
    return this.#memoised('every pod', () => ({ certain: ids(this.#classes.all.filter((c) => !c.sample.hostNetwork)), possible: new Set() }));
  }

  #everyAtom(): Members {
    return this.#memoised('every atom', () => ({ certain: new Set(this.#atoms.keys()), possible: new Set() }));
  }

  /** hostNetwork pods are no pods as peers, or perhaps, by profile. */
  #asPeers(members: Members): Members {
    const host = [...members.certain, ...members.possible].filter((id) => this.#classes.all[id]?.sample.hostNetwork === true);
    if (host.length === 0) return members;
    const certain = new Set(members.certain);
    const possible = new Set(members.possible);
    for (const id of host) {
      certain.delete(id);
      if (this.#profile.hostNetworkAsNode === 'yes') possible.delete(id);
      else possible.add(id);
    }
    return { certain, possible };
  }

  #pods(match: PodMatch): Members {
    const key = JSON.stringify(match);
    return this.#memoised(key, () => {
      const certain = new Set<number>();
      const possible = new Set<number>();
      const { namespaces } = match;
      const named = namespaces.kind === 'named' ? this.#classes.byNamespace.get(namespaces.name) : undefined;
      const places = namespaces.kind === 'named' ? (named === undefined ? [] : [[namespaces.name, named] as const]) : this.#classes.byNamespace;
      for (const [name, there] of places) {
        const inside = this.#inNamespace(namespaces, name);
        if (inside === 'no') continue;
        for (const c of candidates(there, match.pods)) {
          if (match.serviceAccounts !== null && !match.serviceAccounts.includes(c.sample.serviceAccount)) continue;
          if (selects(match.pods, c.labels)) (inside === 'yes' ? certain : possible).add(c.id);
        }
      }
      return { certain, possible };
    });
  }

  /** As `decide` has it: labels of an implied namespace are unknown, but for its name. */
  #inNamespace(match: NamespaceMatch, name: string): 'yes' | 'no' | 'maybe' {
    if (match.kind === 'named') return match.name === name ? 'yes' : 'no';
    // `specialise` leaves none of these.
    if (match.kind === 'as-subject') return 'maybe';
    const namespace = this.#snapshot.namespaces.get(name);
    const labels = namespace?.labels ?? { 'kubernetes.io/metadata.name': name };
    const whole = namespace !== undefined && namespace.origin !== null;
    let doubt = false;
    for (const r of match.selector.requirements) {
      if (!whole && r.key !== 'kubernetes.io/metadata.name' && labelOf(labels, r.key) === undefined) doubt = true;
      else if (!selects({ requirements: [r] }, labels)) return 'no';
    }
    const { terms = [] } = match.selector;
    if (!whole && terms.length > 0) doubt = true;
    else if (!selects({ requirements: [], terms }, labels)) return 'no';
    return doubt ? 'maybe' : 'yes';
  }

  #inBlock(cidr: string, except: readonly string[]): Members {
    if (this.#profile.cidrMatchesPods === 'no') return none;
    return this.#memoised(`block ${blockKey(cidr, except)}`, () => {
      const block = blockSet(cidr, except);
      const certain = new Set<number>();
      const possible = new Set<number>();
      for (const c of this.#classes.all) {
        if (c.sample.hostNetwork) continue;
        const inside = inBlock(podAddresses(this.#snapshot, c.sample), c.sample.ips.length > 0, block);
        if (inside === 'no') continue;
        if (inside === 'yes' && this.#profile.cidrMatchesPods === 'yes') certain.add(c.id);
        else possible.add(c.id);
      }
      return { certain, possible };
    });
  }

  #atomsOf(peer: Peer): Members {
    switch (peer.kind) {
      case 'cidr': {
        const key = blockKey(peer.cidr, peer.except);
        return this.#memoised(`atoms of ${key}`, () => ({
          certain: new Set(this.#atoms.flatMap((a, i) => (a.inside(key) ? [i] : []))),
          possible: new Set(),
        }));
      }
      case 'entity':
        if (peer.entity === 'other' || peer.entity === 'kube-apiserver') return possibly(this.#everyAtom());
        return peer.entity === 'all' || peer.entity === 'world' ? this.#everyAtom() : none;
      case 'services':
        return this.#services(peer) === null ? possibly(this.#everyAtom()) : none;
      case 'all-of':
        return peer.peers.map((p) => this.#atomsOf(p)).reduce(intersectionOf, this.#everyAtom());
      case 'not':
        return without(this.#everyAtom(), this.#atomsOf(peer.peer));
      case 'unknown':
        return possibly(this.#everyAtom());
      case 'names':
        return peer.names.some((n) => n.kind === 'pattern') ? possibly(this.#everyAtom()) : none;
      case 'pods':
      case 'nodes':
        return none;
    }
  }

  #memoised(key: string, make: () => Members): Members {
    return kept(this.#memo, key, make);
  }
}

const none: Members = { certain: new Set(), possible: new Set() };
const everybody: RulePeers = { everyone: true, classes: none, atoms: none };

function unionOf(list: readonly Members[]): Members {
  const [first, ...others] = list;
  if (first === undefined) return none;
  if (others.length === 0) return first;
  const certain = new Set(list.flatMap((m) => [...m.certain]));
  return { certain, possible: new Set(list.flatMap((m) => [...m.possible].filter((id) => !certain.has(id)))) };
}

function intersectionOf(a: Members, b: Members): Members {
  const within = [...a.certain, ...a.possible].filter((id) => b.certain.has(id) || b.possible.has(id));
  const certain = new Set(within.filter((id) => a.certain.has(id) && b.certain.has(id)));
  return { certain, possible: new Set(within.filter((id) => !certain.has(id))) };
}

function without(whole: Members, part: Members): Members {
  return { certain: new Set([...whole.certain].filter((id) => !part.certain.has(id) && !part.possible.has(id))), possible: part.possible };
}

function possibly(members: Members): Members {
  return { certain: none.certain, possible: members.certain };
}

function ids(classes: readonly PodClass[]): Set<number> {
  return new Set(classes.map((c) => c.id));
}

/** Ports of a rule towards one destination: certain, and possible where the profile leaves ICMP and other protocols open. */
export function rulePorts(
  profile: Profile,
  ports: readonly PortMatch[] | null,
  destination: Workload | null,
): { readonly certain: TransportSet; readonly possible: TransportSet } {
  if (ports === null) {
    if (profile.otherProtocolsByRule !== 'unknown') return { certain: TransportSet.full, possible: TransportSet.empty };
    return { certain: TransportSet.full.subtract(portless), possible: portless };
  }
  return { certain: portSetOf(ports, destination), possible: TransportSet.empty };
}

/** Protocols that NetworkPolicy does not speak of. */
export const portless: TransportSet = TransportSet.of('ICMP').union(TransportSet.of('OTHER'));
