import { kept } from '../kernel/memo.ts';
import type { Peer, PortMatch } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Workload } from '../model/workload.ts';
import { TransportSet } from '../space/transport-set.ts';
import { type AddressAtom, blockKey } from './blocks.ts';
import { portSetOf } from './port-set-of.ts';
import { type Picture, type Roster, servicesOf } from './rosters.ts';

/** Ids of address atoms for which something holds: for certain, or perhaps (disjoint). */
export interface Members {
  readonly certain: ReadonlySet<number>;
  readonly possible: ReadonlySet<number>;
}

const none: Members = { certain: new Set(), possible: new Set() };

/** Which outside addresses the peer lists of one snapshot hold. Atoms may be exchanged as blocks come and go. */
export class AtomLists {
  readonly #picture: Picture;
  /** Counts exchanges, so that who keeps answers knows when they are old. */
  version = 0;
  #atoms: readonly AddressAtom[] = [];
  #held = new Map<string, Set<number>>();
  #every: Members = none;
  readonly #ofList = new Map<number, Members>();

  constructor(picture: Picture) {
    this.#picture = picture;
  }

  exchange(atoms: readonly AddressAtom[]): void {
    this.version++;
    this.#atoms = atoms;
    this.#held = new Map();
    for (const [id, atom] of atoms.entries()) for (const key of atom.holders()) kept(this.#held, key, () => new Set()).add(id);
    this.#every = { certain: new Set(this.#atoms.keys()), possible: none.possible };
    this.#ofList.clear();
  }

  /** Atoms that some peer of the list holds. */
  of(list: Roster): Members {
    if (!list.peers.some(mayBeOutside)) return none;
    return kept(this.#ofList, list.id, () => unionOf(list.peers.map((p) => this.#peer(p))));
  }

  #peer(peer: Peer): Members {
    switch (peer.kind) {
      case 'cidr': {
        const held = this.#held.get(blockKey(peer.cidr, peer.except));
        return held === undefined ? none : { certain: held, possible: none.possible };
      }
      case 'entity':
        if (peer.entity === 'other' || peer.entity === 'ingress' || peer.entity === 'kube-apiserver') return possibly(this.#every);
        return peer.entity === 'all' || peer.entity === 'world' ? this.#every : none;
      case 'services':
        return servicesOf(this.#picture.snapshot, peer) === null ? possibly(this.#every) : none;
      case 'all-of':
        return peer.peers.map((p) => this.#peer(p)).reduce(intersectionOf, this.#every);
      case 'not':
        return without(this.#every, this.#peer(peer.peer));
      case 'unknown':
        return possibly(this.#every);
      case 'names':
        return peer.names.some((n) => n.kind === 'pattern') ? possibly(this.#every) : none;
      case 'pods':
      case 'nodes':
        return none;
    }
  }
}

/** Whether a peer may be somebody outside the cluster. */
export function mayBeOutside(peer: Peer): boolean {
  return peer.kind !== 'pods' && peer.kind !== 'nodes';
}

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
