import { attachmentsOf } from '../attachments/attachments-of.ts';
import { type Meeting, meetingOf } from '../attachments/meeting.ts';
import { fabricKey } from '../attachments/segments-of.ts';
import { kept } from '../kernel/memo.ts';
import type { FabricAttachment, FabricSegment } from '../model/fabric-attachment.ts';
import type { Workload } from '../model/workload.ts';
import type { CheckContext } from './check.ts';
import { trainingOf } from './subjects.ts';

type Family = FabricSegment['family'];

/** Workloads of other namespaces that share one part of a fabric with a training workload. */
export interface FabricNeighbours {
  readonly workload: Workload;
  readonly own: FabricAttachment;
  readonly meeting: Meeting;
  /** In snapshot order; `through` is the attachment of the first. */
  readonly others: readonly Workload[];
  readonly through: FabricAttachment;
}

/** For each training workload and each part of a fabric of these families: who of other namespaces is in it too. Workloads that are alike on fabrics are looked at once. */
export function fabricNeighbours(context: CheckContext, families: readonly Family[]): readonly FabricNeighbours[] {
  const { snapshot } = context;
  const byKey = new Map<string, Workload[]>();
  for (const workload of snapshot.workloads) {
    const key = workload.lifecycle === 'finished' ? '' : fabricKey(snapshot, workload);
    if (key !== '') kept(byKey, key, () => []).push(workload);
  }
  return trainingOf(context).flatMap((workload) => {
    const found = new Map<string, FabricNeighbours & { readonly others: Workload[] }>();
    for (const own of attachmentsOf(snapshot, workload))
      for (const alike of byKey.values()) {
        const others = alike.filter((w) => w.namespace !== workload.namespace);
        const [first] = others;
        if (first === undefined) continue;
        for (const through of attachmentsOf(snapshot, first)) {
          const meeting = meetingIn(context, own, through, families);
          if (meeting === null) continue;
          const known = kept(found, `${meeting.certainty} ${meeting.through}`, () => ({ workload, own, meeting, others: [], through }));
          known.others.push(...others.filter((o) => !known.others.includes(o)));
        }
      }
    return [...found.values()];
  });
}

function meetingIn({ snapshot }: CheckContext, a: FabricAttachment, b: FabricAttachment, families: readonly Family[]): Meeting | null {
  for (const one of a.segments)
    for (const other of b.segments) {
      if (one.family !== other.family || !families.includes(one.family)) continue;
      const meeting = meetingOf(snapshot, one, other);
      if (meeting !== null) return meeting;
    }
  return null;
}
