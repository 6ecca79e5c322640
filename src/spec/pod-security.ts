import type { PodSecurityLevel, ZoneSpec, ZoneWorkload } from './zone.ts';

/** Whether the workload registers memory with an RDMA device. */
export function usesRdma(workload: Pick<ZoneWorkload, 'collectives'>): boolean {
  return workload.collectives.transport !== 'tcp';
}

/**
 * The Pod Security level the namespace enforces: the zone's word, else `restricted`, else (RDMA) `privileged`, because RDMA pods add IPC_LOCK to pin
 * memory and neither baseline nor restricted lets a pod add it. Source: Kubernetes documentation, Pod Security Standards, Capabilities.
 */
export function podSecurityOf(spec: Pick<ZoneSpec, 'namespace' | 'workloads'>): PodSecurityLevel {
  return spec.namespace.podSecurity ?? (spec.workloads.some(usesRdma) ? 'privileged' : 'restricted');
}
