import { workloadTitle } from '../model/workload.ts';
import type { Check } from './check.ts';
import { documents, trainingNamespace } from './example-parts.ts';
import { fabricNeighbours } from './fabric-neighbours.ts';
import { namesOf, subjectsOf } from './subjects.ts';

const user = (namespace: string, name: string, node: string, more = ''): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  nodeName: ${node}
  containers:
  - name: main
    image: registry.example.com/app:1
    resources: {limits: {${more}rdma/hca_shared_devices_a: "1"}}`;

export const check: Check = {
  slug: 'rdma-device-between-namespaces',
  title: 'One RDMA device for pods of two namespaces',
  severity: 'high',
  plane: 'fabric',
  why: 'With the shared device plugin every pod of a node uses the physical function itself, under one address and one table of partitions: whatever the fabric lets one of them reach, it lets the others reach, and each may send to the other. Zones can be no finer than the node. Each also gets the devices for management (`umad`), with which a process that is root may speak to the subnet manager.',
  fix: 'Keep pods of other namespaces off the nodes (taint, toleration, admission), or hand out virtual functions in place of the shared device.',
  sources: [
    'Mellanox/k8s-rdma-shared-dev-plugin README; pkg/resources/rdma_device_spec.go: rdma_cm, umad, uverbs',
    'linux drivers/infiniband/core/user_mad.c: no capability is asked for',
  ],
  example: {
    bad: documents(trainingNamespace, user('ai-training', 'trainer', 'gpu-1', 'nvidia.com/gpu: "8", '), user('production', 'cache', 'gpu-1')),
    good: documents(trainingNamespace, user('ai-training', 'trainer', 'gpu-1', 'nvidia.com/gpu: "8", '), user('production', 'cache', 'cpu-1')),
  },
  *run(context) {
    for (const { workload, own, meeting, others } of fabricNeighbours(context, ['node-device'])) {
      const certain = meeting.certainty === 'allowed';
      yield {
        severity: certain ? 'high' : 'medium',
        confidence: certain ? 'certain' : 'possible',
        message: `${workloadTitle(workload)} and ${namesOf(others)} of ${others[0]?.namespace === undefined ? 'another namespace' : `namespace ${others[0].namespace}`} ${certain ? 'use' : 'may use'} ${meeting.through}: nothing keeps them apart there.`,
        primary: own.evidence[0]?.origin ?? workload.origin,
        related: others.slice(0, 5).map((w) => ({ origin: w.origin, message: 'uses it too' })),
        fix: 'Keep one of them off that node.',
        subjects: subjectsOf([workload, ...others]),
      };
    }
  },
};
