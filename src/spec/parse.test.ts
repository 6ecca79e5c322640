import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseZone, readZones } from './parse.ts';

const good = `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: llm}
spec:
  platform: {cni: cilium, cloud: aws, region: us-east-1}
  namespace: {name: ai-training}
  workloads:
  - name: pretrain
    selector: {app: pretrain}
    data:
    - {name: corpus, s3: {bucket: my-data}}
`;

/** Every error as `line:column code`, in order. */
function faults(text: string): readonly string[] {
  const { diagnostics, locator } = readZones([{ file: 'zone.yaml', text }]);
  return diagnostics.map((one) => {
    if (one.origin === null) return one.code;
    const place = locator.locate(one.origin, one.code === 'unknown-field' ? 'key' : 'value');
    return `${place.line}:${place.column} ${one.severity === 'warning' ? 'warning ' : ''}${one.code}`;
  });
}

const spec = (lines: string): string => good + lines;
const swap = (from: string, to: string): string => {
  expect(good).toContain(from);
  return good.replace(from, to);
};

describe('a zone', () => {
  test('gets every default filled in', () => {
    const result = parseZone(good, 'zone.yaml');
    expect(result.diagnostics).toEqual([]);
    if (!result.ok) return;
    const { platform, namespace, nodes, workloads, protected: zones } = result.value.zone.spec;
    expect(platform.dns).toEqual({
      namespace: 'kube-system',
      selector: { 'k8s-app': 'kube-dns' },
      nodeLocal: null,
      domain: 'cluster.local',
      searchDomains: null,
    });
    expect([namespace.quota, namespace.podSecurity, nodes, zones]).toEqual([null, null, null, []]);
    expect(workloads[0]).toMatchObject({
      peers: 'same-workload',
      collectives: { backend: 'nccl', transport: 'tcp', ports: null },
      identity: null,
      services: [],
      clients: [],
    });
    expect(workloads[0]?.data[0]).toMatchObject({ access: 'read', s3: { style: 'virtual-hosted', region: null }, port: 443 });
  });

  test('counts null as absent', () => {
    expect(faults(spec('    services:\n    identity: ~\n  nodes:\n'))).toEqual([]);
  });

  test.each([
    ['an unknown field, with the one that was meant', swap('selector:', 'selctor:'), ['8:5 missing-field', '9:5 unknown-field']],
    ['an unknown CNI', swap('cni: cilium', 'cni: celium'), ['5:19 wrong-value']],
    ['a number where text is wanted', swap('app: pretrain', 'app: 5'), ['9:21 wrong-type']],
    ['an empty selector', swap('{app: pretrain}', '{}'), ['9:15 wrong-value']],
    ['a label that is none', swap('app: pretrain', 'app: "a b"'), ['9:21 wrong-value']],
    ['a label key that is none', swap('app: pretrain', '"-x": a'), ['9:22 wrong-key']],
    ['no workload at all', good.slice(0, good.indexOf('  - name')).replace('workloads:', 'workloads: []'), ['7:14 too-small']],
    ['a missing region', swap(', region: us-east-1', ''), ['11:26 region-missing']],
    ['a bucket with dots', swap('my-data', 'my.data'), ['11:35 bucket-with-dots']],
    ['a data set in two places', swap('{bucket: my-data}', '{bucket: my-data}, gcs: {bucket: x-y-z}'), ['11:7 several-locations']],
    ['a data set nowhere', swap(', s3: {bucket: my-data}', ''), ['11:7 location-missing']],
    ['two data sets of one name', spec('    - {name: corpus, s3: {bucket: other}}\n'), ['12:7 name-twice']],
    ['the metadata service among addresses', swap('s3: {bucket: my-data}', 'cidrs: [10.0.0.0/8, 169.254.169.254/32]'), ['11:42 metadata-listed']],
    ['a CIDR with host bits', swap('s3: {bucket: my-data}', 'cidrs: [10.0.0.5/8]'), ['11:30 wrong-value']],
    [
      'protected addresses among wanted ones',
      `${swap('s3: {bucket: my-data}', 'cidrs: [10.1.0.0/16]')}  protected: [{name: p, cidrs: [10.0.0.0/8]}]\n`,
      ['11:30 wanted-and-protected'],
    ],
    ['a zone that protects itself', spec('  protected: [{name: p, namespaces: [ai-training]}]\n'), ['12:37 protects-itself']],
    ['a protected zone without content', spec('  protected: [{name: p}]\n'), ['12:15 location-missing']],
    ['an unknown service', spec('    services: [wandb-ofline]\n'), ['12:16 unknown-service']],
    ['a package index without its host', spec('    services: [python-index]\n'), ['12:16 hosts-missing']],
    ['a package index of ours', spec('    services: [{profile: python-index, hosts: [pip.example.com]}]\n'), []],
    ['hosts for a profile that has its own', spec('    services: [{profile: wandb, hosts: [wandb.example.com]}]\n'), ['12:40 hosts-are-known']],
    ['a fault inside a service spelled out', spec('    services: [{name: x, hosts: [a.example.com], prot: 443}]\n'), ['12:50 unknown-field']],
    [
      'pinned ports for a framework that ignores the pin',
      spec('    framework: horovod\n    collectives: {ports: 50000-52000}\n'),
      ['13:26 ports-cannot-be-pinned'],
    ],
    ['pinned ports for Open MPI, which a variable pins', spec('    framework: mpi\n    collectives: {ports: 50000-52000, backend: mpi}\n'), []],
    ['a pinned range upside down', spec('    collectives: {ports: 52000-50000}\n'), ['12:26 wrong-value']],
    ['few pinned ports', spec('    collectives: {ports: 50000-50100}\n'), ['12:26 warning pinned-range-small']],
    ['a role without account', spec('    identity: {serviceAccount: a, irsa: {role: reader}}\n'), ['12:48 role-incomplete']],
    [
      'two identities',
      spec('    identity: {serviceAccount: a, podIdentity: {}, azure: {clientId: 11111111-2222-3333-4444-555555555555}}\n'),
      ['12:15 several-identities'],
    ],
    [
      'RDMA under restricted',
      `${swap('{name: ai-training}', '{name: ai-training, podSecurity: restricted}')}    collectives: {transport: roce}\n`,
      ['6:47 warning rdma-needs-ipc-lock'],
    ],
    [
      'quota on limits of GPUs',
      swap('{name: ai-training}', '{name: ai-training, quota: {extra: {limits.nvidia.com/gpu: "4"}}}'),
      ['6:73 quota-limits-extended-resource'],
    ],
    [
      'a label that is made',
      swap('{name: ai-training}', '{name: ai-training, labels: {pod-security.kubernetes.io/enforce: baseline}}'),
      ['6:79 label-is-made'],
    ],
    ['a taint that is none', spec('  nodes: {labels: {a: b}, taint: gpu}\n'), ['12:34 wrong-value']],
    ['exclusive nodes without taint', spec('  nodes: {labels: {a: b}}\n'), ['12:10 warning exclusive-without-taint']],
    [
      'a service account with two identities',
      spec('    identity: {serviceAccount: a}\n  - {name: b, selector: {b: b}, identity: {serviceAccount: a, podIdentity: {}}}\n'),
      ['13:43 account-shared'],
    ],
    ['jobs that have no effect', spec('    jobs: [a]\n'), ['12:11 warning jobs-without-same-job']],
    [
      'a store in a protected namespace',
      spec('    - {name: f, objectStore: {namespace: storage, selector: {a: b}, port: 9000}}\n  protected: [{name: p, namespaces: [storage]}]\n'),
      ['12:42 wanted-and-protected'],
    ],
    ['another kind', 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n', ['2:7 not-a-zone']],
    ['broken YAML', 'kind: TrainingZone\nspec: {a: [}\n', ['2:12 yaml-syntax']],
    ['a key that no copy survives', swap('app: pretrain', 'app: pretrain, __proto__: x'), ['9:42 wrong-key']],
  ] as const)('names %s at its place', (_what, text, expected) => {
    expect(faults(text)).toEqual(expected);
  });

  test('says what was meant', () => {
    const { diagnostics } = readZones([{ file: 'z', text: swap('cni: cilium', 'cni: celium').replace('workloads:', 'workload:') }]);
    expect(diagnostics.map((one) => one.hint)).toEqual(['Did you mean cilium?', 'What runs, and what it needs.', 'Did you mean workloads?']);
  });

  test('reports every fault of every zone, and faults between zones', () => {
    const second = good.replace('name: pretrain', 'name: Pretrain');
    expect(faults(`${good}---\n${second}---\n${good}`)).toEqual(['20:11 wrong-value', '27:18 zone-twice', '30:21 zones-share-namespace']);
  });

  test('an empty file is a fault', () => {
    expect(faults('# nothing\n')).toEqual(['1:1 no-zone']);
  });

  test('never throws, whatever the values are', () => {
    const document = fc.record({
      apiVersion: fc.constant('ringfence.dev/v1alpha1'),
      kind: fc.constant('TrainingZone'),
      metadata: fc.jsonValue(),
      spec: fc.jsonValue({ maxDepth: 6 }),
    });
    fc.assert(
      fc.property(document, (value) => void readZones([{ file: 'z', text: JSON.stringify(value) }])),
      { numRuns: 300 },
    );
  });
});
