import { attachmentsOf } from '../../attachments/attachments-of.ts';
import { meetingOf } from '../../attachments/meeting.ts';
import { sortedBy } from '../../kernel/stable.ts';
import type { FabricAttachment } from '../../model/fabric-attachment.ts';
import type { FabricPath, WorkloadFabric } from '../../model/scan-report.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';
import type { Alike } from '../alike.ts';
import type { FabricMap } from './fabric-map.ts';

/** The most paths that a report lists for one workload. */
const pathsListed = 50;

/** What a group is attached to beside the pod network, and the workloads of other namespaces that share a part of a fabric with it: certain ones first. */
export function workloadFabric(snapshot: Snapshot, map: FabricMap, group: Alike): WorkloadFabric {
  const own = attachmentsOf(snapshot, group.sample);
  const paths = map
    .edges(group)
    .filter((edge) => edge.group.sample.namespace !== group.sample.namespace)
    .flatMap(({ group: other, meeting }) =>
      other.units.map((unit): FabricPath => {
        const [here, there] = whereTheyMeet(snapshot, own, unit.workload, meeting.through);
        return {
          party: { kind: 'workload', id: unit.workload.id, title: unit.title },
          certainty: meeting.certainty,
          through: meeting.through,
          attachment: here?.name ?? '',
          evidence: there?.evidence ?? [],
        };
      }),
    );
  const sorted = sortedBy(paths, (p) => `${p.certainty === 'allowed' ? 0 : 1} ${p.party.title}`);
  return {
    attachments: own.map(({ segments: _segments, ...told }) => told),
    shared: sorted.slice(0, pathsListed),
    omitted: Math.max(0, sorted.length - pathsListed),
  };
}

/** The attachments by which two workloads meet in this part of a fabric. */
function whereTheyMeet(
  snapshot: Snapshot,
  own: readonly FabricAttachment[],
  other: Workload,
  through: string,
): readonly [FabricAttachment | undefined, FabricAttachment | undefined] {
  for (const here of own)
    for (const there of attachmentsOf(snapshot, other))
      for (const a of here.segments) for (const b of there.segments) if (meetingOf(snapshot, a, b)?.through === through) return [here, there];
  return [undefined, undefined];
}
