import { describe, expect, test } from 'vitest';
import { exposure } from '../../src/app/exposure.ts';
import { loadSnapshot } from '../../src/app/load.ts';
import { profileOf } from '../../src/engine/profiles.ts';
import { reach } from '../../src/engine/reach.ts';
import type { ExposureReport } from '../../src/model/exposure-report.ts';

/**
 * Truth tables of ways in, worked out by hand. A row is an entry, the Service behind it, the pod, its ports, and the answer; `~` marks an answer that only the
 * pod's own node keeps open. Loose ends stand below, each with its reason.
 */
interface Table {
  readonly title: string;
  readonly source: string;
  readonly profile?: string;
  readonly manifests: readonly string[];
  readonly want: readonly string[];
  readonly loose?: readonly string[];
}

const namespace = (name: string, labels = ''): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: {${labels}}}`;
const pod = (at: string, labels: string, more = ''): string => {
  const [ns, name] = at.split('/');
  return `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${ns}, labels: {${labels}}}\nspec: {containers: [{name: c, image: x, ports: [{name: http, containerPort: 8080}]}]${more}}`;
};
const service = (at: string, spec: string): string => {
  const [ns, name] = at.split('/');
  return `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: ${ns}}\nspec: {${spec}}`;
};
const object = (apiVersion: string, kind: string, at: string, spec: string, metadata = ''): string => {
  const [ns, name] = at.split('/');
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${ns}${metadata}}\nspec: {${spec}}`;
};
const ingress = (at: string, spec: string, metadata = ''): string => object('networking.k8s.io/v1', 'Ingress', at, spec, metadata);
const rule = (backend: string, host = 'a.example.com'): string =>
  `{host: ${host}, http: {paths: [{path: /, pathType: Prefix, backend: {service: ${backend}}}]}}`;
const policy = (at: string, spec: string): string => object('networking.k8s.io/v1', 'NetworkPolicy', at, spec);
const gateway = (at: string, listeners: string, className = 'eg'): string =>
  object('gateway.networking.k8s.io/v1', 'Gateway', at, `gatewayClassName: ${className}, listeners: [${listeners}]`);
const route = (at: string, spec: string, kind = 'HTTPRoute'): string => object('gateway.networking.k8s.io/v1', kind, at, spec);
const className = (name: string, controller: string, metadata = ''): string =>
  `apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: ${name}${metadata}}\nspec: {controller: ${controller}}`;

const web = [namespace('web'), pod('web/app', 'app: app'), service('web/app', 'selector: {app: app}, ports: [{name: http, port: 80, targetPort: http}]')];
const nginxClass = className('nginx', 'k8s.io/ingress-nginx');
const nginxPod = pod('edge/nginx', 'app.kubernetes.io/name: ingress-nginx, app.kubernetes.io/component: controller');
const nginxFront = service(
  'edge/nginx',
  'type: LoadBalancer, externalTrafficPolicy: Local, selector: {app.kubernetes.io/name: ingress-nginx}, ports: [{port: 80, targetPort: http}]',
);
const nginx = [namespace('edge'), nginxClass, nginxPod, nginxFront];
const toApp = ingress('web/in', `ingressClassName: nginx, rules: [${rule('{name: app, port: {number: 80}}')}]`);
const shut = policy('web/deny', 'podSelector: {}, policyTypes: [Ingress]');
const letIn = (peer: string): string =>
  policy('web/in', `podSelector: {app: null}, policyTypes: [Ingress], ingress: [{from: [${peer}]}]`).replace('{app: null}', '{}');
const edgeClass =
  'apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: eg}\nspec: {controllerName: gateway.envoyproxy.io/gatewayclass-controller}';
const envoy = pod('envoy-gateway-system/envoy', 'gateway.envoyproxy.io/owning-gateway-name: gw, gateway.envoyproxy.io/owning-gateway-namespace: edge');
const envoyFront = service(
  'envoy-gateway-system/envoy',
  'type: LoadBalancer, externalTrafficPolicy: Local, selector: {gateway.envoyproxy.io/owning-gateway-name: gw}, ports: [{port: 80, targetPort: 8080}]',
);
const envoyGateway = [namespace('edge'), edgeClass, envoy, envoyFront];
const http = '{name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}';
const attach = 'parentRefs: [{name: gw, namespace: edge}], rules: [{backendRefs: [{name: app, port: 80}]}]';
const front = 'Service edge/nginx > edge/nginx > edge/nginx[Pod] > TCP 8080 > allowed';
const envoyRow = 'Service envoy-gateway-system/envoy > envoy-gateway-system/envoy > envoy-gateway-system/envoy[Pod] > TCP 8080 > allowed';
const openshift = (spec: string): string => object('route.openshift.io/v1', 'Route', 'web/r', spec);

const tables: readonly Table[] = [
  {
    title: 'a controller of the input, nothing isolates the pod; the target port is a name that the pod resolves',
    source: 'kubernetes.io, Ingress; corner cases 63, 64, 71',
    manifests: [...web, ...nginx, toApp],
    want: ['Ingress web/in > web/app > web/app[Pod] > TCP 8080 > allowed', front],
  },
  {
    title: 'default deny shuts the controller out',
    source: 'kubernetes.io, Network Policies',
    manifests: [...web, ...nginx, toApp, shut],
    want: ['Ingress web/in > web/app > web/app[Pod] > TCP 8080 > denied', front],
  },
  {
    title: 'a rule for the controller’s namespace lets it in',
    source: 'corner case 71: the source is the controller, not the client',
    manifests: [...web, ...nginx, toApp, letIn('{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: edge}}}')],
    want: ['Ingress web/in > web/app > web/app[Pod] > TCP 8080 > allowed', front],
  },
  {
    title: 'a rule for the client’s address does not let the controller in',
    source: 'corner case 71',
    profile: 'cilium@1.19',
    manifests: [...web, ...nginx, toApp, letIn('{ipBlock: {cidr: 0.0.0.0/0}}')],
    want: ['Ingress web/in > web/app > web/app[Pod] > TCP 8080 > denied', front],
  },
  {
    title: 'without its controller the answer is never yes',
    source: 'unknown is never yes',
    manifests: [...web, nginxClass, toApp],
    want: ['Ingress web/in > web/app > web/app[Pod] > TCP 8080 > unknown'],
  },
  {
    title: 'without its controller, and shut for all but the own node',
    source: 'corner case 48',
    manifests: [...web, nginxClass, toApp, shut],
    want: ['Ingress web/in > web/app > web/app[Pod] > TCP 8080 > unknown~'],
  },
  {
    title: 'without its controller, a rule for pods elsewhere may let it in, whatever their labels: users of a chart may choose others',
    source: 'kubernetes/ingress-nginx charts/ingress-nginx/templates/_helpers.tpl, nameOverride',
    manifests: [...web, nginxClass, toApp, letIn('{namespaceSelector: {}, podSelector: {matchLabels: {app.kubernetes.io/name: traefik}}}')],
    want: ['Ingress web/in > web/app > web/app[Pod] > TCP 8080 > unknown'],
  },
  {
    title: 'a controller that is not in the input is no pod of the same namespace',
    source: 'a rule for pods of one’s own namespace says nothing of controllers',
    manifests: [...web, nginxClass, toApp, letIn('{podSelector: {}}')],
    want: ['Ingress web/in > web/app > web/app[Pod] > TCP 8080 > unknown~'],
  },
  {
    title: 'pods of a Gateway that are not in the input may run beside it, so a rule for the own namespace may let them in',
    source: 'istio/istio manifests/charts/istio-control/istio-discovery/files/kube-gateway.yaml: namespace of the Gateway',
    manifests: [
      ...web,
      'apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: istio}\nspec: {controllerName: istio.io/gateway-controller}',
      gateway('web/gw', '{name: http, port: 80, protocol: HTTP}', 'istio'),
      route('web/http', 'parentRefs: [{name: gw}], rules: [{backendRefs: [{name: app, port: 80}]}]'),
      letIn('{podSelector: {}}'),
    ],
    want: ['HTTPRoute web/http > web/app > web/app[Pod] > TCP 8080 > unknown'],
  },
  {
    title: 'AKS application routing is not every pod with app=nginx',
    source: 'Azure/aks-app-routing-operator pkg/manifests/nginx.go, pod labels',
    manifests: [
      ...web,
      namespace('edge'),
      className('webapprouting.kubernetes.azure.com', 'webapprouting.kubernetes.azure.com/nginx'),
      pod('edge/other', 'app: nginx'),
      toApp.replace('ingressClassName: nginx', 'ingressClassName: webapprouting.kubernetes.azure.com'),
      shut,
    ],
    want: ['Ingress web/in > web/app > web/app[Pod] > TCP 8080 > unknown~'],
  },
  {
    title: 'an IngressClass for GKE Ingress names no controller that is known: GKE reads the annotation alone',
    source: 'kubernetes/ingress-gce issue 1891',
    manifests: [...web, className('gce', 'k8s.io/ingress-gce'), toApp.replace('ingressClassName: nginx', 'ingressClassName: gce')],
    want: ['Ingress web/in > web/app > web/app[Pod] > TCP 8080 > unknown'],
  },
  {
    title: 'a listener may name the kinds of route that it takes',
    source: 'kubernetes-sigs/gateway-api apis/v1 AllowedRoutes.kinds',
    manifests: [
      ...web,
      ...envoyGateway,
      gateway('edge/gw', '{name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}, kinds: [{kind: GRPCRoute}]}}'),
      route('web/http', attach),
      route('web/grpc', attach, 'GRPCRoute'),
    ],
    want: ['GRPCRoute web/grpc > web/app > web/app[Pod] > TCP 8080 > allowed', envoyRow],
    loose: ['HTTPRoute web/http: no listener of Gateway edge/gw takes it'],
  },
  {
    title: 'a class that is not in the input is guessed by its name, and a guess is never yes',
    source: 'unknown is never yes',
    manifests: [...web, namespace('edge'), nginxPod, nginxFront, toApp],
    want: ['Ingress web/in > web/app > web/app[Pod] > TCP 8080 > unknown', front],
  },
  {
    title: 'the default class takes an Ingress that names none; the old annotation names one',
    source: 'kubernetes/api networking/v1 AnnotationIsDefaultIngressClass',
    manifests: [
      ...web,
      namespace('edge'),
      className('usual', 'k8s.io/ingress-nginx', ', annotations: {ingressclass.kubernetes.io/is-default-class: "true"}'),
      className('other', 'example.com/mine'),
      nginxPod,
      nginxFront,
      ingress('web/none', 'defaultBackend: {service: {name: app, port: {name: http}}}'),
      ingress('web/old', 'defaultBackend: {service: {name: app, port: {name: http}}}', ', annotations: {kubernetes.io/ingress.class: other}'),
    ],
    want: ['Ingress web/none > web/app > web/app[Pod] > TCP 8080 > allowed', 'Ingress web/old > web/app > web/app[Pod] > TCP 8080 > unknown', front],
  },
  {
    title: 'a host without paths goes to the default backend; backends that are not there are loose ends',
    source: 'kubernetes/api networking/v1 IngressRule',
    manifests: [
      ...web,
      ...nginx,
      ingress(
        'web/in',
        `ingressClassName: nginx, defaultBackend: {service: {name: app, port: {number: 80}}}, rules: [{host: b.example.com}, ${rule('{name: gone, port: {number: 80}}')}, ${rule('{name: app, port: {number: 81}}')}]`,
      ),
    ],
    want: ['Ingress web/in > web/app > web/app[Pod] > TCP 8080 > allowed', front],
    loose: ['Ingress web/in: Service web/app has no port 81', 'Ingress web/in: Service web/gone is not in the input'],
  },
  {
    title: 'named target ports differ from pod to pod; a pod that lacks the name is not behind',
    source: 'corner case 64',
    manifests: [
      ...web,
      ...nginx,
      toApp,
      pod('web/other', 'app: app').replace('8080', '9090'),
      pod('web/third', 'app: app').replace('name: http', 'name: grpc'),
    ],
    want: ['Ingress web/in > web/app > web/app[Pod] > TCP 8080 > allowed', 'Ingress web/in > web/app > web/other[Pod] > TCP 9090 > allowed', front],
  },
  {
    title: 'a load balancer in the cloud dials from addresses of its own: yes for an open pod, not known where some addresses may',
    source: 'kubernetes-sigs/aws-load-balancer-controller docs/guide/ingress',
    profile: 'cilium@1.19',
    manifests: [
      ...web,
      className('alb', 'ingress.k8s.aws/alb'),
      ingress(
        'web/in',
        `ingressClassName: alb, rules: [${rule('{name: app, port: {number: 80}}')}]`,
        ', annotations: {alb.ingress.kubernetes.io/target-type: ip}',
      ),
      letIn('{ipBlock: {cidr: 10.0.0.0/16}}'),
    ],
    want: ['Ingress web/in > web/app > web/app[Pod] > TCP 8080 > unknown'],
  },
  {
    title: 'a route attaches where the listener lets its namespace in',
    source: 'kubernetes-sigs/gateway-api apis/v1 AllowedRoutes',
    manifests: [...web, ...envoyGateway, gateway('edge/gw', http), route('web/r', attach)],
    want: ['HTTPRoute web/r > web/app > web/app[Pod] > TCP 8080 > allowed', envoyRow],
  },
  {
    title: 'a listener takes routes of its own namespace alone, unless it says otherwise',
    source: 'kubernetes-sigs/gateway-api apis/v1 RouteNamespaces.from, default Same',
    manifests: [...web, ...envoyGateway, gateway('edge/gw', '{name: http, port: 80, protocol: HTTP}'), route('web/r', attach)],
    want: [envoyRow],
    loose: ['HTTPRoute web/r: no listener of Gateway edge/gw takes it'],
  },
  {
    title: 'namespaces by selector: not known where the namespace is only implied',
    source: 'kubernetes-sigs/gateway-api apis/v1 RouteNamespaces.selector',
    manifests: [
      ...web.slice(1),
      ...envoyGateway,
      gateway('edge/gw', '{name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {open: "yes"}}}}}'),
      route('web/r', attach),
    ],
    want: ['HTTPRoute web/r > web/app > web/app[Pod] > TCP 8080 > unknown', envoyRow],
  },
  {
    title: 'hosts of route and listener must have something in common; sectionName and kind choose listeners',
    source: 'kubernetes-sigs/gateway-api apis/v1 Listener.hostname, ParentReference.sectionName',
    manifests: [
      ...web,
      ...envoyGateway,
      gateway(
        'edge/gw',
        `{name: wild, port: 80, protocol: HTTP, hostname: "*.example.com", allowedRoutes: {namespaces: {from: All}}}, {name: tcp, port: 5000, protocol: TCP, allowedRoutes: {namespaces: {from: All}}}`,
      ),
      route('web/within', `hostnames: [a.b.example.com], ${attach}`),
      route('web/beside', `hostnames: [example.com, a.example.org], ${attach}`),
      route('web/section', attach.replace('namespace: edge', 'namespace: edge, sectionName: tcp')),
      route('web/tcp', attach, 'TCPRoute'),
    ],
    want: ['HTTPRoute web/within > web/app > web/app[Pod] > TCP 8080 > allowed', envoyRow, 'TCPRoute web/tcp > web/app > web/app[Pod] > TCP 8080 > allowed'],
    loose: ['HTTPRoute web/beside: no listener of Gateway edge/gw takes it', 'HTTPRoute web/section: no listener of Gateway edge/gw takes it'],
  },
  {
    title: 'a Service of another namespace needs a ReferenceGrant',
    source: 'kubernetes-sigs/gateway-api apis/v1 referencegrant_types.go',
    manifests: [
      ...web,
      ...envoyGateway,
      gateway('edge/gw', http),
      route('edge/granted', 'parentRefs: [{name: gw}], rules: [{backendRefs: [{name: app, namespace: web, port: 80}]}]'),
      route('edge/grpc', 'parentRefs: [{name: gw}], rules: [{backendRefs: [{name: app, namespace: web, port: 80}]}]', 'GRPCRoute'),
      object(
        'gateway.networking.k8s.io/v1beta1',
        'ReferenceGrant',
        'web/g',
        'from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge}], to: [{group: "", kind: Service, name: app}]',
      ),
    ],
    want: ['HTTPRoute edge/granted > web/app > web/app[Pod] > TCP 8080 > allowed', envoyRow],
    loose: ['GRPCRoute edge/grpc: no ReferenceGrant in web lets it send to app there'],
  },
  {
    title: 'weight 0 sends nothing; mirrored requests do',
    source: 'kubernetes-sigs/gateway-api apis/v1 BackendRef.weight, HTTPRequestMirrorFilter',
    manifests: [
      ...web,
      ...envoyGateway,
      pod('web/copy', 'app: copy'),
      service('web/copy', 'selector: {app: copy}, ports: [{port: 80, targetPort: http}]'),
      gateway('edge/gw', http),
      route(
        'web/r',
        'parentRefs: [{name: gw, namespace: edge}], rules: [{backendRefs: [{name: app, port: 80, weight: 0}], filters: [{type: RequestMirror, requestMirror: {backendRef: {name: copy, port: 80}}}]}]',
      ),
    ],
    want: ['HTTPRoute web/r > web/copy > web/copy[Pod] > TCP 8080 > allowed', envoyRow],
  },
  {
    title: 'a ListenerSet adds listeners where the Gateway lets it; a Gateway that is not in the input leaves it open',
    source: 'kubernetes-sigs/gateway-api apis/v1 AllowedListeners, default None',
    manifests: [
      ...web,
      ...envoyGateway,
      gateway('edge/gw', '{name: other, port: 8443, protocol: TCP}'),
      object('gateway.networking.k8s.io/v1', 'ListenerSet', 'web/more', `parentRef: {name: gw, namespace: edge}, listeners: [${http}]`),
      route('web/set', attach.replace('name: gw, namespace: edge', 'kind: ListenerSet, name: more')),
      route('web/lost', attach.replace('name: gw', 'name: gone')),
    ],
    want: ['HTTPRoute web/lost > web/app > web/app[Pod] > TCP 8080 > unknown', envoyRow],
    loose: ['HTTPRoute web/set: ListenerSet web/more adds no listener'],
  },
  {
    title: 'Routes: weights, alternate backends, a target port by number or by the name of the Service’s port',
    source: 'openshift/api route/v1 types.go',
    manifests: [
      ...web,
      pod('openshift-ingress/router', 'ingresscontroller.operator.openshift.io/deployment-ingresscontroller: default', ', hostNetwork: true'),
      pod('web/next', 'app: next'),
      service('web/next', 'selector: {app: next}, ports: [{name: http, port: 80, targetPort: 8080}]'),
      openshift('to: {kind: Service, name: app, weight: 0}, alternateBackends: [{kind: Service, name: next, weight: 10}], port: {targetPort: 8080}'),
    ],
    want: ['Route web/r > web/next > web/next[Pod] > TCP 8080 > allowed'],
  },
  {
    title: 'a router on the host network may be on the pod’s own node, which default deny does not shut out',
    source: 'corner cases 47 and 48',
    manifests: [
      ...web,
      pod('openshift-ingress/router', 'ingresscontroller.operator.openshift.io/deployment-ingresscontroller: default', ', hostNetwork: true'),
      openshift('to: {kind: Service, name: app}'),
      shut,
    ],
    want: ['Route web/r > web/app > web/app[Pod] > TCP 8080 > unknown'],
  },
  {
    title: 'externalTrafficPolicy Local keeps the client, Cluster may show a node; source ranges limit load balancers, not node ports',
    source: 'kubernetes.io, Services; corner case 69',
    profile: 'cilium@1.19',
    manifests: [
      ...web,
      letIn('{ipBlock: {cidr: 203.0.113.0/24}}'),
      service('web/local', 'type: LoadBalancer, externalTrafficPolicy: Local, selector: {app: app}, ports: [{port: 80, targetPort: http}]'),
      service('web/cluster', 'type: NodePort, selector: {app: app}, ports: [{port: 80, targetPort: http}]'),
      service(
        'web/ranges',
        'type: LoadBalancer, externalTrafficPolicy: Local, allocateLoadBalancerNodePorts: false, loadBalancerSourceRanges: [198.51.100.0/24], selector: {app: app}, ports: [{port: 80, targetPort: http}]',
      ),
      service(
        'web/both',
        'type: LoadBalancer, externalTrafficPolicy: Local, loadBalancerSourceRanges: [198.51.100.0/24], selector: {app: app}, ports: [{port: 80, targetPort: http}]',
      ),
      service('web/inside', 'selector: {app: app}, ports: [{port: 80, targetPort: http}]'),
    ],
    want: [
      'Service web/both > web/both > web/app[Pod] > TCP 8080 > allowed',
      'Service web/cluster > web/cluster > web/app[Pod] > TCP 8080 > unknown',
      'Service web/local > web/local > web/app[Pod] > TCP 8080 > allowed',
      'Service web/ranges > web/ranges > web/app[Pod] > TCP 8080 > denied',
    ],
  },
  {
    title: 'a Route whose backends all have weight 0 serves nobody',
    source: 'openshift/api route/v1 types.go RouteTargetReference.weight',
    manifests: [...web, object('route.openshift.io/v1', 'Route', 'web/none', 'host: a.example.com, to: {kind: Service, name: app, weight: 0}')],
    want: [],
    loose: ['Route web/none: the weight of each of its backends is 0: it serves nobody, and the router answers 503'],
  },
  {
    title: 'Cilium’s proxy has an identity of its own: open pods let it in, rules for it do, others do not, and denials leave it open',
    source: 'cilium Documentation/network/servicemesh/ingress.rst',
    profile: 'cilium@1.19',
    manifests: [
      ...web,
      className('cilium', 'cilium.io/ingress-controller'),
      pod('web/fenced', 'app: fenced'),
      ...['named', 'clustered', 'partly', 'denied', 'healthy'].map((name) => pod(`web/${name}`, `app: ${name}`)),
      ...['fenced', 'named', 'clustered', 'partly', 'denied', 'healthy'].map((name) =>
        service(`web/${name}`, `selector: {app: ${name}}, ports: [{port: 80, targetPort: http}]`),
      ),
      ...['app', 'fenced', 'named', 'clustered', 'partly', 'denied', 'healthy'].map((name) =>
        ingress(`web/${name}`, `ingressClassName: cilium, defaultBackend: {service: {name: ${name}, port: {number: 80}}}`),
      ),
      object('cilium.io/v2', 'CiliumNetworkPolicy', 'web/fenced', 'endpointSelector: {matchLabels: {app: fenced}}, ingress: [{fromEntities: [world]}]'),
      object('cilium.io/v2', 'CiliumNetworkPolicy', 'web/named', 'endpointSelector: {matchLabels: {app: named}}, ingress: [{fromEntities: [ingress]}]'),
      object('cilium.io/v2', 'CiliumNetworkPolicy', 'web/clustered', 'endpointSelector: {matchLabels: {app: clustered}}, ingress: [{fromEntities: [cluster]}]'),
      object(
        'cilium.io/v2',
        'CiliumNetworkPolicy',
        'web/partly',
        'endpointSelector: {matchLabels: {app: partly}}, ingress: [{fromEntities: [ingress], toPorts: [{ports: [{port: "8080", protocol: TCP}], rules: {http: [{method: GET}]}}]}]',
      ),
      object(
        'cilium.io/v2',
        'CiliumNetworkPolicy',
        'web/denied',
        'endpointSelector: {matchLabels: {app: denied}}, ingress: [{fromEntities: [ingress]}], ingressDeny: [{fromEntities: [cluster]}]',
      ),
      object('cilium.io/v2', 'CiliumNetworkPolicy', 'web/healthy', 'endpointSelector: {matchLabels: {app: healthy}}, ingress: [{fromEntities: [health]}]'),
    ],
    want: [
      'Ingress web/app > web/app > web/app[Pod] > TCP 8080 > allowed',
      'Ingress web/clustered > web/clustered > web/clustered[Pod] > TCP 8080 > allowed',
      'Ingress web/denied > web/denied > web/denied[Pod] > TCP 8080 > unknown',
      'Ingress web/fenced > web/fenced > web/fenced[Pod] > TCP 8080 > denied',
      'Ingress web/healthy > web/healthy > web/healthy[Pod] > TCP 8080 > denied',
      'Ingress web/named > web/named > web/named[Pod] > TCP 8080 > allowed',
      'Ingress web/partly > web/partly > web/partly[Pod] > TCP 8080 > unknown',
    ],
  },
];

function reportOf(manifests: readonly string[], profileId = 'kubernetes'): ExposureReport {
  const profile = profileOf(profileId);
  if (!profile.ok) throw new Error(`no profile ${profileId}`);
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'cluster.yaml', text: manifests.join('\n---\n') }]);
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  return exposure(reach(snapshot, profile.value));
}

describe('ways in', () => {
  test.each(tables.map((t) => [t.title, t] as const))('%s', (_, { manifests, profile, want, loose = [] }) => {
    const report = reportOf(manifests, profile);
    const rows = report.workloads.flatMap((w) =>
      w.paths.map((p) => `${p.entry.id} > ${p.service} > ${w.title} > ${p.ports} > ${p.verdict}${p.ownNodeOnly ? '~' : ''}`),
    );
    expect(rows.sort()).toEqual([...want].sort());
    expect(report.loose.map((l) => `${l.id}: ${l.because}`).sort()).toEqual([...loose].sort());
  });
});

test('source ranges are told where a Service has them', () => {
  const balancer = (name: string, more: string): string =>
    service(`web/${name}`, `type: LoadBalancer, externalTrafficPolicy: Local${more}, selector: {app: app}, ports: [{port: 80, targetPort: http}]`);
  const report = reportOf([
    ...web,
    balancer('both', ', loadBalancerSourceRanges: [198.51.100.0/24]'),
    balancer('none', ''),
    balancer('ranges', ', allocateLoadBalancerNodePorts: false, loadBalancerSourceRanges: [198.51.100.0/24, 10.0.0.0/8, 11.0.0.0/8, 12.0.0.0/8]'),
  ]);
  expect(report.workloads.flatMap((w) => w.paths.flatMap((p) => p.hops.map((h) => h.to))).sort()).toEqual([
    'Service web/both (LoadBalancer, externalTrafficPolicy Local, from 198.51.100.0/24 only, if the cloud keeps it; its node ports take everybody), web/app[Pod] on TCP 8080',
    'Service web/none (LoadBalancer, externalTrafficPolicy Local), web/app[Pod] on TCP 8080',
    'Service web/ranges (LoadBalancer, externalTrafficPolicy Local, from 198.51.100.0/24, 10.0.0.0/8, 11.0.0.0/8 and 1 more only, if the cloud keeps it), web/app[Pod] on TCP 8080',
  ]);
});

test('the source ranges of a controller’s own Service are told with the hop to it', () => {
  const front = nginxFront.replace('type: LoadBalancer,', 'type: LoadBalancer, loadBalancerSourceRanges: [198.51.100.0/24],');
  const report = reportOf([...web, namespace('edge'), nginxClass, nginxPod, front, toApp]);
  const hops = report.workloads.flatMap((w) => w.paths.filter((p) => p.entry.kind === 'Ingress').flatMap((p) => p.hops.filter((h) => h.from === 'outside')));
  expect(hops.map((h) => h.because)).toEqual([
    'no policy selects it for ingress, from 198.51.100.0/24 only, if the cloud keeps it; its node ports take everybody',
  ]);
});

test('a thousand routes to one Service are told as one way each, hosts and paths together', () => {
  const routes = Array.from({ length: 1000 }, (_, i) => route(`web/r${i}`, `hostnames: [h${i}.example.com], ${attach}`));
  const report = reportOf([...web, ...envoyGateway, gateway('edge/gw', http), ...routes]);
  expect(report.counts.entries).toBe(1001);
  expect(report.workloads.find((w) => w.id === 'Pod/web/app')).toMatchObject({ verdict: 'allowed', omitted: 950 });
});
