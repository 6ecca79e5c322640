import type { RawObject } from '../model/snapshot.ts';
import type { Check } from './check.ts';
import { documents } from './example-parts.ts';

export const check: Check = {
  slug: 'node-object-in-pack',
  title: 'A Node that was written by hand',
  severity: 'low',
  plane: 'scheduling',
  why: 'Nodes register themselves. A Node in a manifest either makes a node that does not exist, or fights with the kubelet and the cloud over labels and taints; applied to a pool it reaches one machine by name and none of those that come later.',
  fix: "Set labels and taints where nodes are made: the node pool of the cloud, the machine template, the kubelet's `--register-with-taints` and `--node-labels`.",
  sources: ['kubernetes.io, Nodes: self-registration', 'kubernetes/kubernetes cmd/kubelet: --register-with-taints, --node-labels'],
  example: {
    bad: documents(
      'apiVersion: v1\nkind: Node\nmetadata: {name: gpu-1, labels: {node-role: gpu-training}}\nspec: {taints: [{key: workload-type, value: training, effect: NoSchedule}]}',
    ),
    good: documents(
      'apiVersion: v1\nkind: Node\nmetadata: {name: gpu-1, uid: 4f5a0b52-6d1e-4f0e-9a57-0d0c4b1c2f10, labels: {node-role: gpu-training}}\nspec: {taints: [{key: workload-type, value: training, effect: NoSchedule}]}\nstatus: {addresses: [{type: InternalIP, address: 10.0.1.11}]}',
    ),
  },
  *run({ snapshot }) {
    for (const object of snapshot.objects) {
      if (object.kind !== 'Node' || object.apiVersion !== 'v1' || comesFromACluster(object)) continue;
      yield {
        severity: 'low',
        confidence: 'likely',
        message: `Node ${object.name === '' ? 'without a name' : object.name} is written by hand: nodes register themselves, so its labels and taints reach no node pool.`,
        primary: object.origin,
        related: [],
        fix: 'Set the labels and taints on the node pool, and delete this object.',
        subjects: [object.name],
      };
    }
  },
};

/** What only the kubelet or the API server writes. */
function comesFromACluster({ body }: RawObject): boolean {
  const metadata = body.metadata;
  return Object.hasOwn(body, 'status') || (typeof metadata === 'object' && metadata !== null && Object.hasOwn(metadata, 'uid'));
}
