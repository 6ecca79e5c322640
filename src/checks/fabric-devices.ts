import type { Container, Workload } from '../model/workload.ts';

/** A fabric device that a container asks for. */
export interface FabricDevice {
  readonly container: Container;
  readonly resource: string;
  /** InfiniBand or RoCE verbs need memory to be locked; EFA brings its own allowance. */
  readonly verbs: boolean;
}

/**
 * Fabric devices that a workload asks for, once a container and resource.
 * Sources: Mellanox/k8s-rdma-shared-dev-plugin README (`rdma/`), Mellanox/network-operator example (`nvidia.com/hostdev`), aws/eks-charts aws-efa-k8s-device-plugin.
 */
export function fabricDevices(workload: Workload): readonly FabricDevice[] {
  return workload.pod.containers.flatMap((container) => {
    const names = new Set(
      [...Object.entries(container.requests), ...Object.entries(container.limits)].filter(([, q]) => !/^0+$/.test(q)).map(([name]) => name),
    );
    return [...names].sort().flatMap((resource) => {
      const verbs = resource.startsWith('rdma/') || resource === 'nvidia.com/hostdev';
      return verbs || resource === 'vpc.amazonaws.com/efa' ? [{ container, resource, verbs }] : [];
    });
  });
}
