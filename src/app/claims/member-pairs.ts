import { kept } from '../../kernel/memo.ts';
import type { TransportSet } from '../../space/transport-set.ts';
import { roleOf } from './alike-members.ts';
import { type ClaimMatrix, partyOf } from './claim-matrix.ts';
import type { BoundZone, Member } from './member.ts';
import { type Beyond, beyondIn } from './strangers.ts';

/** Members with one number are alike as they dial, or as they are dialled. */
interface Numbers {
  readonly dials: number;
  readonly dialled: number;
}

/** A member and its place among all. */
interface Placed {
  readonly member: Member;
  readonly place: number;
}

/** Members by what tells them from each other as one end of a pair; `apart`: those that are like nobody. */
export interface Sorted {
  readonly numbers: ReadonlyMap<Member, Numbers>;
  readonly dialling: ReadonlyMap<number, readonly Placed[]>;
  readonly dialled: ReadonlyMap<number, readonly Placed[]>;
  readonly apart: readonly Placed[];
}

/** All questions about pairs of a zone, outward, inward and about peers, tell its members apart alike. */
const known = new WeakMap<ClaimMatrix, WeakMap<BoundZone, Sorted>>();

/** The members of a zone in sorts: two of one sort, which neither rules nor the zone tell apart, exchange the same with each third member. */
export function sortedMembers(reach: ClaimMatrix, zone: BoundZone): Sorted {
  return kept(
    kept(known, reach, () => new WeakMap()),
    zone,
    () => sorted(reach, zone),
  );
}

/**
 * What members of a zone may send to each other beyond what it permits, worked out once for each two that neither rules nor the zone tell from other two; for
 * everybody where the matrix tells nobody apart. `permitted` is the zone's word.
 */
export class MemberPairs {
  readonly #reach: ClaimMatrix;
  readonly #permitted: (from: Member, to: Member) => TransportSet;
  readonly #sorted: Sorted;
  readonly #found = new Map<number, Map<number, Beyond>>();

  constructor(reach: ClaimMatrix, zone: BoundZone, permitted: (from: Member, to: Member) => TransportSet) {
    this.#reach = reach;
    this.#permitted = permitted;
    this.#sorted = sortedMembers(reach, zone);
  }

  /** Tells of the members that one may send something to. */
  dialledBy(from: Member, tell: (far: Placed, found: Beyond) => void): void {
    this.#each(from, this.#sorted.dialled, tell, (far) => this.#beyond(from, far));
  }

  /** Tells of the members that may send something to one. */
  dialling(to: Member, tell: (far: Placed, found: Beyond) => void): void {
    this.#each(to, this.#sorted.dialling, tell, (far) => this.#beyond(far, to));
  }

  #each(one: Member, sorts: ReadonlyMap<number, readonly Placed[]>, tell: (far: Placed, found: Beyond) => void, ask: (far: Member) => Beyond): void {
    const { numbers, apart } = this.#sorted;
    const alone = (far: Placed): void => {
      // Two pods of one workload are a pair of their own.
      if (far.member !== one) tell(far, ask(far.member));
      else if (one.workload.replicas !== 1) tell(far, this.#ask(one, one));
    };
    for (const sort of sorts.values()) {
      const first = sort.find((far) => far.member !== one);
      const found = first === undefined || !numbers.has(one) ? null : ask(first.member);
      for (const far of sort) {
        if (far.member === one || !numbers.has(one)) alone(far);
        else if (found !== null) tell(far, found);
      }
    }
    apart.forEach(alone);
  }

  #beyond(from: Member, to: Member): Beyond {
    const { numbers } = this.#sorted;
    const [a, b] = [numbers.get(from), numbers.get(to)];
    if (a === undefined || b === undefined) return this.#ask(from, to);
    const row = kept(this.#found, a.dials, () => new Map<number, Beyond>());
    return kept(row, b.dialled, () => this.#ask(from, to));
  }

  #ask(from: Member, to: Member): Beyond {
    return beyondIn(this.#reach, this.#reach.between(partyOf(from.workload), partyOf(to.workload)), this.#permitted(from, to));
  }
}

/** Pods on a node's network have none: it matters where both run. */
function sorted(reach: ClaimMatrix, zone: BoundZone): Sorted {
  const texts = new Map<string, number>();
  const numberOf = (text: string): number => kept(texts, text, () => texts.size);
  const numbers = new Map<Member, Numbers>();
  const [dialling, dialled] = [new Map<number, Placed[]>(), new Map<number, Placed[]>()];
  const apart: Placed[] = [];
  for (const [place, member] of zone.members.entries()) {
    const { id, hostNetwork } = member.workload;
    if (reach.podsSortOf === undefined || hostNetwork) {
      apart.push({ member, place });
      continue;
    }
    const { words, whole } = roleOf(zone, member);
    const own = {
      dials: numberOf(`dials ${reach.podsSortOf(id, 'egress')} ${words}`),
      dialled: numberOf(`dialled ${reach.podsSortOf(id, 'ingress')} ${whole}`),
    };
    numbers.set(member, own);
    kept(dialling, own.dials, () => []).push({ member, place });
    kept(dialled, own.dialled, () => []).push({ member, place });
  }
  return { numbers, dialling, dialled, apart };
}
