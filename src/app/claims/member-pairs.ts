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

/** Both questions about a zone, outward and inward, tell its members apart alike. */
const numbers = new WeakMap<BoundZone, Map<Member, Numbers>>();

/**
 * What members of a zone may send to each other beyond what it permits, worked out once for each two that neither rules nor the zone tell from other two; for
 * everybody where the matrix tells nobody apart. `permitted` is the zone's word.
 */
export class MemberPairs {
  readonly #reach: ClaimMatrix;
  readonly #permitted: (from: Member, to: Member) => TransportSet;
  readonly #numbers: ReadonlyMap<Member, Numbers>;
  readonly #found = new Map<number, Map<number, Beyond>>();

  constructor(reach: ClaimMatrix, zone: BoundZone, permitted: (from: Member, to: Member) => TransportSet) {
    this.#reach = reach;
    this.#permitted = permitted;
    this.#numbers = kept(numbers, zone, () => numbersOf(reach, zone));
  }

  beyond(from: Member, to: Member): Beyond {
    const [a, b] = [this.#numbers.get(from), this.#numbers.get(to)];
    // Two pods of one workload are a pair of their own.
    if (from === to || a === undefined || b === undefined) return this.#ask(from, to);
    const row = kept(this.#found, a.dials, () => new Map<number, Beyond>());
    return kept(row, b.dialled, () => this.#ask(from, to));
  }

  #ask(from: Member, to: Member): Beyond {
    return beyondIn(this.#reach, this.#reach.between(partyOf(from.workload), partyOf(to.workload)), this.#permitted(from, to));
  }
}

/** Pods on a node's network have none: it matters where both run. */
function numbersOf(reach: ClaimMatrix, zone: BoundZone): Map<Member, Numbers> {
  const texts = new Map<string, number>();
  const numberOf = (text: string): number => kept(texts, text, () => texts.size);
  const found = new Map<Member, Numbers>();
  for (const member of zone.members) {
    const { id, hostNetwork } = member.workload;
    if (reach.podsSortOf === undefined || hostNetwork) continue;
    found.set(member, {
      dials: numberOf(`dials ${reach.podsSortOf(id, 'egress')} ${roleOf(zone, member).words}`),
      dialled: numberOf(`dialled ${reach.podsSortOf(id, 'ingress')} ${roleOf(zone, member).whole}`),
    });
  }
  return found;
}
