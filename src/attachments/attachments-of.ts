import { kept } from '../kernel/memo.ts';
import type { Origin } from '../kernel/origin.ts';
import { isZero } from '../model/accelerators.ts';
import type { FabricAttachment } from '../model/fabric-attachment.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { inContainer, type Workload } from '../model/workload.ts';
import { efaAttachments } from './efa.ts';
import { gkeAttachments } from './gke.ts';
import { imexAttachments } from './imex.ts';
import { networkAttachment } from './network.ts';
import { poolsOf, sameResource } from './physical.ts';
import { devicePathAttachments, resourceAttachment } from './rdma-device.ts';

const known = new WeakMap<Snapshot, Map<Workload, readonly FabricAttachment[]>>();

/**
 * What pods of a workload are attached to beside the pod network: interfaces that Multus or GKE adds, devices of a fabric that containers ask for, and channels
 * of NVLink between nodes. A device that is there for an interface is told with it. Pure.
 */
export function attachmentsOf(snapshot: Snapshot, workload: Workload): readonly FabricAttachment[] {
  const all = kept(known, snapshot, () => new Map<Workload, readonly FabricAttachment[]>());
  return kept(all, workload, () => {
    const networks = workload.interfaces.map((i) => networkAttachment(snapshot, workload, i));
    const taken = workload.interfaces.flatMap((i) => snapshot.secondary.networks.find((n) => n.name === i.network)?.settings.resource ?? []);
    const devices = resourcesAsked(workload).flatMap(({ resource, origin }) =>
      taken.some((t) => sameResource(t, resource)) ? [] : (resourceAttachment(snapshot, workload, resource, poolsOf(snapshot, resource), origin) ?? []),
    );
    return [
      ...networks,
      ...devices,
      ...devicePathAttachments(workload),
      ...efaAttachments(snapshot, workload),
      ...gkeAttachments(snapshot, workload),
      ...imexAttachments(snapshot, workload),
    ];
  });
}

/** Extended resources that containers ask for, each once, with the first place. */
function resourcesAsked(workload: Workload): readonly { readonly resource: string; readonly origin: Origin }[] {
  const found = new Map<string, Origin>();
  for (const container of workload.pod.containers)
    for (const [resource, quantity] of [...Object.entries(container.requests), ...Object.entries(container.limits)])
      if (resource.includes('/') && !isZero(quantity) && !found.has(resource)) found.set(resource, inContainer(workload, container, 'resources'));
  return [...found].map(([resource, origin]) => ({ resource, origin })).sort((a, b) => (a.resource < b.resource ? -1 : 1));
}
