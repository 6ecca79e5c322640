import { describe, expect, test } from 'vitest';
import type { WorkloadIntent } from './intents.ts';
import { zoneIntents } from './intents.ts';
import { parseZone } from './parse.ts';

function intent(platform: string, workload: string, rest = ''): WorkloadIntent {
  const text = `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: z}
spec:
  platform: ${platform}
  namespace: {name: training}
  workloads:
  - {name: w, selector: {app: w}, ${workload}}
${rest}`;
  const result = parseZone(text, 'zone.yaml');
  expect(result.diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
  if (!result.ok) throw new Error('the zone has errors');
  const [first] = zoneIntents(result.value).workloads;
  if (first === undefined) throw new Error('no workload');
  return first;
}

const aws = '{cni: cilium, cloud: aws, region: us-east-1}';
const plain = '{cni: kubernetes, cloud: aws, region: us-east-1}';
const need = (of: WorkloadIntent, id: string) => of.needs.find((one) => one.id === id);

describe('intents', () => {
  test('DNS is needed by every workload, over UDP and TCP', () => {
    const dns = need(intent(plain, ''), 'dns');
    expect(dns?.targets).toEqual([{ kind: 'pods', namespace: 'kube-system', selector: { 'k8s-app': 'kube-dns' } }]);
    expect(dns?.ports.map((one) => [one.protocol, one.port])).toEqual([
      ['UDP', 53],
      ['TCP', 53],
    ]);
  });

  test.each([
    ['kubernetes', '169.254.20.10', { kind: 'addresses', cidrs: ['169.254.20.10/32'], except: [] }],
    ['cilium', '169.254.20.10', { kind: 'own-node' }],
    ['cilium', '169.254.169.254', { kind: 'addresses', cidrs: ['169.254.169.254/32'], except: [] }],
    ['kubernetes', 'fd00::a', { kind: 'addresses', cidrs: ['fd00::a/128'], except: [] }],
  ])('on %s a resolver at %s is reached as the CNI sees it', (cni, nodeLocal, target) => {
    expect(need(intent(`{cni: ${cni}, dns: {nodeLocal: "${nodeLocal}"}}`, ''), 'dns')?.targets[1]).toEqual(target);
  });

  test('names to resolve are the outside hosts, and what search domains make of them', () => {
    expect(intent(aws, 'data: [{name: d, s3: {bucket: my-data}}]').names).toEqual([
      { kind: 'exact', name: 'my-data.s3.us-east-1.amazonaws.com' },
      { kind: 'exact', name: 'my-data.s3.amazonaws.com' },
      { kind: 'any-depth-under', domain: 'cluster.local' },
      { kind: 'any-depth-under', domain: 'ec2.internal' },
    ]);
  });

  test.each([
    ['s3: {bucket: b-1}', ['b-1.s3.us-east-1.amazonaws.com', 'b-1.s3.amazonaws.com'], 'own'],
    ['s3: {bucket: b-1, region: eu-west-1}', ['b-1.s3.eu-west-1.amazonaws.com'], 'own'],
    ['s3: {bucket: b-1, region: cn-north-1}', ['b-1.s3.cn-north-1.amazonaws.com.cn'], 'own'],
    ['s3: {bucket: b-1, style: path}', ['s3.us-east-1.amazonaws.com', 's3.amazonaws.com'], 'shared-front-end'],
    ['s3: {bucket: b-1, endpoint: s3.dualstack.us-east-1.amazonaws.com}', ['b-1.s3.dualstack.us-east-1.amazonaws.com'], 'own'],
    ['gcs: {bucket: b-1}', ['storage.googleapis.com'], 'shared-front-end'],
    ['azureBlob: {account: acct, container: c-1}', ['acct.blob.core.windows.net', 'acct.dfs.core.windows.net'], 'own'],
  ])('%s is reached at its exact hosts', (location, hosts, tenancy) => {
    const data = need(intent(aws, `data: [{name: d, ${location}, cidrs: [10.9.0.0/16]}]`), 'data/d');
    expect(data?.targets).toMatchObject([{ kind: 'names', hosts: hosts.map((name) => ({ intent: { kind: 'exact', name } })) }]);
    expect([data?.tenancy, data?.ports]).toEqual([tenancy, [{ protocol: 'TCP', port: 443, endPort: null }]]);
  });

  test('without names, listed addresses count, and serve every tenant', () => {
    const data = need(intent(plain, 'data: [{name: d, s3: {bucket: b-1}, cidrs: [10.9.0.0/16]}]'), 'data/d');
    expect(data?.targets).toEqual([{ kind: 'addresses', cidrs: ['10.9.0.0/16'], except: [] }]);
    expect(data?.tenancy).toBe('shared-front-end');
  });

  test('broad addresses never take metadata services, protected addresses or the cluster with them', () => {
    const of = intent(
      '{cni: kubernetes, ranges: {pods: [10.244.0.0/16], nodes: [10.0.0.0/24], services: [10.0.0.128/25]}}',
      'data: [{name: d, cidrs: [0.0.0.0/0, "::/0", 10.244.7.0/24]}]',
      '  protected: [{name: p, cidrs: [10.20.0.0/16, 192.168.0.0/16, "fd12::/16"]}]\n',
    );
    expect(need(of, 'data/d')?.targets).toEqual([
      {
        kind: 'addresses',
        cidrs: ['0.0.0.0/0'],
        except: [
          '169.254.169.254/32',
          '169.254.170.2/32',
          '100.100.100.200/32',
          '168.63.129.16/32',
          '10.20.0.0/16',
          '192.168.0.0/16',
          '10.244.0.0/16',
          '10.0.0.0/24',
        ],
      },
      { kind: 'addresses', cidrs: ['::/0'], except: ['fd00:ec2::254/128', 'fd12::/16'] },
      { kind: 'addresses', cidrs: ['10.244.7.0/24'], except: [] },
    ]);
  });

  test.each([
    [
      aws,
      'irsa: {role: "arn:aws:iam::123456789012:role/r"}',
      'credentials/irsa',
      [
        {
          kind: 'names',
          hosts: [
            { intent: { kind: 'exact', name: 'sts.us-east-1.amazonaws.com' }, required: true },
            { intent: { kind: 'exact', name: 'sts.amazonaws.com' }, required: false },
          ],
        },
      ],
      [443],
    ],
    [
      '{cni: kubernetes, region: us-gov-west-1}',
      'irsa: {role: "arn:aws-us-gov:iam::123456789012:role/r"}',
      'credentials/irsa',
      [{ kind: 'names', hosts: [{ intent: { kind: 'exact', name: 'sts.us-gov-west-1.amazonaws.com' }, required: true }] }],
      [443],
    ],
    [plain, 'podIdentity: {}', 'credentials/pod-identity', [{ cidrs: ['169.254.170.23/32'] }, { cidrs: ['fd00:ec2::23/128'] }], [80]],
    [aws, 'podIdentity: {}', 'credentials/pod-identity', [{ kind: 'own-node' }], [80]],
    [aws, 'gke: {serviceAccount: a@b.iam.gserviceaccount.com}', 'credentials/gke', [{ cidrs: ['169.254.169.254/32'] }], [80, 8080]],
    [plain, 'gke: {serviceAccount: a@b.iam.gserviceaccount.com, dataplane: v1}', 'credentials/gke', [{ cidrs: ['169.254.169.252/32'] }], [987, 988]],
  ])('on %s, %s needs its own endpoint', (platform, mechanism, id, targets, ports) => {
    const credentials = need(intent(platform, `identity: {serviceAccount: a, ${mechanism}}`), id);
    expect(credentials?.targets).toMatchObject(targets);
    expect(credentials?.ports.map((one) => one.port)).toEqual(ports);
  });

  test('without an identity no credential endpoint is needed', () => {
    expect(intent(aws, '').needs.map((one) => one.id)).toEqual(['dns']);
    expect(intent(aws, 'identity: {serviceAccount: a}').needs.map((one) => one.id)).toEqual(['dns']);
  });

  test('an offline service needs nothing, another its hosts', () => {
    expect(intent(aws, 'services: [wandb-offline]').needs.map((one) => one.id)).toEqual(['dns']);
    expect(need(intent(aws, 'services: [wandb]'), 'service/wandb')?.tenancy).toBe('shared-front-end');
    expect(need(intent(aws, 'services: [{name: x, pods: {namespace: mlops, selector: {a: b}}, port: 5000}]'), 'service/x')?.targets).toEqual([
      { kind: 'pods', namespace: 'mlops', selector: { a: 'b' } },
    ]);
  });

  test.each([
    ['peers: same-workload', [{ app: 'w' }]],
    ['peers: namespace', [{}]],
    ['peers: same-job', []],
    [
      'peers: same-job, jobs: [j, k]',
      [
        { app: 'w', 'training.kubeflow.org/job-name': 'j' },
        { app: 'w', 'training.kubeflow.org/job-name': 'k' },
      ],
    ],
  ])('%s makes groups of peers', (peers, selectors) => {
    expect(intent(plain, peers).peers.groups.map((group) => group.selector)).toEqual(selectors);
  });

  test('peers use every TCP port, or the pinned range with the fixed ports beside it', () => {
    expect(intent(plain, '').peers).toMatchObject({ ports: [{ protocol: 'TCP', port: null }], pinned: null });
    expect(intent(plain, 'framework: pytorch, collectives: {ports: 29000-32000}').peers).toMatchObject({
      ports: [
        { port: 23456, endPort: null },
        { port: 29000, endPort: 32000 },
      ],
      pinned: { low: 29000, high: 32000 },
    });
    expect(intent(plain, 'framework: pytorch, collectives: {ports: 50000-52000, backend: mpi}').peers.ports.map((p) => p.port)).toEqual([
      22, 2222, 23456, 29400, 29500, 50000,
    ]);
  });
});
