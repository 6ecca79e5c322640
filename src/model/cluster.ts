import type { Origin } from '../kernel/origin.ts';
import type { Protocol } from '../space/transport-set.ts';
import type { LabelSelector, Labels } from './labels.ts';

/** A namespace, read or implied (some object lives in it). `kubernetes.io/metadata.name` is always among the labels, as the control plane sets it. */
export interface Namespace {
  readonly name: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  /** Null when the namespace is only implied: its other labels are then not known. */
  readonly origin: Origin | null;
}

/** One port of a Service. `targetPort` is a number, or the name of a container port that each backend resolves for itself. Defaults to `port`. */
export interface ServicePort {
  readonly name: string | null;
  readonly protocol: Protocol;
  readonly port: number;
  readonly targetPort: number | string;
  readonly nodePort: number | null;
}

export type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';

/** A Service. `selector` is null when endpoints are kept by hand. `clusterIps` is empty when unknown and for headless ones. */
export interface Service {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly type: ServiceType;
  readonly headless: boolean;
  readonly selector: LabelSelector | null;
  readonly ports: readonly ServicePort[];
  readonly clusterIps: readonly string[];
  readonly externalIps: readonly string[];
  readonly externalName: string | null;
  readonly origin: Origin;
}

/** Source: kubernetes/api core/v1 Taint. */
export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

/** A node, read or implied by a pod's nodeName. */
export interface ClusterNode {
  readonly name: string;
  readonly labels: Labels;
  readonly taints: readonly Taint[];
  readonly addresses: readonly string[];
  readonly podCidrs: readonly string[];
  readonly origin: Origin | null;
}

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
  readonly annotations: Labels;
  readonly automountToken: boolean | null;
  readonly origin: Origin;
}

/** `hard` maps resource names to quantities as written. A `scoped` quota counts only some of the namespace's pods. */
export interface ResourceQuota {
  readonly namespace: string;
  readonly name: string;
  readonly hard: Readonly<Record<string, string>>;
  readonly scoped: boolean;
  readonly origin: Origin;
}
