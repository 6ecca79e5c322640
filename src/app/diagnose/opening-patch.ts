import { decide } from '../../engine/decide.ts';
import { seenBy } from '../../engine/seen-by.ts';
import { kept } from '../../kernel/memo.ts';
import type { JobPreflight, PreflightPatch } from '../../model/preflight-report.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Packet } from '../../model/verdict.ts';
import { proposedFile } from '../advice/change.ts';
import { loadSnapshot } from '../load.ts';

/** The clusters that come of the patches of jobs, each made once. */
export class Patched {
  readonly #snapshot: Snapshot;
  readonly #profile: Profile;
  readonly #made = new Map<PreflightPatch, Snapshot>();

  constructor(snapshot: Snapshot, profile: Profile) {
    this.#snapshot = snapshot;
    this.#profile = profile;
  }

  /**
   * The patch of one of these jobs with which the packet passes, the first of them; null where none does. What preflight writes opens what a job shows that it
   * needs: a packet in a log may be another, at a port that nothing told of, and is asked by itself.
   */
  opening(packet: Packet, jobs: readonly JobPreflight[]): PreflightPatch | null {
    const patches = jobs.flatMap(({ patch }) => (patch === null ? [] : [patch]));
    return patches.find((patch) => decide(this.#with(patch), this.#profile, packet).decision === 'allowed') ?? null;
  }

  #with(patch: PreflightPatch): Snapshot {
    return kept(this.#made, patch, () => {
      const texts = patch.edits.flatMap(({ manifest }, i) => (manifest === null ? [] : [{ file: `${proposedFile} ${i}`, text: manifest }]));
      const { policies, objects } = loadSnapshot(texts).snapshot;
      const snapshot = { ...this.#snapshot, policies: [...this.#snapshot.policies, ...policies], objects: [...this.#snapshot.objects, ...objects] };
      return seenBy(snapshot, this.#profile).snapshot;
    });
  }
}
