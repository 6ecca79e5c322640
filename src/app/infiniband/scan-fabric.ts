import type { FabricReach } from '../../model/fabric-reach.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { trainingWorkloads } from '../training.ts';
import { situationFor } from './audit.ts';
import type { Evidence } from './evidence.ts';
import { fabricReach } from './ways.ts';

/** Which hosts each training workload with a fabric device reaches over InfiniBand, past every policy. Pure. */
export function scanFabric(snapshot: Snapshot, evidence: Evidence): readonly FabricReach[] {
  const training = trainingWorkloads(snapshot);
  return fabricReach(
    situationFor([], evidence, snapshot),
    snapshot.workloads.filter((w) => training.has(w.id)),
    snapshot,
  );
}
