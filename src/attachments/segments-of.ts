import { stableJson } from '../kernel/stable.ts';
import type { FabricSegment } from '../model/fabric-attachment.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import { attachmentsOf } from './attachments-of.ts';

/** The parts of fabrics that pods of a workload are in. */
export function segmentsOf(snapshot: Snapshot, workload: Workload): readonly FabricSegment[] {
  return attachmentsOf(snapshot, workload).flatMap((a) => a.segments);
}

/** What tells workloads apart on fabrics; empty where they are on none. */
export function fabricKey(snapshot: Snapshot, workload: Workload): string {
  const segments = segmentsOf(snapshot, workload);
  return segments.length === 0 ? '' : stableJson(segments);
}
