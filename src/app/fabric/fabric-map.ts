import { attachmentsOf } from '../../attachments/attachments-of.ts';
import { type Meeting, meetingAmong, meetingOf } from '../../attachments/meeting.ts';
import { fabricKey, segmentsOf } from '../../attachments/segments-of.ts';
import { type Reachability, reach } from '../../engine/reach.ts';
import { governanceOf, planeOf, policiesFor, secondaryNetworksOf } from '../../engine/secondary-plane.ts';
import type { Seen } from '../../engine/seen-by.ts';
import { kept } from '../../kernel/memo.ts';
import type { FabricSegment } from '../../model/fabric-attachment.ts';
import type { Workload } from '../../model/workload.ts';
import type { Alike } from '../alike.ts';
import { governed } from '../reach-map.ts';

/** A group that shares a part of a fabric with another one. */
export interface FabricEdge {
  readonly group: Alike;
  readonly meeting: Meeting;
}

const none: readonly FabricEdge[] = [];

/**
 * Which groups share a part of a fabric, and so reach each other past every policy of the pod network. Each pair of kinds of attachment is looked at once; where
 * policies are about a network of both, the network as they leave it is asked, pair by pair.
 */
export class FabricMap {
  readonly #seen: Seen;
  /** Groups on some fabric, by what tells them apart there. */
  readonly #byKey = new Map<string, { readonly segments: readonly FabricSegment[]; readonly groups: Alike[] }>();
  readonly #keys = new Map<number, string>();
  readonly #edges = new Map<string, readonly FabricEdge[]>();
  readonly #governedEdges = new Map<number, readonly FabricEdge[]>();
  /** Networks that policies are about and can be. */
  readonly #governed: ReadonlySet<string>;
  readonly #planes = new Map<string, Reachability>();

  constructor({ snapshot, profile }: Seen, groups: readonly Alike[]) {
    this.#seen = { snapshot, profile };
    this.#governed = new Set(
      snapshot.secondary.policies.length === 0
        ? []
        : secondaryNetworksOf(snapshot).filter((n) => policiesFor(snapshot, n).length > 0 && governanceOf(snapshot, n).kind !== 'never'),
    );
    for (const group of groups) {
      const key = fabricKey(snapshot, group.sample);
      if (key === '') continue;
      this.#keys.set(group.index, key);
      kept(this.#byKey, key, () => ({ segments: segmentsOf(snapshot, group.sample), groups: [] })).groups.push(group);
    }
  }

  /** Groups that share a part of a fabric with this one, itself among them, with what they share. */
  edges(from: Alike): readonly FabricEdge[] {
    const key = this.#keys.get(from.index);
    if (key === undefined) return none;
    const shared = kept(this.#edges, key, () => {
      const own = this.#byKey.get(key)?.segments ?? [];
      return [...this.#byKey.values()].flatMap(({ segments, groups }) => {
        const meeting = meetingAmong(this.#seen.snapshot, own, segments);
        return meeting === null ? [] : groups.map((group) => ({ group, meeting }));
      });
    });
    if (!this.#isGoverned(from.sample)) return shared;
    return kept(this.#governedEdges, from.index, () =>
      shared.flatMap(({ group, meeting }) => {
        const left = this.#isGoverned(group.sample) ? this.#meeting(from, group) : meeting;
        return left === null ? [] : [{ group, meeting: left }];
      }),
    );
  }

  #isGoverned({ interfaces }: Workload): boolean {
    return interfaces.some((i) => this.#governed.has(i.network));
  }

  /** Where two groups meet when policies have had their say: certainly, if they do anywhere. */
  #meeting(from: Alike, to: Alike): Meeting | null {
    const { snapshot } = this.#seen;
    let best: Meeting | null = null;
    for (const here of attachmentsOf(snapshot, from.sample))
      for (const there of attachmentsOf(snapshot, to.sample))
        for (const a of here.segments)
          for (const b of there.segments) {
            const shared = meetingOf(snapshot, a, b);
            const filtered = here.name === there.name && this.#governed.has(here.name) && !hasVerbs(a) && !hasVerbs(b);
            const left = shared !== null && filtered ? this.#left(here.name, from, to, shared) : shared;
            if (left?.certainty === 'allowed') return left;
            best ??= left;
          }
    return best;
  }

  /** What the policies of a network leave of a meeting there; null: nothing. */
  #left(network: string, from: Alike, to: Alike, meeting: Meeting): Meeting | null {
    const plane = kept(this.#planes, network, () => {
      const { snapshot, profile } = planeOf(this.#seen, network);
      return reach(snapshot, profile);
    });
    const other = from === to ? (to.members[1] ?? to.sample) : to.sample;
    // Pods on the network of their node have no interface of their own.
    if (from.sample.hostNetwork || other.hostNetwork) return meeting;
    const { allowed, unknown } = plane.between({ kind: 'workload', id: from.sample.id }, { kind: 'workload', id: other.id });
    if (!allowed.intersect(governed).isEmpty) return meeting;
    return unknown.intersect(governed).isEmpty ? null : { ...meeting, certainty: 'unknown' };
  }
}

/** RDMA is made by the network card, past every filter of packets. */
function hasVerbs(segment: FabricSegment): boolean {
  return segment.family !== 'ethernet' || segment.verbs;
}
