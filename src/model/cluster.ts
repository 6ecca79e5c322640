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

/** A port of an endpoint: the one that the port of the Service with the same name and protocol leads to. Source: kubernetes/api discovery/v1 EndpointPort. */
export interface EndpointPort {
  readonly name: string | null;
  readonly protocol: Protocol;
  readonly port: number;
}

/** An address that is kept by hand behind a Service. `pod` is the one of the Service's namespace that is said to have it. */
export interface ServiceEndpoint {
  readonly address: string;
  readonly pod: string | null;
  readonly ports: readonly EndpointPort[];
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
  /** What is behind a Service without a selector, as the input says; null where it does not, and for all other Services. */
  readonly endpoints: readonly ServiceEndpoint[] | null;
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
  /** How the cloud names its machine, where the Node says. Source: kubernetes/api core/v1 NodeSpec.providerID. */
  readonly providerId?: string;
  readonly name: string;
  readonly labels: Labels;
  readonly taints: readonly Taint[];
  readonly addresses: readonly string[];
  readonly podCidrs: readonly string[];
  /** Cordoned: new pods are kept off. Source: kubernetes/api core/v1 NodeSpec.Unschedulable. */
  readonly unschedulable?: true;
  /** What pods may take of it, by resource, as written; absent where nobody says. Source: kubernetes/api core/v1 NodeStatus.Allocatable. */
  readonly allocatable?: Readonly<Record<string, string>>;
  readonly origin: Origin | null;
}

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
  readonly annotations: Labels;
  readonly automountToken: boolean | null;
  readonly origin: Origin;
}

/** `hard` maps resource names to quantities as written, `used` those that a cluster says are taken (null: nobody says). A `scoped` quota counts only some of the namespace's pods. */
export interface ResourceQuota {
  readonly namespace: string;
  readonly name: string;
  readonly hard: Readonly<Record<string, string>>;
  readonly used: Readonly<Record<string, string>> | null;
  readonly scoped: boolean;
  readonly origin: Origin;
}
