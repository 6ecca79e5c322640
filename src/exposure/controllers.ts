import type { Labels } from '../model/labels.ts';

/**
 * Who dials the pods behind an entry.
 * `pods`: pods that carry one of these sets of labels. `gateway-pods`: pods that the controller makes for each Gateway, with its name (and namespace) in a label.
 * `cloud`: a load balancer outside the cluster, which dials from addresses of its own: always pods (`pods`), or, as it is set up, ports of nodes. `proxy`: the CNI's own proxy on each node, with an
 * identity that no pod has. `router`: routers of OpenShift.
 */
export type Dialler =
  | { readonly kind: 'pods'; readonly labels: readonly Labels[] }
  | { readonly kind: 'gateway-pods'; readonly nameLabel: string; readonly namespaceLabel: string | null }
  | { readonly kind: 'cloud'; readonly pods: boolean }
  | { readonly kind: 'proxy' }
  | { readonly kind: 'router' };

/** A controller that people run, by the name that an IngressClass or a GatewayClass gives it. `names` are exact, or with `/*` at the end every name below. */
export interface KnownController {
  readonly title: string;
  readonly names: readonly string[];
  /** Names that its class usually has: a guess where the class itself is not in the input. */
  readonly classNames: readonly string[];
  readonly dialler: Dialler;
  readonly source: string;
}

const gatewayName = 'gateway.networking.k8s.io/gateway-name';

export const knownControllers: readonly KnownController[] = [
  {
    title: 'ingress-nginx',
    names: ['k8s.io/ingress-nginx'],
    classNames: ['nginx'],
    dialler: { kind: 'pods', labels: [{ 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' }] },
    source: 'kubernetes/ingress-nginx charts/ingress-nginx/templates/_helpers.tpl, controller-deployment.yaml',
  },
  {
    title: 'NGINX Ingress Controller',
    names: ['nginx.org/ingress-controller'],
    classNames: [],
    dialler: { kind: 'pods', labels: [{ 'app.kubernetes.io/name': 'nginx-ingress' }, { app: 'nginx-ingress' }] },
    source: 'nginx/kubernetes-ingress charts/nginx-ingress/templates/_helpers.tpl, deployments/deployment/nginx-ingress.yaml',
  },
  {
    title: 'AKS application routing',
    names: ['webapprouting.kubernetes.azure.com/nginx'],
    classNames: ['webapprouting.kubernetes.azure.com'],
    dialler: {
      kind: 'pods',
      labels: [{ app: 'nginx', 'app.kubernetes.io/component': 'ingress-controller', 'app.kubernetes.io/managed-by': 'aks-app-routing-operator' }],
    },
    source: 'Azure/aks-app-routing-operator pkg/controller/nginxingress/default.go; pkg/manifests/types.go PodLabels, common.go, nginx.go',
  },
  {
    title: 'Traefik',
    names: ['traefik.io/ingress-controller', 'traefik.io/gateway-controller'],
    classNames: ['traefik'],
    dialler: { kind: 'pods', labels: [{ 'app.kubernetes.io/name': 'traefik' }] },
    source: 'traefik/traefik-helm-chart traefik/templates/_helpers.tpl, ingressclass.yaml, gatewayclass.yaml',
  },
  {
    title: 'HAProxy Kubernetes Ingress Controller',
    names: ['haproxy.org/ingress-controller', 'haproxy.org/ingress-controller/*', 'haproxy.org/gateway-controller'],
    classNames: [],
    dialler: { kind: 'pods', labels: [{ 'app.kubernetes.io/name': 'kubernetes-ingress' }, { run: 'haproxy-ingress' }] },
    source:
      'haproxytech/helm-charts kubernetes-ingress/templates/_helpers.tpl, controller-ingressclass.yaml, values.yaml; haproxytech/kubernetes-ingress deploy/haproxy-ingress.yaml',
  },
  {
    title: 'HAProxy Ingress',
    names: ['haproxy-ingress.github.io/controller', 'haproxy-ingress.github.io/controller/*'],
    classNames: [],
    dialler: { kind: 'pods', labels: [{ 'app.kubernetes.io/name': 'haproxy-ingress' }] },
    source: 'haproxy-ingress/charts haproxy-ingress/templates/_helpers.tpl, controller-ingressclass.yaml, controller-gatewayclass.yaml',
  },
  {
    title: 'Kong',
    names: ['ingress-controllers.konghq.com/kong', 'konghq.com/kic-gateway-controller'],
    classNames: ['kong'],
    // The chart `ingress` runs the proxy under the alias gateway; migrations carry the same name and another component.
    dialler: {
      kind: 'pods',
      labels: [
        { 'app.kubernetes.io/name': 'kong', 'app.kubernetes.io/component': 'app' },
        { 'app.kubernetes.io/name': 'gateway', 'app.kubernetes.io/component': 'app' },
      ],
    },
    source:
      'Kong/charts charts/kong/templates/_helpers.tpl, deployment.yaml, ingress-class.yaml, charts/ingress/Chart.yaml; Kong/kubernetes-ingress-controller internal/controllers/gateway, controller name',
  },
  {
    title: 'Contour',
    names: ['projectcontour.io/ingress-controller', 'projectcontour.io/gateway-controller', 'projectcontour.io/*'],
    classNames: ['contour'],
    dialler: { kind: 'pods', labels: [{ app: 'envoy' }, { 'app.kubernetes.io/name': 'contour', 'app.kubernetes.io/component': 'envoy' }] },
    source: 'projectcontour/contour examples/contour/03-envoy.yaml; bitnami/charts contour/templates/envoy',
  },
  {
    title: 'Istio ingress gateway',
    names: ['istio.io/ingress-controller'],
    classNames: ['istio'],
    dialler: { kind: 'pods', labels: [{ istio: 'ingressgateway' }] },
    source: 'istio/istio manifests/charts/gateways/istio-ingress; istio.io, Kubernetes Ingress',
  },
  {
    title: 'Istio',
    names: ['istio.io/gateway-controller', 'openshift.io/gateway-controller', 'openshift.io/gateway-controller/*'],
    classNames: [],
    dialler: { kind: 'gateway-pods', nameLabel: gatewayName, namespaceLabel: null },
    source:
      'istio/istio manifests/charts/istio-control/istio-discovery/files/kube-gateway.yaml; openshift/cluster-ingress-operator pkg/operator/controller/gatewayclass',
  },
  {
    title: 'Envoy Gateway',
    names: ['gateway.envoyproxy.io/gatewayclass-controller'],
    classNames: ['eg'],
    dialler: { kind: 'gateway-pods', nameLabel: 'gateway.envoyproxy.io/owning-gateway-name', namespaceLabel: 'gateway.envoyproxy.io/owning-gateway-namespace' },
    source: 'envoyproxy/gateway internal/gatewayapi/helpers.go, OwningGatewayNameLabel',
  },
  {
    title: 'kgateway',
    names: ['kgateway.dev/kgateway', 'agentgateway.dev/agentgateway', 'kgateway.dev/agentgateway'],
    classNames: ['kgateway', 'agentgateway'],
    dialler: { kind: 'gateway-pods', nameLabel: gatewayName, namespaceLabel: null },
    source: 'kgateway-dev/kgateway pkg/kgateway/wellknown, controller names and GatewayNameLabel',
  },
  {
    title: 'NGINX Gateway Fabric',
    names: ['gateway.nginx.org/nginx-gateway-controller'],
    classNames: [],
    dialler: { kind: 'gateway-pods', nameLabel: gatewayName, namespaceLabel: null },
    source:
      'nginx/nginx-gateway-fabric internal/controller/provisioner/objects.go, internal/framework/controller/labels.go, charts/nginx-gateway-fabric/values.yaml',
  },
  {
    title: 'Cilium',
    names: ['cilium.io/ingress-controller', 'io.cilium/gateway-controller'],
    classNames: ['cilium'],
    dialler: { kind: 'proxy' },
    source:
      'cilium/cilium cilium-cli/defaults, IngressControllerName; operator/pkg/gateway-api, controllerName; Documentation/network/servicemesh/ingress.rst: policies see the identity ingress',
  },
  {
    title: 'AWS Load Balancer Controller',
    names: ['ingress.k8s.aws/alb', 'gateway.k8s.aws/alb', 'gateway.k8s.aws/nlb', 'eks.amazonaws.com/alb'],
    classNames: ['alb'],
    dialler: { kind: 'cloud', pods: false },
    source:
      'kubernetes-sigs/aws-load-balancer-controller pkg/gateway/constants/controller_constants.go, pkg/ingress/class_loader.go; docs/guide/ingress: target-type ip dials pods, instance dials node ports; Amazon EKS User Guide, auto-configure-alb',
  },
  {
    title: 'Google Cloud load balancer',
    // GKE Ingress reads no IngressClass: only the annotation names it, so it is always a guess.
    names: ['networking.gke.io/gateway'],
    classNames: ['gce', 'gce-internal', 'gke-l7-global-external-managed', 'gke-l7-regional-external-managed', 'gke-l7-rilb', 'gke-l7-gxlb'],
    dialler: { kind: 'cloud', pods: false },
    source:
      'GoogleCloudPlatform/gke-networking-recipes gateway/single-cluster/global-l7-xlb; Google Kubernetes Engine documentation, GatewayClass capabilities; GKE Ingress, controller behavior; kubernetes/ingress-gce issue 1891; Container-native load balancing: network endpoint groups dial pods',
  },
  {
    title: 'Azure Application Gateway',
    names: ['azure/application-gateway', 'alb.networking.azure.io/alb-controller'],
    classNames: ['azure-application-gateway', 'azure-alb-external'],
    dialler: { kind: 'cloud', pods: true },
    source:
      'Azure/application-gateway-kubernetes-ingress helm/ingress-azure/templates/ingressclass.yaml, docs: the gateway dials pods; Azure documentation, What is Application Gateway for Containers; Deploy ALB Controller',
  },
  {
    title: 'OpenShift router',
    names: ['openshift.io/ingress-to-route'],
    classNames: ['openshift-default'],
    dialler: { kind: 'router' },
    source: 'openshift/cluster-ingress-operator pkg/operator/controller/ingressclass; openshift/route-controller-manager pkg/route/ingress',
  },
];

/** Routers run here, each set with its IngressController's name in this label. Source: openshift/cluster-ingress-operator pkg/operator/controller/names.go. */
export const routerNamespace = 'openshift-ingress';
export const routerLabel = 'ingresscontroller.operator.openshift.io/deployment-ingresscontroller';

/** The known controller of a class, by the controller's name. */
export function controllerNamed(name: string): KnownController | undefined {
  return knownControllers.find((k) => k.names.some((n) => (n.endsWith('/*') ? name.startsWith(n.slice(0, -1)) : n === name)));
}

/** The controller that a class of this name usually has. */
export function controllerGuessed(className: string): KnownController | undefined {
  return knownControllers.find((k) => k.classNames.includes(className));
}

/**
 * Kinds that open a way in and that nothing here reads, by API group. What lies behind them is not known.
 * Source: the projects' CRDs: istio/api networking/v1, traefik/traefik pkg/provider/kubernetes/crd, projectcontour/contour apis/projectcontour/v1,
 * nginx/kubernetes-ingress pkg/apis/configuration/v1, emissary-ingress/emissary, knative/serving, kserve/kserve, kubeflow/kubeflow notebook-controller.
 */
export const unreadEntryKinds: ReadonlySet<string> = new Set([
  'networking.istio.io/VirtualService',
  'networking.istio.io/Gateway',
  'traefik.io/IngressRoute',
  'traefik.io/IngressRouteTCP',
  'traefik.io/IngressRouteUDP',
  'traefik.containo.us/IngressRoute',
  'projectcontour.io/HTTPProxy',
  'k8s.nginx.org/VirtualServer',
  'k8s.nginx.org/TransportServer',
  'getambassador.io/Mapping',
  'getambassador.io/TCPMapping',
  'configuration.konghq.com/TCPIngress',
  'configuration.konghq.com/UDPIngress',
  'serving.knative.dev/Service',
  'serving.knative.dev/Route',
  'serving.kserve.io/InferenceService',
  'kubeflow.org/Notebook',
  'elbv2.k8s.aws/TargetGroupBinding',
]);
