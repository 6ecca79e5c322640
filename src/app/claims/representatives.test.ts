import { expect, test } from 'vitest';
import { ciliumPolicy, networkPolicy, readWorld, trainTo, type World } from '../../../cases/support/claims.ts';
import { zoneIntents } from '../../spec/intents.ts';
import { representativesOf } from './representatives.ts';

/** Stand-ins beyond those of the closed world, as `namespace: labels (account)`, and the namespaces that were made for them. */
function made(world: World): { readonly pods: readonly string[]; readonly namespaces: readonly string[] } {
  const { snapshot, zones } = readWorld(world);
  const [loaded] = zones;
  if (loaded === undefined) throw new Error('no zone');
  const found = representativesOf(snapshot, zoneIntents(loaded), loaded.origin);
  const pods = found.workloads
    .filter((w) => w.name !== 'any pod of workload train' && w.name !== 'any other pod of ml')
    .map(
      (w) =>
        `${w.namespace}: ${Object.entries(w.labels)
          .map(([k, v]) => `${k}=${v}`)
          .join(' ')}${w.serviceAccount === 'default' ? '' : ` (${w.serviceAccount})`}`,
    );
  return {
    pods,
    namespaces: found.namespaces.map(
      (n) =>
        `${n.name}: ${Object.entries(n.labels)
          .map(([k, v]) => `${k}=${v}`)
          .join(' ')}`,
    ),
  };
}

const subject = (selector: string): string => networkPolicy('x', `{podSelector: ${selector}, policyTypes: [Egress]}`);
const peer = (namespaces: string, pods = '{matchLabels: {tier: x}}'): string =>
  networkPolicy('x', trainTo(`{namespaceSelector: ${namespaces}, podSelector: ${pods}}`));
const antrea = (namespaces: string): string =>
  `apiVersion: crd.antrea.io/v1beta1\nkind: ClusterNetworkPolicy\nmetadata: {name: x}\nspec: {priority: 1, appliedTo: [{podSelector: {matchLabels: {app: train}}}], egress: [{action: Allow, to: [{namespaces: ${namespaces}, podSelector: {matchLabels: {tier: x}}}]}]}\n`;
const inNamespace = (name: string): string => peer(`{matchLabels: {kubernetes.io/metadata.name: ${name}}}`);

test.each<readonly [string, World, readonly string[], readonly string[]]>([
  ['nothing beyond the closed world', {}, [], []],
  ['a subject that no pod is', { objects: [subject('{matchLabels: {debug: "true"}}')] }, ['ml: debug=true', 'ml: debug=true app=train'], []],
  [
    'a subject that only a finished pod was',
    {
      pods: { 'ml/done': { labels: { debug: 'true' }, phase: 'Succeeded', node: 'n1', ips: ['10.1.0.9'] } },
      objects: [subject('{matchLabels: {debug: "true"}}')],
    },
    ['ml: debug=true', 'ml: debug=true app=train'],
    [],
  ],
  [
    'a subject that some pod is',
    { pods: { 'ml/debug': { labels: { debug: 'true' } } }, objects: [subject('{matchLabels: {debug: "true"}}')] },
    ['ml: debug=true app=train'],
    [],
  ],
  [
    'a subject by a key alone',
    { objects: [subject('{matchExpressions: [{key: debug, operator: Exists}]}')] },
    ['ml: debug=any', 'ml: debug=any app=train'],
    [],
  ],
  [
    'a subject that cannot be',
    { objects: [subject('{matchLabels: {debug: "true"}, matchExpressions: [{key: debug, operator: DoesNotExist}]}')] },
    ['ml: debug=any', 'ml: app=train debug=any'],
    [],
  ],
  [
    'an exemption by key',
    { objects: [subject('{matchExpressions: [{key: exempt, operator: DoesNotExist}]}')] },
    ['ml: exempt=any', 'ml: app=train exempt=any'],
    [],
  ],
  [
    'an exemption by values',
    { objects: [subject('{matchExpressions: [{key: tier, operator: NotIn, values: [a, b]}]}')] },
    ['ml: tier=a', 'ml: app=train tier=a', 'ml: tier=b', 'ml: app=train tier=b'],
    [],
  ],
  ['a policy of another namespace', { objects: [networkPolicy('x', '{podSelector: {matchLabels: {debug: "true"}}, policyTypes: [Egress]}', 'prod')] }, [], []],
  ['a peer in a protected namespace', { objects: [inNamespace('prod')] }, ['prod: tier=x'], []],
  [
    'a peer in a namespace to come, by name',
    { objects: [peer('{matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [later]}, {key: env, operator: Exists}]}')] },
    ['later: tier=x'],
    ['later: kubernetes.io/metadata.name=later env=any'],
  ],
  [
    'a peer anywhere: protected, own, one other, one to come',
    { objects: [peer('{}')] },
    ['prod: tier=x', 'ml: tier=x', 'kube-system: tier=x', 'any-namespace-to-come: tier=x', 'ml: tier=x app=train'],
    ['any-namespace-to-come: kubernetes.io/metadata.name=any-namespace-to-come'],
  ],
  [
    'a peer in namespaces by label',
    { objects: [peer('{matchLabels: {team: data}}')] },
    ['storage: tier=x', 'any-namespace-to-come: tier=x'],
    ['any-namespace-to-come: kubernetes.io/metadata.name=any-namespace-to-come team=data'],
  ],
  [
    'a peer in namespaces protected by label',
    {
      zone: { protected: [{ name: 'p', namespaces: { env: 'production' } }] },
      namespaces: { dev: { env: 'dev' } },
      objects: [peer('{matchExpressions: [{key: env, operator: Exists}]}')],
    },
    ['prod: tier=x', 'dev: tier=x', 'any-namespace-to-come: tier=x'],
    ['any-namespace-to-come: kubernetes.io/metadata.name=any-namespace-to-come env=any'],
  ],
  [
    'a subject in namespaces whose labels nobody gave',
    {
      profile: 'cilium',
      omit: ['ml'],
      objects: [
        'apiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\nmetadata: {name: x}\nspec: {endpointSelector: {matchLabels: {"k8s:io.cilium.k8s.namespace.labels.env": x, debug: "true"}}, egress: [{}]}\n',
      ],
    },
    ['ml: debug=true', 'ml: debug=true app=train'],
    [],
  ],
  [
    'a subject by service account',
    { profile: 'cilium', objects: [ciliumPolicy('x', '{endpointSelector: {matchLabels: {"io.cilium.k8s.policy.serviceaccount": debug}}, egress: [{}]}')] },
    ['ml:  (debug)', 'ml: app=train (debug)'],
    [],
  ],
  ['a peer in the same namespace', { profile: 'antrea', objects: [antrea('{match: Self}')] }, ['ml: tier=x', 'ml: tier=x app=train'], []],
  [
    'a peer in namespaces with the same label: own, one other, one to come',
    { profile: 'antrea', namespaces: { ml: { team: 'data' } }, objects: [antrea('{sameLabels: [team]}')] },
    ['ml: tier=x', 'storage: tier=x', 'any-namespace-to-come: tier=x', 'ml: tier=x app=train'],
    ['any-namespace-to-come: kubernetes.io/metadata.name=any-namespace-to-come team=data'],
  ],
  [
    'a peer in namespaces with the same label, which the zone’s own lacks',
    { profile: 'antrea', objects: [antrea('{sameLabels: [team]}')] },
    ['ml: tier=x', 'ml: tier=x app=train'],
    [],
  ],
  ['jobs, one each', { workload: { peers: 'same-job', jobs: ['a', 'b'], jobLabel: 'job' } }, ['ml: app=train job=a', 'ml: app=train job=b'], []],
])('%s', (_, world, pods, namespaces) => {
  const found = made(world);
  expect(found.pods).toEqual(pods);
  expect(found.namespaces).toEqual(namespaces);
});

test('where a rule names a port, pods to come may call a number of their own so; declared ones do not', () => {
  const { snapshot, zones } = readWorld({
    objects: [networkPolicy('x', '{podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{port: web}, {port: dns, protocol: UDP}]}]}')],
  });
  const [loaded] = zones;
  const ports =
    loaded === undefined
      ? []
      : representativesOf(snapshot, zoneIntents(loaded), loaded.origin).workloads.map((w) => [w.role, w.ports.map((p) => `${p.name}/${p.protocol}`).join(' ')]);
  expect(ports.filter(([role]) => role === 'declared')).toEqual([['declared', '']]);
  for (const [, names] of ports.filter(([role]) => role === 'possible')) expect(names).toBe('web/TCP dns/UDP');
});
