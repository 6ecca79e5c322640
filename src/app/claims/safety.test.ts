import { expect, test } from 'vitest';
import { ciliumPolicy, claimsIn, networkPolicy, statusIn, trainFrom, trainTo, type World } from '../../../cases/support/claims.ts';

test('in the closed world every claim holds', () => {
  expect([...claimsIn({}).values()].filter((c) => c.status !== 'holds')).toEqual([]);
});

const reaches = 'safety/reaches-only/train';
const reached = 'safety/nothing-else-reaches-training';
const strangers = 'safety/undeclared-pods-reach-nothing';

const other = { 'other/app': { replicas: 1 } };
/** The one namespace has this name for certain, and labels that nobody gave. */
const perhapsOther = '{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other, env: x}}}';
const twoNodes = { n1: { addresses: ['192.168.1.1'] }, n2: { addresses: ['192.168.1.2'] } };
const onNode1 = { 'ml/train': { replicas: 2, node: 'n1' } };

test.each<readonly [string, World, string, 'holds' | 'fails' | 'undecided']>([
  ['a way out that may be open', { pods: other, objects: [networkPolicy('x', trainTo(perhapsOther))] }, reaches, 'undecided'],
  [
    'a way out that is shut for certain',
    { namespaces: { other: { env: 'y' } }, pods: other, objects: [networkPolicy('x', trainTo(perhapsOther))] },
    reaches,
    'holds',
  ],
  [
    'a way out that is open for certain',
    { namespaces: { other: { env: 'x' } }, pods: other, objects: [networkPolicy('x', trainTo(perhapsOther))] },
    reaches,
    'fails',
  ],
  ['a way in that may be open', { pods: other, objects: [networkPolicy('x', trainFrom(perhapsOther))] }, reached, 'undecided'],
  [
    'a way in that is open for certain',
    { namespaces: { other: { env: 'x' } }, pods: other, objects: [networkPolicy('x', trainFrom(perhapsOther))] },
    reached,
    'fails',
  ],
  ['a hostNetwork pod on the own node', { nodes: twoNodes, pods: { ...onNode1, 'kube-system/agent': { hostNetwork: true, node: 'n1' } } }, reached, 'holds'],
  [
    'a hostNetwork pod on the own node, known by address',
    { nodes: twoNodes, pods: { ...onNode1, 'kube-system/agent': { hostNetwork: true, node: '192.168.1.1' } } },
    reached,
    'holds',
  ],
  ['a hostNetwork pod that may run on the own node', { nodes: twoNodes, pods: { 'kube-system/agent': { hostNetwork: true } } }, reached, 'holds'],
  [
    'a hostNetwork pod on another node that is let in',
    {
      nodes: twoNodes,
      pods: { ...onNode1, 'kube-system/agent': { hostNetwork: true, node: 'n2' } },
      objects: [networkPolicy('x', trainFrom('{ipBlock: {cidr: 192.168.1.2/32}}'))],
    },
    reached,
    'fails',
  ],
  ['the world let in', { objects: [networkPolicy('x', trainFrom('{ipBlock: {cidr: 8.8.8.8/32}}'))] }, reached, 'fails'],
  [
    'another pod of the namespace that is let in is no stranger to its peers',
    { pods: { 'ml/debug': {} }, objects: [networkPolicy('x', trainFrom('{podSelector: {}}'))] },
    reached,
    'holds',
  ],
  [
    'a pod that the zone does not describe, opened',
    {
      pods: { 'ml/debug': { labels: { app: 'debug' } } },
      objects: [networkPolicy('x', '{podSelector: {matchLabels: {app: debug}}, policyTypes: [Egress], egress: [{}]}')],
    },
    strangers,
    'fails',
  ],
  [
    '… which is nothing to the pods that it does describe',
    {
      pods: { 'ml/debug': { labels: { app: 'debug' } } },
      objects: [networkPolicy('x', '{podSelector: {matchLabels: {app: debug}}, policyTypes: [Egress], egress: [{}]}')],
    },
    reaches,
    'holds',
  ],
  [
    'other nodes, of which the input shows none',
    { profile: 'cilium@1.19', objects: [ciliumPolicy('x', '{endpointSelector: {matchLabels: {app: train}}, egress: [{toEntities: [remote-node]}]}')] },
    reaches,
    'fails',
  ],
])('%s', (_, world, claim, wanted) => {
  expect(statusIn(world, claim)).toBe(wanted);
});

test('a refuted claim shows at most five packets and says how many passages there are', () => {
  const claim = claimsIn({ omit: ['policy deny', 'policy dns', 'policy store', 'policy peers'] }).get(reaches);
  expect(claim?.counterexamples).toHaveLength(5);
  expect(claim?.reasons).toEqual([expect.stringMatching(/^\d+ such passages in all/)]);
});
