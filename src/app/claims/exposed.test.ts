import { expect, test } from 'vitest';
import { ciliumPolicy, claimsIn, networkPolicy, trainFrom, type World } from '../../../cases/support/claims.ts';

const reached = 'safety/nothing-else-reaches-training';

const board = `apiVersion: v1
kind: Service
metadata: {name: board, namespace: ml}
spec: {selector: {app: train}, ports: [{port: 80, targetPort: 6006}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: board, namespace: ml}
spec: {ingressClassName: nginx, rules: [{host: board.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: board, port: {number: 80}}}}]}}]}
`;
const nginx = 'apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: nginx}\nspec: {controller: k8s.io/ingress-nginx}\n';
const controller = { 'edge/nginx': { replicas: 1, labels: { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' } } };
const admitted = networkPolicy('edge', trainFrom('{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: edge}}}'));
const door = (more: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: direct, namespace: ml}\nspec: {selector: {app: train}, ports: [{port: 80, targetPort: 6006}], ${more}}\n`;

test.each<readonly [string, World, 'holds' | 'fails' | 'undecided', string]>([
  [
    'a controller of the input that is let in',
    { namespaces: { edge: {} }, pods: controller, objects: [board, nginx, admitted] },
    'fails',
    'exposed: Ingress ml/board (board.example.com)',
  ],
  [
    'a controller of the input that is shut out',
    { namespaces: { edge: {} }, pods: controller, objects: [board, nginx] },
    'holds',
    'policies shut it: Ingress ml/board',
  ],
  ['a controller that is not in the input, shut out everywhere', { objects: [board, nginx] }, 'holds', "from the pod's own node they could not"],
  [
    'a controller that is not in the input and could be one that a rule lets in',
    { objects: [board, nginx, networkPolicy('edge', trainFrom('{namespaceSelector: {matchLabels: {edge: "yes"}}}'))] },
    'fails',
    'Ingress ml/board',
  ],
  ['a node port, which may show a node in place of the client', { objects: [door('type: NodePort')] }, 'undecided', 'Service ml/direct'],
  [
    'a load balancer that keeps the client, whom policies shut out',
    { objects: [door('type: LoadBalancer, externalTrafficPolicy: Local')] },
    'holds',
    'Service ml/direct',
  ],
  [
    'a load balancer that keeps the client, whom a rule lets in',
    { objects: [door('type: LoadBalancer, externalTrafficPolicy: Local'), networkPolicy('office', trainFrom('{ipBlock: {cidr: 8.8.8.0/24}}'))] },
    'fails',
    'exposed: Service ml/direct',
  ],
  [
    "the CNI's own proxy, whose identity a rule lets in",
    {
      profile: 'cilium@1.19',
      objects: [
        board.replace('nginx', 'cilium'),
        'apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: cilium}\nspec: {controller: cilium.io/ingress-controller}\n',
        ciliumPolicy('edge', '{endpointSelector: {matchLabels: {app: train}}, ingress: [{fromEntities: [ingress]}]}'),
      ],
    },
    'fails',
    'exposed: Ingress ml/board',
  ],
])('%s', (_, world, status, words) => {
  const claim = claimsIn(world).get(reached);
  expect(claim?.status).toBe(status);
  expect([...(claim?.evidence ?? []), ...(claim?.reasons ?? [])].join('\n')).toContain(words);
});

test('what nothing leads to is as it was', () => {
  expect(
    claimsIn({})
      .get(reached)
      ?.evidence.some((line) => line.includes('leads here')),
  ).toBe(false);
});
