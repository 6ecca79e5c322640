import { expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import { controllerNamed, knownControllers } from './controllers.ts';
import { commonHost } from './hosts.ts';

/** What reading one object reports: `path code`. */
function faults(text: string): string[] {
  const { diagnostics } = loadSnapshot([{ file: 'x.yaml', text }]);
  return diagnostics.map((d) => `${(d.origin?.path ?? []).join('.')} ${d.code}`);
}

const ingress = (spec: string, metadata = ''): string =>
  `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, namespace: ns${metadata}}\nspec: ${spec}`;
const path = (members: string): string => ingress(`{rules: [{http: {paths: [{${members}}]}}]}`);
const backend = 'backend: {service: {name: s, port: {number: 80}}}';
const at = 'spec.rules.0.http.paths.0';
const gateway = (kind: string, spec: string): string =>
  `apiVersion: gateway.networking.k8s.io/v1\nkind: ${kind}\nmetadata: {name: g, namespace: ns}\nspec: ${spec}`;
const route = (spec: string): string => `apiVersion: route.openshift.io/v1\nkind: Route\nmetadata: {name: r, namespace: ns}\nspec: ${spec}`;
const service = (spec: string): string => `apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: ns}\nspec: ${spec}`;

test.each<readonly [string, string, readonly string[]]>([
  ['an Ingress without rules and backend', ingress('{}'), ['spec missing-field']],
  ['an Ingress of an old version', ingress('{}').replace('/v1\n', '/v1beta1\n'), ['apiVersion unserved-version']],
  ['a field that Ingress does not have', ingress(`{rulez: [], default${'Backend'}: {service: {name: s, port: {number: 80}}}}`), ['spec.rulez unknown-field']],
  ['an address for a host', ingress(`{rules: [{host: 10.0.0.1, http: {paths: [{path: /, pathType: Prefix, ${backend}}]}}]}`), ['spec.rules.0.host bad-host']],
  ['a star inside a host', ingress(`{rules: [{host: "a.*.com", http: {paths: [{path: /, pathType: Prefix, ${backend}}]}}]}`), ['spec.rules.0.host bad-host']],
  [
    'escapes in a host',
    ingress(`{rules: [{host: "a\\u001b[2J.com", http: {paths: [{path: /, pathType: Prefix, ${backend}}]}}]}`),
    ['spec.rules.0.host bad-host'],
  ],
  ['a path without its type', path(`path: /, ${backend}`), [`${at} missing-field`]],
  ['a relative path', path(`path: a, pathType: Prefix, ${backend}`), [`${at}.path bad-path`]],
  ['a path that climbs', path(`path: /a/../b, pathType: Exact, ${backend}`), [`${at}.path bad-path`]],
  ['a path with a hidden slash', path(`path: /a%2fb, pathType: Prefix, ${backend}`), [`${at}.path bad-path`]],
  [
    'two backends in one',
    path('path: /, pathType: Prefix, backend: {service: {name: s, port: {number: 80}}, resource: {kind: B, name: b}}'),
    [`${at}.backend two-backends`],
  ],
  ['a backend without a port', path('path: /, pathType: Prefix, backend: {service: {name: s}}'), [`${at}.backend.service missing-field`]],
  [
    'a port by name and number',
    path('path: /, pathType: Prefix, backend: {service: {name: s, port: {number: 80, name: http}}}'),
    [`${at}.backend.service.port two-ports`],
  ],
  [
    'a backend of the old form',
    path('path: /, pathType: Prefix, backend: {serviceName: s, servicePort: 80}'),
    [`${at}.backend.serviceName unknown-field`, `${at}.backend.servicePort unknown-field`, `${at}.backend missing-field`],
  ],
  [
    'a class named twice',
    ingress('{ingressClassName: a, defaultBackend: {service: {name: s, port: {number: 80}}}}', ', annotations: {kubernetes.io/ingress.class: b}'),
    ['spec.ingressClassName class-named-twice'],
  ],
  ['a class without a controller', 'apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: c}\nspec: {}', ['spec missing-field']],
  ['a Gateway without listeners', gateway('Gateway', '{gatewayClassName: c, listeners: []}'), ['spec.listeners too-few']],
  [
    'two listeners of one name',
    gateway('Gateway', '{gatewayClassName: c, listeners: [{name: a, port: 80, protocol: HTTP}, {name: a, port: 81, protocol: HTTP}]}'),
    ['spec.listeners.1.name duplicate-name'],
  ],
  [
    'a host for TCP',
    gateway('Gateway', '{gatewayClassName: c, listeners: [{name: a, port: 80, protocol: TCP, hostname: a.com}]}'),
    ['spec.listeners.0.hostname hostname-not-allowed'],
  ],
  [
    'TLS for HTTP',
    gateway('Gateway', '{gatewayClassName: c, listeners: [{name: a, port: 80, protocol: HTTP, tls: {}}]}'),
    ['spec.listeners.0.tls tls-not-allowed'],
  ],
  [
    'HTTPS that passes TLS through',
    gateway('Gateway', '{gatewayClassName: c, listeners: [{name: a, port: 443, protocol: HTTPS, tls: {mode: Passthrough}}]}'),
    ['spec.listeners.0.tls.mode bad-tls-mode'],
  ],
  [
    'a selector that is missing',
    gateway('Gateway', '{gatewayClassName: c, listeners: [{name: a, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: Selector}}}]}'),
    ['spec.listeners.0.allowedRoutes.namespaces missing-field'],
  ],
  [
    'a route to a Service without a port',
    gateway('HTTPRoute', '{parentRefs: [{name: g}], rules: [{backendRefs: [{name: s}]}]}'),
    ['spec.rules.0.backendRefs.0 missing-field'],
  ],
  [
    'a route with a weight below zero',
    gateway('HTTPRoute', '{parentRefs: [{name: g}], rules: [{backendRefs: [{name: s, port: 80, weight: -1}]}]}'),
    ['spec.rules.0.backendRefs.0.weight out-of-range'],
  ],
  ['a Route without a target', route('{host: a.com}'), ['spec missing-field']],
  ['a Route to something else', route('{to: {kind: Pod, name: s}}'), ['spec.to.kind unknown-value']],
  ['a Route with four alternates', route(`{to: {name: s}, alternateBackends: [${Array(4).fill('{name: s}').join()}]}`), ['spec.alternateBackends too-many']],
  ['a passthrough Route with a path', route('{to: {name: s}, path: /a, tls: {termination: passthrough}}'), ['spec.path bad-path']],
  ['a wildcard Route without a host', route('{to: {name: s}, wildcardPolicy: Subdomain}'), ['spec.wildcardPolicy missing-field']],
  [
    'a traffic policy of a Service that nobody dials',
    service('{ports: [{port: 80}], externalTrafficPolicy: Local}'),
    ['spec.externalTrafficPolicy not-dialled'],
  ],
  [
    'source ranges without a load balancer',
    service('{type: NodePort, ports: [{port: 80}], loadBalancerSourceRanges: [10.0.0.0/8]}'),
    ['spec.loadBalancerSourceRanges not-dialled'],
  ],
  [
    'source ranges that are none',
    service('{type: LoadBalancer, ports: [{port: 80}], loadBalancerSourceRanges: [all]}'),
    ['spec.loadBalancerSourceRanges.0 bad-cidr'],
  ],
  ['an external IP on loopback', service('{ports: [{port: 80}], externalIPs: [127.0.0.1]}'), ['spec.externalIPs.0 bad-address']],
  ['a list of the wrong type is told once', service('{ports: [{port: 80}], externalIPs: 1.2.3.4}'), ['spec.externalIPs wrong-type']],
])('%s is refused', (_, text, want) => {
  expect(faults(text).sort()).toEqual([...want].sort());
});

test.each([
  [null, null, null],
  ['a.example.com', null, 'a.example.com'],
  ['*.example.com', 'a.b.example.com', 'a.b.example.com'],
  ['*.example.com', '*.b.example.com', '*.b.example.com'],
  ['*.example.com', 'example.com', undefined],
  ['*.example.com', 'badexample.com', undefined],
  ['a.example.com', 'b.example.com', undefined],
])('hosts that %s and %s have in common: %s', (a, b, want) => {
  expect(commonHost(a, b)).toBe(want);
  expect(commonHost(b, a)).toBe(want);
});

test('controllers are told by their own names, or by all below one', () => {
  expect(controllerNamed('k8s.io/ingress-nginx')?.title).toBe('ingress-nginx');
  expect(controllerNamed('haproxy.org/ingress-controller/haproxy')?.title).toBe('HAProxy Kubernetes Ingress Controller');
  expect(controllerNamed('k8s.io/ingress-nginx-of-mine')).toBeUndefined();
  const names = knownControllers.flatMap((k) => k.names);
  expect(new Set(names).size).toBe(names.length);
});
