import { classify, type PodClass } from '../../engine/classes.ts';
import { podLabels, seenLabels } from '../../engine/directory.ts';
import type { Seen } from '../../engine/seen-by.ts';
import { vocabularyOf } from '../../engine/vocabulary.ts';
import { kept } from '../../kernel/memo.ts';
import { labelOf } from '../../model/labels.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload, WorkloadId } from '../../model/workload.ts';

/** Pods of one workload that rules do not tell apart: `replica` and `second` are two of them (one and the same where there is one), of `pods` in all. */
export interface Slice {
  readonly id: WorkloadId;
  readonly replica: number;
  readonly second: number;
  readonly pods: number;
  /** There are others of the workload. */
  readonly part: boolean;
}

/** Two clusters in which the pods of each workload are alike, and which slice of which workload each stands for. Workloads that are missing stand for themselves. */
export interface Split {
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly slices: ReadonlyMap<WorkloadId, Slice>;
}

/** More pods of one workload are not told apart. */
const mostReplicas = 100_000;

/** Where rules of either side look at index labels, makes a workload of each sort of pod, the same sorts on both sides. */
export function split(before: Seen, after: Seen): Split {
  const sides = [new Classes(before), new Classes(after)] as const;
  const slices = new Map<WorkloadId, Slice>();
  const parts = new Map<WorkloadId, readonly { readonly id: WorkloadId; readonly slice: Slice }[]>();
  for (const id of new Set([...sides[0].several, ...sides[1].several])) {
    const workloads = sides.map((s) => s.workload(id));
    const pods = Math.min(mostReplicas, Math.max(...workloads.map((w) => w?.replicas ?? 0)));
    const found = new Map<string, number[]>();
    for (let replica = 0; replica < pods; replica++) kept(found, sides.map((s) => s.classOf(id, replica)).join(), () => []).push(replica);
    if (found.size < 2) continue;
    const own = [...found.values()].map(([replica = 0, second = replica, ...more], i) => {
      const count = 1 + (second === replica ? 0 : 1) + more.length;
      return { id: `${id}#${i}`, slice: { id, replica, second, pods: count, part: true } };
    });
    for (const part of own) slices.set(part.id, part.slice);
    parts.set(id, own);
  }
  return { before: applied(before.snapshot, parts), after: applied(after.snapshot, parts), slices };
}

function applied(snapshot: Snapshot, parts: ReadonlyMap<WorkloadId, readonly { readonly id: WorkloadId; readonly slice: Slice }[]>): Snapshot {
  if (parts.size === 0) return snapshot;
  return {
    ...snapshot,
    workloads: snapshot.workloads.flatMap((w) =>
      (parts.get(w.id) ?? [null]).map(
        (part): Workload => (part === null ? w : { ...w, id: part.id, labels: podLabels(w, part.slice.replica), perPodLabels: [], replicas: part.slice.pods }),
      ),
    ),
  };
}

/** The classes of one side. */
class Classes {
  /** Workloads whose pods are of several classes. */
  readonly several: readonly WorkloadId[];
  readonly #profile: Profile;
  readonly #workloads: ReadonlyMap<WorkloadId, Workload>;
  readonly #classes = new Map<WorkloadId, PodClass[]>();

  constructor({ snapshot, profile }: Seen) {
    this.#profile = profile;
    const indexed = snapshot.workloads.filter((w) => w.perPodLabels.length > 0 && w.lifecycle !== 'finished');
    this.#workloads = new Map(indexed.map((w) => [w.id, w]));
    const vocabulary = vocabularyOf(snapshot, profile, snapshot.policies);
    for (const c of classify({ ...snapshot, workloads: indexed }, profile, vocabulary)) for (const id of c.workloads) kept(this.#classes, id, () => []).push(c);
    this.several = [...this.#classes].filter(([, classes]) => classes.length > 1).map(([id]) => id);
  }

  workload(id: WorkloadId): Workload | undefined {
    return this.#workloads.get(id);
  }

  /** Which class a pod is of; -1 when the side has no such workload. */
  classOf(id: WorkloadId, replica: number): number {
    const workload = this.#workloads.get(id);
    if (workload === undefined) return -1;
    const labels = seenLabels(this.#profile, podLabels(workload, replica));
    const fitting = (this.#classes.get(id) ?? []).filter((c) => workload.perPodLabels.every(({ key }) => fits(labelOf(c.labels, key), labelOf(labels, key))));
    // One that names the value goes before one that only says that no rule mentions it.
    const exact = (c: PodClass): number => workload.perPodLabels.filter(({ key }) => labelOf(c.labels, key) === labelOf(labels, key)).length;
    return fitting.reduce<PodClass | null>((best, c) => (best === null || exact(c) > exact(best) ? c : best), null)?.id ?? -1;
  }
}

function fits(known: string | undefined, value: string | undefined): boolean {
  return known === undefined || known === '\u0000' || known === value;
}
