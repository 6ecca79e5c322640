import { type Meeting, meetingAmong } from '../../attachments/meeting.ts';
import { fabricKey, segmentsOf } from '../../attachments/segments-of.ts';
import { kept } from '../../kernel/memo.ts';
import type { FabricSegment } from '../../model/fabric-attachment.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Alike } from '../alike.ts';

/** A group that shares a part of a fabric with another one. */
export interface FabricEdge {
  readonly group: Alike;
  readonly meeting: Meeting;
}

const none: readonly FabricEdge[] = [];

/** Which groups share a part of a fabric, and so reach each other past every policy. Each pair of kinds of attachment is looked at once. */
export class FabricMap {
  readonly #snapshot: Snapshot;
  /** Groups on some fabric, by what tells them apart there. */
  readonly #byKey = new Map<string, { readonly segments: readonly FabricSegment[]; readonly groups: Alike[] }>();
  readonly #keys = new Map<number, string>();
  readonly #edges = new Map<string, readonly FabricEdge[]>();

  constructor(snapshot: Snapshot, groups: readonly Alike[]) {
    this.#snapshot = snapshot;
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
    return kept(this.#edges, key, () => {
      const own = this.#byKey.get(key)?.segments ?? [];
      return [...this.#byKey.values()].flatMap(({ segments, groups }) => {
        const meeting = meetingAmong(this.#snapshot, own, segments);
        return meeting === null ? [] : groups.map((group) => ({ group, meeting }));
      });
    });
  }
}
