import { expect, test } from 'vitest';
import { ciliumPolicy, claimsIn, networkPolicy, statusIn, trainTo, type World } from '../../../cases/support/claims.ts';

const peers = 'liveness/peers/train';
const dns = 'liveness/dns/train';
const store = 'liveness/data/features/train';
const raw = 'liveness/data/raw/train';

/** Numbered pods: rules can tell one replica from another. */
const numbered: NonNullable<World['pods']> = { 'ml/train': { kind: 'StatefulSet', replicas: 2 } };
const notSecond = '{matchLabels: {app: train}, matchExpressions: [{key: apps.kubernetes.io/pod-index, operator: NotIn, values: ["1"]}]}';
const listed = { data: [{ name: 'raw', cidrs: ['203.0.113.0/24'], port: 8443 }] };
const cilium = { platform: { cni: 'cilium', dns: { nodeLocal: '169.254.20.10' } } };
const train = '{matchLabels: {app: train}}';
const toDns =
  '{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}], ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}';
const withoutDns = { omit: ['policy dns'] };
const host = (ports: string): string => ciliumPolicy('x', `{endpointSelector: ${train}, egress: [{toEntities: [host], toPorts: [{ports: [${ports}]}]}]}`);
const perhapsStore = '{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: storage, env: x}}, podSelector: {matchLabels: {app: minio}}}';

const corpus = 'liveness/data/corpus/train';
const ask =
  '{toEndpoints: [{matchLabels: {"k8s:io.kubernetes.pod.namespace": kube-system, k8s-app: kube-dns}}], toPorts: [{ports: [{port: "53", protocol: UDP}], rules: {dns: [{matchPattern: "*"}]}}]}';
const named = (name: string, layer7 = ''): string =>
  ciliumPolicy(
    'x',
    `{endpointSelector: ${train}, egress: [${ask}, {toFQDNs: [{matchName: ${name}}], toPorts: [{ports: [{port: "443", protocol: TCP}]${layer7}}]}]}`,
  );
const bucket = (policy: string): World => ({
  zone: { platform: { cni: 'cilium', region: 'us-east-1' } },
  profile: 'cilium',
  workload: { data: [{ name: 'corpus', s3: { bucket: 'ours' } }] },
  objects: [policy],
});

test.each<readonly [string, World, string, 'holds' | 'fails' | 'undecided']>([
  [
    'one worker of two that dials nobody',
    {
      pods: numbered,
      omit: ['policy peers'],
      objects: [
        networkPolicy(
          'x',
          `{podSelector: ${train}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: ${notSecond}}]}], egress: [{to: [{podSelector: ${train}}]}]}`,
        ),
      ],
    },
    peers,
    'fails',
  ],
  ['numbered workers that all do', { pods: numbered }, peers, 'holds'],
  ['one direction of two', { omit: ['policy peers'], objects: [networkPolicy('x', trainTo('{podSelector: {matchLabels: {app: train}}}'))] }, peers, 'fails'],
  ['a job that the zone does not list', { workload: { peers: 'same-job', jobs: ['a'], jobLabel: 'job' } }, peers, 'undecided'],
  [
    'a job that it lists',
    { workload: { peers: 'same-job', jobs: ['a'], jobLabel: 'job' }, pods: { 'ml/train': { replicas: 2, labels: { job: 'a' } } } },
    peers,
    'holds',
  ],

  [
    'one worker of two that asks no DNS',
    { ...withoutDns, pods: numbered, objects: [networkPolicy('x', `{podSelector: ${notSecond}, policyTypes: [Egress], egress: [{to: [${toDns}]}]}`)] },
    dns,
    'fails',
  ],
  ['no DNS rule', withoutDns, dns, 'fails'],
  [
    'DNS by UDP alone',
    {
      ...withoutDns,
      objects: [networkPolicy('x', `{podSelector: ${train}, policyTypes: [Egress], egress: [{to: [${toDns.replace(', {protocol: TCP, port: 53}', '')}]}]}`)],
    },
    dns,
    'fails',
  ],
  ['no DNS pod in the input', { omit: ['kube-system/coredns'] }, dns, 'undecided'],
  [
    'no DNS pod but a finished one',
    { omit: ['kube-system/coredns'], pods: { 'kube-system/done': { labels: { 'k8s-app': 'kube-dns' }, phase: 'Succeeded', node: 'n1', ips: ['10.1.0.9'] } } },
    dns,
    'undecided',
  ],
  ['a DNS pod of another namespace', { omit: ['kube-system/coredns'], pods: { 'other/coredns': { labels: { 'k8s-app': 'kube-dns' } } } }, dns, 'undecided'],

  [
    'one pod of the store is shut',
    {
      pods: { 'storage/minio': { kind: 'StatefulSet', replicas: 2 } },
      objects: [networkPolicy('x', '{podSelector: {matchLabels: {apps.kubernetes.io/pod-index: "1"}}, policyTypes: [Ingress]}', 'storage')],
    },
    store,
    'fails',
  ],
  ['all pods of the store are open', { pods: { 'storage/minio': { kind: 'StatefulSet', replicas: 2 } } }, store, 'holds'],
  ['no store in the input', { omit: ['storage/minio'] }, store, 'undecided'],
  [
    'a store in a namespace whose labels nobody gave',
    { omit: ['storage', 'policy store'], objects: [networkPolicy('x', trainTo(perhapsStore, '{port: 9000}'))] },
    store,
    'undecided',
  ],
  [
    'a store on another port',
    { omit: ['policy store'], objects: [networkPolicy('x', trainTo('{namespaceSelector: {}, podSelector: {matchLabels: {app: minio}}}', '{port: 9001}'))] },
    store,
    'fails',
  ],

  ['listed addresses', { workload: listed, objects: [networkPolicy('x', trainTo('{ipBlock: {cidr: 203.0.113.0/24}}', '{port: 8443}'))] }, raw, 'holds'],
  [
    'half of the listed addresses',
    { workload: listed, objects: [networkPolicy('x', trainTo('{ipBlock: {cidr: 203.0.113.0/25}}', '{port: 8443}'))] },
    raw,
    'fails',
  ],

  ['a bucket, by the one name that work stops without', bucket(named('ours.s3.us-east-1.amazonaws.com')), corpus, 'holds'],
  ['a bucket, by the name of old clients alone', bucket(named('ours.s3.amazonaws.com')), corpus, 'fails'],
  ['a bucket, behind another TLS server name', bucket(named('ours.s3.us-east-1.amazonaws.com', ', serverNames: [other.example.com]')), corpus, 'fails'],
  ['a bucket, behind HTTP rules', bucket(named('ours.s3.us-east-1.amazonaws.com', ', rules: {http: [{method: GET}]}')), corpus, 'undecided'],
  [
    'listed addresses but for the metadata services in them',
    {
      workload: { data: [{ name: 'raw', cidrs: ['169.254.0.0/16'], port: 8443 }] },
      objects: [networkPolicy('x', trainTo('{ipBlock: {cidr: 169.254.0.0/16, except: [169.254.169.254/32, 169.254.170.2/32]}}', '{port: 8443}'))],
    },
    raw,
    'holds',
  ],
  [
    'a resolver on the own node',
    { zone: cilium, profile: 'cilium', objects: [host('{port: "53", protocol: UDP}, {port: "53", protocol: TCP}')] },
    dns,
    'holds',
  ],
  ['a resolver on the own node, shut', { zone: cilium, profile: 'cilium', objects: [host('{port: "54", protocol: UDP}')] }, dns, 'fails'],

  ['a pod that the level of the namespace refuses', { pods: { 'ml/train': { replicas: 1, hostNetwork: true } } }, 'liveness/admitted/train', 'fails'],
  [
    'a namespace without a level refuses nothing',
    { namespaces: { ml: {} }, pods: { 'ml/train': { replicas: 1, hostNetwork: true } } },
    'liveness/admitted/train',
    'holds',
  ],
])('%s', (_, world, claim, wanted) => {
  expect(statusIn(world, claim)).toBe(wanted);
});

test('what is undecided says what to give', () => {
  expect(claimsIn({ omit: ['kube-system/coredns'] }).get(dns)?.reasons).toEqual([
    'no pod in namespace kube-system has the labels k8s-app=kube-dns: give their manifests',
  ]);
  expect(claimsIn({ workload: { peers: 'same-job', jobs: ['a'], jobLabel: 'job' } }).get(peers)?.reasons).toEqual([
    expect.stringContaining('ml/train[Deployment]: of a job that the zone does not list'),
  ]);
});
