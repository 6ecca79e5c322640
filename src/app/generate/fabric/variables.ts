import { laidOut } from '../../../fabric/key-layout.ts';
import { asFull, baseOf, defaultPartition, keyText, processingOrder } from '../../../model/pkey.ts';
import type { TrainingZone, ZoneWorkload } from '../../../spec/zone.ts';

/**
 * Variables by which a workload finds the key of its zone. NCCL's is an index into the table of the port, UCX's is the key itself without the bit for full
 * members. Sources: NCCL src/transport/net_ib.cc (NCCL_IB_PKEY), UCX src/uct/ib/base/ib_device.c (IB_PKEY).
 */
export function fabricVariables({ spec }: TrainingZone, workload: ZoneWorkload): Readonly<Record<string, string>> {
  const fabric = spec.fabric?.infiniband ?? null;
  if (fabric === null || workload.collectives.transport !== 'infiniband') return {};
  const { pkey, indexZero } = fabric.partition;
  const keys = [asFull(pkey), ...fabric.hubs.map((hub) => hub.pkey), defaultPartition].sort((a, b) => processingOrder(baseOf(a)) - processingOrder(baseOf(b)));
  const { table } = laidOut(keys, { indexZero: indexZero ? asFull(pkey) : 0, before: [asFull(defaultPartition)], capacity: null, allowBoth: false });
  // ib-kubernetes asks UFM for index 0 for each virtual function. Source: Mellanox/ib-kubernetes pkg/sm/plugins/ufm/ufm.go.
  const index = fabric.resource === null ? table.findIndex((key) => baseOf(key) === pkey) : 0;
  return { NCCL_IB_PKEY: String(index), UCX_IB_PKEY: keyText(pkey) };
}
