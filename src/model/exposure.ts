import type { Origin } from '../kernel/origin.ts';
import type { LabelSelector, Labels } from './labels.ts';

/**
 * What the cluster offers to the outside: Ingress, Gateway API, OpenShift Route, and Services that are dialled at a node or a load balancer.
 * Each object as it was read; which route attaches to which gateway, and which pods are behind, is worked out by src/app/exposure.
 */
export interface Exposure {
  readonly classes: readonly EntryClass[];
  readonly ingresses: readonly Ingress[];
  readonly gateways: readonly Gateway[];
  readonly listenerSets: readonly ListenerSet[];
  readonly routes: readonly GatewayRoute[];
  readonly grants: readonly ReferenceGrant[];
  readonly openshiftRoutes: readonly OpenShiftRoute[];
  readonly routers: readonly Router[];
  readonly doors: readonly ServiceDoor[];
}

export const noExposure: Exposure = {
  classes: [],
  ingresses: [],
  gateways: [],
  listenerSets: [],
  routes: [],
  grants: [],
  openshiftRoutes: [],
  routers: [],
  doors: [],
};

/**
 * A host name in lower case, `*.` in front for a wildcard. An Ingress wildcard stands for one label, a Gateway API one for one or more; an empty list of
 * hosts is every host.
 */
export type Host = string;

/**
 * Which port of a Service a backend means: its number or name; `endpoint`, the port of its endpoints (OpenShift: a number is a port of the pods, text the name
 * of the Service's port); or all of them.
 */
export type BackendPort =
  | { readonly kind: 'number'; readonly port: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'endpoint'; readonly port: number | string }
  | { readonly kind: 'every' };

/** A Service that traffic is sent to. What has weight 0 is left out when reading: nothing is sent there. `service` null is a backend of another kind. */
export interface Backend {
  readonly namespace: string;
  readonly service: string | null;
  /** What it is, for people, when it is no Service. */
  readonly title: string;
  readonly port: BackendPort;
  readonly origin: Origin;
}

/** Traffic for some hosts and paths, with where it goes. `paths` are the author's own words; empty is every path. */
export interface EntryRule {
  readonly hosts: readonly Host[];
  readonly paths: readonly string[];
  readonly backends: readonly Backend[];
  readonly origin: Origin;
}

/** An IngressClass or a GatewayClass: which controller (`k8s.io/ingress-nginx`) takes the objects that name it. */
export interface EntryClass {
  readonly kind: 'IngressClass' | 'GatewayClass';
  readonly name: string;
  readonly controller: string;
  /** For IngressClass: takes those that name none. Source: kubernetes/api networking/v1 AnnotationIsDefaultIngressClass. */
  readonly isDefault: boolean;
  /** `Kind name` of what `spec.parameters` names: an IngressController of OpenShift, or a vendor's settings. */
  readonly parameters: string | null;
  readonly origin: Origin;
}

/** `className`: spec.ingressClassName, else the annotation that came before it; null when neither is there. */
export interface Ingress {
  readonly namespace: string;
  readonly name: string;
  readonly className: string | null;
  readonly annotations: Labels;
  readonly rules: readonly EntryRule[];
  readonly tls: boolean;
  readonly origin: Origin;
}

export type TlsMode = 'none' | 'terminate' | 'passthrough' | 'reencrypt';

/** Which namespaces something may come from. `none` is nobody. */
export type AllowedFrom =
  | { readonly kind: 'all' }
  | { readonly kind: 'same' }
  | { readonly kind: 'none' }
  | { readonly kind: 'selector'; readonly selector: LabelSelector };

/** `kinds`: route kinds that may attach, as `group/Kind`; null is what fits the protocol. */
export interface Listener {
  readonly name: string;
  readonly hostname: Host | null;
  readonly port: number;
  /** HTTP, HTTPS, TLS, TCP, UDP, or a name of its vendor's own. */
  readonly protocol: string;
  readonly tls: TlsMode;
  readonly from: AllowedFrom;
  readonly kinds: readonly string[] | null;
  readonly origin: Origin;
}

export interface Gateway {
  readonly namespace: string;
  readonly name: string;
  readonly className: string;
  readonly listeners: readonly Listener[];
  /** From where ListenerSets may add listeners. */
  readonly listenersFrom: AllowedFrom;
  readonly origin: Origin;
}

/** Listeners that another namespace adds to a Gateway. */
export interface ListenerSet {
  readonly namespace: string;
  readonly name: string;
  readonly gateway: { readonly namespace: string; readonly name: string };
  readonly listeners: readonly Listener[];
  readonly origin: Origin;
}

export type GatewayRouteKind = 'HTTPRoute' | 'GRPCRoute' | 'TLSRoute' | 'TCPRoute' | 'UDPRoute';

/** What a route attaches to. Parents of other kinds (a Service, for a mesh) are left out: they open nothing to the outside. */
export interface ParentRef {
  readonly kind: 'Gateway' | 'ListenerSet';
  readonly namespace: string;
  readonly name: string;
  readonly sectionName: string | null;
  readonly port: number | null;
  readonly origin: Origin;
}

export interface GatewayRoute {
  readonly kind: GatewayRouteKind;
  readonly namespace: string;
  readonly name: string;
  readonly parents: readonly ParentRef[];
  readonly hostnames: readonly Host[];
  readonly rules: readonly EntryRule[];
  readonly origin: Origin;
}

/** Lets routes of another namespace send to Services of its own. Other kinds that it may be about are left out when reading. */
export interface ReferenceGrant {
  readonly namespace: string;
  readonly from: readonly { readonly kind: string; readonly namespace: string }[];
  /** Names of Services; null is every one. */
  readonly to: readonly (string | null)[];
  readonly origin: Origin;
}

export interface OpenShiftRoute {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly rule: EntryRule;
  readonly tls: TlsMode;
  /** Whether plain HTTP is served beside TLS. */
  readonly plain: boolean;
  readonly origin: Origin;
}

/** An IngressController of OpenShift: it runs router pods of its own name, and takes the Routes that both selectors hold. */
export interface Router {
  readonly name: string;
  readonly published: 'HostNetwork' | 'LoadBalancerService' | 'NodePortService' | 'Private' | null;
  readonly namespaces: LabelSelector | null;
  readonly routes: LabelSelector | null;
  readonly origin: Origin;
}

/** How a Service is dialled from outside, beside what `Service` says. */
export interface ServiceDoor {
  readonly namespace: string;
  readonly name: string;
  readonly type: 'NodePort' | 'LoadBalancer' | 'ClusterIP';
  /** `local`: only pods of the node that was dialled answer, and they see the client; else any pod may, and may see a node in its place. */
  readonly local: boolean;
  /** CIDRs that the load balancer takes clients from; empty is everybody. They do not hold for node ports. */
  readonly sourceRanges: readonly string[];
  readonly loadBalancerClass: string | null;
  /** Whether the ports are open on every node. */
  readonly nodePorts: boolean;
  readonly externalIps: readonly string[];
  readonly annotations: Labels;
  readonly origin: Origin;
}
