/**
 * Addresses that hand out credentials or settings of the node to whoever asks, and those of pod-level agents that look like them.
 */

export interface MetadataAddress {
  readonly cidr: string;
  readonly title: string;
  /** TCP ports that must be shut; null: all. Port 53 of WireServer and of GKE's 169.254.169.254 may be the cluster's resolver. */
  readonly ports: readonly number[] | null;
}

/**
 * What no training pod may reach, even inside a rule that opens everything.
 * Source: AWS EC2 instance metadata (IPv4 and IPv6), ECS task metadata, Alibaba Cloud ECS metadata, Azure WireServer (TCP 80 and 32526).
 */
export const metadataAddresses: readonly MetadataAddress[] = [
  { cidr: '169.254.169.254/32', title: 'instance metadata service (AWS, GCP, Azure, OCI)', ports: null },
  { cidr: 'fd00:ec2::254/128', title: 'EC2 instance metadata service over IPv6', ports: null },
  { cidr: '169.254.170.2/32', title: 'ECS task metadata', ports: null },
  { cidr: '100.100.100.200/32', title: 'Alibaba Cloud instance metadata', ports: null },
  { cidr: '168.63.129.16/32', title: 'Azure WireServer', ports: [80, 32526] },
];

/**
 * EKS Pod Identity agent. On Cilium the address sits on an interface of the node, so it is the entity `host` and no CIDR matches it.
 * Source: EKS user guide, pod identities; cilium/cilium#34387.
 */
export const podIdentityAgent: { readonly cidrs: readonly string[]; readonly port: number } = { cidrs: ['169.254.170.23/32', 'fd00:ec2::23/128'], port: 80 };

/**
 * GKE metadata server as pods must address it. Dataplane V2 sees the address the pod dials; iptables dataplanes see the one it is translated to.
 * Source: GKE documentation, network policies and Workload Identity Federation; the ports of the DaemonSet gke-metadata-server itself: 987 alts, 988 metadata-server.
 */
export function gkeMetadata(dataplane: 'v1' | 'v2'): { readonly cidrs: readonly string[]; readonly ports: readonly number[] } {
  return dataplane === 'v2' ? { cidrs: ['169.254.169.254/32'], ports: [80, 8080] } : { cidrs: ['169.254.169.252/32'], ports: [987, 988] };
}
