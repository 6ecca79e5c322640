import { expect, test } from 'vitest';
import { between, ciliumPolicy, networkPolicy, statusIn, trainTo, type World } from '../../../cases/support/claims.ts';
import { portSetOf } from '../../engine/port-set-of.ts';
import type { PortMatch } from '../../model/policy.ts';
import type { ContainerPort } from '../../model/workload.ts';

const reaches = 'safety/reaches-only/train';

const listed = { data: [{ name: 'raw', cidrs: ['203.0.113.0/24'], port: 8443 }] };
const stores = '{namespaceSelector: {}, podSelector: {matchLabels: {app: minio}}}';
const cilium = { platform: { cni: 'cilium', region: 'us-east-1', dns: { nodeLocal: '169.254.20.10' } } };
const bucket = { data: [{ name: 'corpus', s3: { bucket: 'ours', endpoint: 's3.example.com', style: 'path' } }] };
const ask =
  '{toEndpoints: [{matchLabels: {"k8s:io.kubernetes.pod.namespace": kube-system, k8s-app: kube-dns}}], toPorts: [{ports: [{port: "53", protocol: UDP}, {port: "53", protocol: TCP}], rules: {dns: [{matchPattern: "*"}]}}]}';
const cnp = (egress: string): readonly string[] => [ciliumPolicy('x', `{endpointSelector: {matchLabels: {app: train}}, egress: [${egress}]}`)];
const name = (what: string, port: number): readonly string[] => cnp(`${ask}, {toFQDNs: [${what}], toPorts: [{ports: [{port: "${port}", protocol: TCP}]}]}`);
const jobs = { peers: 'same-job', jobs: ['a', 'b'], jobLabel: 'job' };
const twoJobs = { 'ml/one': { labels: { app: 'train', job: 'a' } }, 'ml/two': { labels: { app: 'train', job: 'b' } } };

test.each<readonly [string, World, 'holds' | 'fails']>([
  [
    'listed addresses on their port',
    { workload: listed, objects: [networkPolicy('x', trainTo('{ipBlock: {cidr: 203.0.113.0/24}}', '{port: 8443}'))], omit: ['policy store'] },
    'holds',
  ],
  [
    'listed addresses on another port',
    { workload: listed, objects: [networkPolicy('x', trainTo('{ipBlock: {cidr: 203.0.113.0/24}}', '{port: 8443, endPort: 8444}'))], omit: ['policy store'] },
    'fails',
  ],
  [
    'addresses beside the listed ones',
    { workload: listed, objects: [networkPolicy('x', trainTo('{ipBlock: {cidr: 203.0.112.0/23}}', '{port: 8443}'))], omit: ['policy store'] },
    'fails',
  ],
  [
    'the store on another port',
    {
      objects: [
        networkPolicy(
          'x',
          trainTo('{namespaceSelector: {matchLabels: {team: data, kubernetes.io/metadata.name: storage}}, podSelector: {matchLabels: {app: minio}}}'),
        ),
      ],
    },
    'fails',
  ],
  [
    'pods of another namespace with the labels of the store',
    { pods: { 'other/minio': {} }, objects: [networkPolicy('x', trainTo(stores, '{port: 9000}'))] },
    'fails',
  ],
  [
    'other pods of the namespace of the store',
    {
      pods: { 'storage/admin': {} },
      objects: [networkPolicy('x', trainTo('{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: storage}}}', '{port: 9000}'))],
    },
    'fails',
  ],
  [
    'a resolver on the own node, on its port, SCTP too',
    { zone: cilium, profile: 'cilium', objects: cnp('{toEntities: [host], toPorts: [{ports: [{port: "53", protocol: ANY}]}]}') },
    'fails',
  ],
  [
    'a resolver on the own node, on its port',
    { zone: cilium, profile: 'cilium', objects: cnp('{toEntities: [host], toPorts: [{ports: [{port: "53", protocol: UDP}, {port: "53", protocol: TCP}]}]}') },
    'holds',
  ],
  ['the own node on every port', { zone: cilium, profile: 'cilium', objects: cnp('{toEntities: [host]}') }, 'fails'],
  [
    'other nodes on the port of the resolver',
    { zone: cilium, profile: 'cilium', objects: cnp('{toEntities: [remote-node], toPorts: [{ports: [{port: "53", protocol: UDP}]}]}') },
    'fails',
  ],
  [
    'the name of the store',
    { zone: cilium, profile: 'cilium', workload: bucket, omit: ['policy store'], objects: name('{matchName: s3.example.com}', 443) },
    'holds',
  ],
  [
    'the name of the store on another port',
    { zone: cilium, profile: 'cilium', workload: bucket, omit: ['policy store'], objects: name('{matchName: s3.example.com}', 80) },
    'fails',
  ],
  ['another name', { zone: cilium, profile: 'cilium', workload: bucket, omit: ['policy store'], objects: name('{matchName: s4.example.com}', 443) }, 'fails'],
  [
    'peers of one job',
    {
      workload: jobs,
      pods: twoJobs,
      omit: ['policy peers'],
      objects: ['a', 'b'].map((job) => networkPolicy(job, between(`{matchLabels: {app: train, job: ${job}}}`, '{protocol: TCP}'))),
    },
    'holds',
  ],
  ['peers of two jobs', { workload: jobs, pods: twoJobs }, 'fails'],
  [
    'peers on the pinned range',
    {
      workload: { framework: 'other', collectives: { ports: '50000-52000' } },
      omit: ['policy peers'],
      objects: [networkPolicy('x', between('{matchLabels: {app: train}}', '{port: 50000, endPort: 52000}'))],
    },
    'holds',
  ],
  ['peers beside the pinned range', { workload: { framework: 'other', collectives: { ports: '50000-52000' } } }, 'fails'],
  [
    'peers by UDP',
    { omit: ['policy peers'], objects: [networkPolicy('x', between('{matchLabels: {app: train}}', '{protocol: TCP}, {protocol: UDP}'))] },
    'fails',
  ],
  [
    'peers, of a zone that opens the whole namespace',
    { workload: { peers: 'namespace' }, pods: { 'ml/debug': {} }, objects: [networkPolicy('x', between('{}', '{protocol: TCP}'))] },
    'holds',
  ],
  ['all of the namespace, of a zone that does not', { pods: { 'ml/debug': {} }, objects: [networkPolicy('x', between('{}', '{protocol: TCP}'))] }, 'fails'],
])('%s', (_, world, wanted) => {
  expect(statusIn(world, reaches)).toBe(wanted);
});

const port = (port: PortMatch['port'], endPort: number | null = null, protocol: PortMatch['protocol'] = 'TCP'): PortMatch => ({ protocol, port, endPort });
const declared = (name: string, number: number, protocol: ContainerPort['protocol']): ContainerPort => ({ name, port: number, protocol, hostPort: null });

test.each<readonly [string, readonly PortMatch[], readonly ContainerPort[] | null, string]>([
  ['nothing', [], null, '{}'],
  ['one port', [port(80)], null, '80/TCP'],
  ['a range, both ends in it', [port(80, 90)], null, '80-90/TCP'],
  ['all ports', [port(null, null, 'UDP')], null, '0-65535/UDP'],
  ['three protocols', [port(53, null, 'ANY')], null, '53/TCP 53/UDP 53/SCTP'],
  ['a name', [port('web')], [declared('dns', 53, 'TCP'), declared('web', 8080, 'TCP')], '8080/TCP'],
  ['a name of another protocol', [port('web')], [declared('web', 8080, 'UDP')], '{}'],
  ['a name, where there is no pod', [port('web')], null, '{}'],
])('ports: %s', (_, items, ports, wanted) => {
  const set = portSetOf(items, ports === null ? null : { ports });
  const text = (['TCP', 'UDP', 'SCTP'] as const).flatMap((p) => set.on(p).map(([low, high]) => `${low === high ? low : `${low}-${high}`}/${p}`)).join(' ');
  expect(text === '' ? '{}' : text).toBe(wanted);
});
