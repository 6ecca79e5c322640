import { inContainer, workloadTitle } from '../model/workload.ts';
import type { Check } from './check.ts';
import { documents, trainer, trainingNamespace } from './example-parts.ts';
import { fabricDevices } from './fabric-devices.ts';
import { groupedBy, subjectOf, trainingOf } from './subjects.ts';

const pod = (security: string): string =>
  trainer({ spec: `  securityContext: ${security}` }).replace('nvidia.com/gpu: "8"', 'nvidia.com/gpu: "8", rdma/hca_shared_devices_a: "1"');

export const check: Check = {
  slug: 'rdma-as-root',
  title: 'RDMA as root may speak for the fabric',
  severity: 'medium',
  plane: 'fabric',
  why: 'The RDMA shared device plugin gives its containers `umad` beside the verbs device. The kernel lets whoever can open that file send management datagrams: no capability is asked for, the mode of the file alone decides, and root may open it. A root container can so ask and, without management keys, set ports, routes and partitions of the whole subnet.',
  fix: 'Run the container as another user than root, and set management keys (M_Key, SM_Key) on the fabric.',
  sources: [
    'Mellanox/k8s-rdma-shared-dev-plugin pkg/resources/rdma_device_spec.go: rdma_cm, umad and uverbs are required',
    'linux drivers/infiniband/core/user_mad.c: no capability is checked for write and register',
  ],
  example: { bad: documents(trainingNamespace, pod('{runAsUser: 0}')), good: documents(trainingNamespace, pod('{runAsUser: 1000, runAsNonRoot: true}')) },
  *run(context) {
    for (const workload of trainingOf(context)) {
      const shared = fabricDevices(workload).filter((d) => d.resource.startsWith('rdma/'));
      for (const [first] of groupedBy(shared, (d) => d.container.name).values()) {
        if (first === undefined) continue;
        const { container, resource } = first;
        const user = container.runAsUser ?? workload.pod.runAsUser;
        const notRoot = container.runAsNonRoot ?? workload.pod.runAsNonRoot ?? false;
        if (user === null ? notRoot : user !== 0) continue;
        yield {
          severity: user === 0 ? 'medium' : 'low',
          confidence: user === 0 ? 'likely' : 'possible',
          message: `Container ${container.name} of ${workloadTitle(workload)} uses ${resource} ${user === 0 ? 'as root' : 'and may be root, for nothing says otherwise'}: what its device plugin mounts beside it lets root send management datagrams into the fabric.`,
          primary: inContainer(workload, container, 'securityContext'),
          related: [],
          fix: 'Set runAsNonRoot and a user, and management keys on the fabric.',
          patch: 'securityContext:\n  runAsNonRoot: true\n  runAsUser: 1000\n',
          subjects: [subjectOf(workload)],
        };
      }
    }
  },
};
