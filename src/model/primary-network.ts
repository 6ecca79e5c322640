import type { Origin } from '../kernel/origin.ts';
import type { NamespaceMatch } from './policy.ts';

/**
 * A user-defined network that is the primary one of all pods of the namespaces that it matches and that carry `primaryNetworkLabel`.
 * `id` is `UserDefinedNetwork namespace/name` or `ClusterUserDefinedNetwork name`. Source: ovn-kubernetes docs/features/user-defined-networks.
 */
export interface PrimaryNetwork {
  readonly id: string;
  readonly namespaces: NamespaceMatch;
  /** Where its pods have their addresses; empty: anywhere. */
  readonly subnets: readonly string[];
  /** Some object of the cluster joins networks (ClusterNetworkConnect): which ones is not read. */
  readonly joined: boolean;
  readonly origin: Origin;
}

/** A namespace without this label stays on the default network, whatever networks are made for it. Source: ovn-kubernetes docs/features/user-defined-networks/user-defined-networks.md. */
export const primaryNetworkLabel = 'k8s.ovn.org/primary-user-defined-network';

/** Ports that a pod keeps open on the default network, as YAML text. Source: ovn-kubernetes go-controller/pkg/util/pod_annotation.go UDNOpenPortsAnnotationName. */
export const openPortsAnnotation = 'k8s.ovn.org/open-default-ports';

/** What OVN-Kubernetes has given a pod on each of its networks, as JSON. Source: ovn-kubernetes go-controller/pkg/util/pod_annotation.go. */
export const podNetworksAnnotation = 'k8s.ovn.org/pod-networks';
