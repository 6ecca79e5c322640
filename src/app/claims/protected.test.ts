import { expect, test } from 'vitest';
import { ciliumPolicy, claimsIn, networkPolicy, statusIn, trainTo, type World } from '../../../cases/support/claims.ts';

const office = { protected: [{ name: 'zone', cidrs: ['10.9.0.0/24'] }] };
const byLabel = { protected: [{ name: 'zone', namespaces: { env: 'production' } }] };
const byName = { protected: [{ name: 'zone', namespaces: ['prod', 'misc'] }] };
const misc = '{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: misc}}}';
const opened: readonly string[] = [networkPolicy('x', trainTo(misc))];
const printer = (ips: string[]): NonNullable<World['pods']> => ({ 'misc/printer': { ips } });
const otherNodes = [ciliumPolicy('x', '{endpointSelector: {matchLabels: {app: train}}, egress: [{toEntities: [remote-node]}]}')];
const nodePort = `apiVersion: v1\nkind: Service\nmetadata: {name: pay, namespace: prod}\nspec: {type: NodePort, selector: {app: pay}, ports: [{port: 443, targetPort: 8443, nodePort: 30443}]}\n`;
const elsewhere = nodePort.replace('namespace: prod', 'namespace: storage');
const node2: World = { zone: byName, nodes: { n2: { addresses: ['192.168.1.2'] } }, ranges: { pods: ['10.244.0.0/16'] } };
const toNode2 = (port: number): string => networkPolicy('x', trainTo('{ipBlock: {cidr: 192.168.1.2/32}}', `{port: ${port}}`));

test.each<readonly [string, World, 'holds' | 'fails' | 'undecided']>([
  ['a pod whose address lies in its blocks', { zone: office, pods: printer(['10.9.0.5']), objects: opened }, 'fails'],
  ['a pod whose address lies beside them', { zone: office, pods: printer(['10.9.1.5']), objects: opened }, 'holds'],
  ['a pod with two addresses, one of them in its blocks', { zone: office, pods: printer(['10.8.0.5', '10.9.0.5']), objects: opened }, 'fails'],
  ['a pod of a pod range that its blocks hold in part', { zone: office, pods: printer([]), objects: opened, ranges: { pods: ['10.9.0.0/16'] } }, 'undecided'],
  ['a pod of a pod range that its blocks hold whole', { zone: office, pods: printer([]), objects: opened, ranges: { pods: ['10.9.0.0/25'] } }, 'fails'],
  ['a pod of a pod range beside its blocks', { zone: office, pods: printer([]), objects: opened, ranges: { pods: ['10.8.0.0/16'] } }, 'holds'],
  [
    'a hostNetwork pod whose address lies in its blocks',
    { zone: office, pods: { 'misc/printer': { hostNetwork: true, ips: ['10.9.0.5'] } }, objects: opened },
    'undecided',
  ],
  [
    'a hostNetwork pod whose node has an address in its blocks',
    {
      zone: office,
      nodes: { n1: { addresses: ['10.9.0.5'] }, n2: { addresses: ['10.8.0.5'] } },
      pods: { 'misc/printer': { hostNetwork: true, ips: [], node: 'n1' } },
      objects: [networkPolicy('x', trainTo('{ipBlock: {cidr: 10.9.0.5/32}}'))],
      profile: 'calico',
    },
    'fails',
  ],
  [
    'a node of which nothing is told, beside every private address',
    {
      zone: { protected: [{ name: 'zone', cidrs: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'] }] },
      objects: otherNodes,
      profile: 'cilium@1.19',
    },
    'undecided',
  ],
  ['its blocks, opened as addresses', { zone: office, objects: [networkPolicy('x', trainTo('{ipBlock: {cidr: 10.9.0.7/32}}'))] }, 'fails'],
  ['a namespace whose labels nobody gave', { zone: byLabel, pods: printer([]), objects: opened }, 'undecided'],
  ['a namespace with its labels', { zone: byLabel, namespaces: { misc: { env: 'production' } }, pods: printer([]), objects: opened }, 'fails'],
  ['a namespace with other labels', { zone: byLabel, namespaces: { misc: { env: 'dev' } }, pods: printer([]), objects: opened }, 'holds'],
  ['a namespace by name', { zone: byName, pods: printer([]), objects: opened }, 'fails'],
  [
    'a namespace by name, perhaps open',
    {
      zone: byName,
      pods: printer([]),
      objects: [networkPolicy('x', trainTo('{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: misc, env: x}}}'))],
    },
    'undecided',
  ],
  [
    'a pod to come that one policy lets out and another lets in, each by a label of its own',
    {
      zone: byName,
      objects: [
        networkPolicy(
          'out',
          '{podSelector: {matchLabels: {role: a}}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: prod}}}]}]}',
        ),
        networkPolicy(
          'in',
          '{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ml}}, podSelector: {matchLabels: {tier: b}}}]}]}',
          'prod',
        ),
      ],
    },
    'fails',
  ],
  ['nothing of it is in the input', { zone: byName, omit: ['prod/pay'] }, 'undecided'],
  [
    'only a finished pod of it is in the input',
    { zone: byName, omit: ['prod/pay'], pods: { 'prod/done': { phase: 'Succeeded', node: 'n1', ips: ['10.1.0.9'] } } },
    'undecided',
  ],
  ['a node in its blocks', { zone: office, profile: 'cilium', nodes: { n2: { addresses: ['10.9.0.2'] } }, objects: otherNodes }, 'fails'],
  [
    'a node beside its blocks',
    { zone: office, profile: 'cilium', nodes: { n2: { addresses: ['10.8.0.2'] } }, objects: otherNodes, ranges: { nodes: ['10.8.0.0/16'] } },
    'holds',
  ],
  [
    'a node of a node range that its blocks hold in part',
    { zone: office, profile: 'cilium', nodes: { n2: {} }, objects: otherNodes, ranges: { nodes: ['10.9.0.0/16'] } },
    'undecided',
  ],
  [
    'a node of a node range that its blocks hold whole',
    { zone: office, profile: 'cilium', nodes: { n2: {} }, objects: otherNodes, ranges: { nodes: ['10.9.0.0/28'] } },
    'fails',
  ],
  ['the node port of its Service', { ...node2, objects: [nodePort, toNode2(30443)] }, 'fails'],
  ['another port of the node', { ...node2, objects: [nodePort, toNode2(30444)] }, 'holds'],
  ['the node port of the same labels elsewhere', { ...node2, objects: [elsewhere, toNode2(30443)] }, 'holds'],
  [
    'a host port of its pods',
    { ...node2, pods: { 'prod/agent': { ports: { metrics: 9100 }, hostPorts: { metrics: 9101 } } }, objects: [toNode2(9101)] },
    'fails',
  ],
  [
    'the container port behind that host port',
    { ...node2, pods: { 'prod/agent': { ports: { metrics: 9100 }, hostPorts: { metrics: 9101 } } }, objects: [toNode2(9100)] },
    'holds',
  ],
  [
    'a pod to come in it',
    { zone: byName, objects: [networkPolicy('x', trainTo('{namespaceSelector: {}, podSelector: {matchLabels: {tier: future}}}'))] },
    'fails',
  ],
  [
    'a pod to come in it, whose namespace is known by labels',
    {
      zone: byLabel,
      objects: [
        networkPolicy('x', trainTo('{namespaceSelector: {matchExpressions: [{key: env, operator: Exists}]}, podSelector: {matchLabels: {tier: future}}}')),
      ],
    },
    'fails',
  ],
])('%s', (_, world, wanted) => {
  expect(statusIn(world, 'safety/protected-unreachable/zone')).toBe(wanted);
});

test('where no pod range is given, the evidence says how pods without an address were taken', () => {
  const evidence = (world: World): string => claimsIn(world).get('safety/protected-unreachable/zone')?.evidence.join() ?? '';
  expect(evidence({ zone: office })).toContain('Ranges of pod addresses were not given');
  expect(evidence({ zone: office })).toContain('Ranges of node addresses were not given');
  expect(evidence({ zone: office, ranges: { pods: ['10.8.0.0/16'] } })).not.toContain('Ranges of pod addresses');
});
