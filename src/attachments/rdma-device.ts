import { type Origin, within } from '../kernel/origin.ts';
import { deviceOf } from '../model/accelerators.ts';
import type { AttachmentEvidence, FabricAttachment } from '../model/fabric-attachment.ts';
import type { DevicePool } from '../model/fabric-facts.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import { nodesOf } from './nodes-of.ts';
import { poolText } from './physical.ts';

/** A device that a container asks for by an extended resource, where the resource is known for a fabric's or a pool of the input hands it out; undefined for others. */
export function resourceAttachment(
  snapshot: Snapshot,
  workload: Workload,
  resource: string,
  pools: readonly DevicePool[],
  origin: Origin,
): FabricAttachment | undefined {
  if (resource === 'vpc.amazonaws.com/efa') return undefined;
  const fabric = deviceOf(resource)?.sort === 'fabric';
  if (!fabric && !pools.some((p) => p.rdma !== false)) return undefined;
  const evidence: readonly AttachmentEvidence[] = [{ text: `asks for ${resource}`, origin }, ...pools.map((p) => ({ text: poolText(p), origin: p.origin }))];
  const shared = pools.length > 0 ? pools.some((p) => p.sort === 'shared') : resource.startsWith('rdma/');
  const links = pools.map((p) => p.link);
  const infiniband = links.length > 0 && links.every((l) => l === 'infiniband');
  const segment = infiniband ? { family: 'infiniband' as const, pkey: null } : { family: 'rdma' as const };
  if (!shared)
    return {
      kind: 'rdma-device',
      name: resource,
      rules: [
        {
          traffic: 'all',
          state: 'ungoverned',
          text: 'its traffic never passes through the pod network, and no network of the input says what keeps the device apart',
        },
      ],
      segments: [segment],
      evidence,
    };
  const { nodes, pinned } = nodesOf(snapshot, workload);
  return {
    kind: 'shared-rdma',
    name: resource,
    rules: [
      {
        traffic: 'verbs',
        state: 'ungoverned',
        text: 'its traffic never passes through the pod network, and all pods of a node use one physical function with one table of partitions: nothing keeps them apart but the node',
      },
    ],
    segments: [segment, { family: 'node-device', resource, nodes, pinned }],
    evidence,
  };
}

/** The devices themselves, mounted from the node. */
export function devicePathAttachments(workload: Workload): readonly FabricAttachment[] {
  const path = workload.pod.hostPaths.find((p) => /^\/dev\/infiniband(?:\/|$)/.test(p));
  if (path === undefined) return [];
  return [
    {
      kind: 'rdma-device',
      name: path,
      rules: [{ traffic: 'verbs', state: 'ungoverned', text: 'every RDMA device of the node, with all that the node may reach on its fabrics' }],
      segments: [{ family: 'rdma' }],
      evidence: [{ text: `mounts ${path}`, origin: within(workload.podOrigin, 'volumes') }],
    },
  ];
}
