import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { stableJson } from '../kernel/stable.ts';
import type { Policy } from '../model/policy.ts';
import { parseZone } from '../spec/parse.ts';
import type { LoadedZone } from '../spec/zone.ts';
import { compile, compileAll } from './generate.ts';
import { loadSnapshot } from './load.ts';

function zone(spec: object): LoadedZone {
  const text = JSON.stringify({ apiVersion: 'ringfence.dev/v1alpha1', kind: 'TrainingZone', metadata: { name: 'z' }, spec });
  const result = parseZone(text, 'zone.json');
  if (!result.ok) throw new Error(stableJson(result.diagnostics.map((one) => one.message)));
  return result.value;
}

const workload = { name: 'w', selector: { app: 'w' } };
const base = { platform: { cni: 'kubernetes' }, namespace: { name: 'training' }, workloads: [workload] };

/** Refusals as `code path`. */
function refused(spec: object): readonly string[] {
  const result = compile(zone(spec));
  return result.ok ? [] : result.diagnostics.map((one) => `${one.code} ${one.origin?.path.join('.')}`);
}

function policiesOf(loaded: LoadedZone): readonly Policy[] | null {
  const result = compile(loaded);
  if (!result.ok) return null;
  const read = loadSnapshot(result.value.files.filter((file) => file.path.endsWith('.yaml')).map((file) => ({ file: file.path, text: file.text })));
  expect(read.diagnostics).toEqual([]);
  return read.snapshot.policies;
}

describe('generate', () => {
  test.each([
    ['S3 by name under NetworkPolicy', { data: [{ name: 'd', s3: { bucket: 'b-1', region: 'us-east-1' } }] }, ['names-need-addresses spec.workloads.0.data.0']],
    [
      'every need that lacks words',
      { data: [{ name: 'd', gcs: { bucket: 'b-1' } }], services: ['wandb'] },
      ['names-need-addresses spec.workloads.0.data.0', 'names-need-addresses spec.workloads.0.services.0'],
    ],
    ['jobs apart without their names', { peers: 'same-job' }, ['same-job-needs-jobs spec.workloads.0.peers']],
  ])('refuses %s', (_what, part, expected) => {
    expect(refused({ ...base, workloads: [{ ...workload, ...part }] })).toEqual(expected);
  });

  test.each([
    ['mpi', { OMPI_MCA_btl_tcp_port_min_v4: '50000', OMPI_MCA_btl_tcp_port_range_v4: '2001' }],
    ['paddle', { PORT_RANGE: '50000:52000' }],
    ['pytorch', {}],
  ])('pinned ports of %s come with the sysctl and with what it does not move', (framework, variables) => {
    const result = compile(zone({ ...base, workloads: [{ ...workload, framework, collectives: { ports: '50000-52000' } }] }));
    if (!result.ok) throw new Error(stableJson(result.diagnostics.map((one) => one.message)));
    const text = (path: string): string => result.value.files.find((file) => file.path === path)?.text ?? '';
    const fragment = parse(text('workload-scheduling.patch.yaml')).spec;
    expect(fragment.securityContext.sysctls).toEqual([{ name: 'net.ipv4.ip_local_port_range', value: '50000 52000' }]);
    expect(Object.fromEntries((fragment.containers[0].env ?? []).map(({ name, value }: { name: string; value: string }) => [name, value]))).toEqual(variables);
    expect(text('30-intra-job.yaml')).toContain('endPort: 52000');
    for (const name of Object.keys(variables)) expect(text('README.md')).toContain(name);
  });

  test('the README says what job labels are worth, and what they cost under Cilium', () => {
    const jobs = { ...workload, peers: 'same-job', jobs: ['j'] };
    const readme = (cni: string): string => {
      const result = compile(zone({ ...base, platform: { cni }, workloads: [jobs] }));
      return result.ok ? (result.value.files.find((file) => file.path === 'README.md')?.text ?? '') : '';
    };
    expect(readme('kubernetes')).toContain('The label of a job can be written on any pod');
    expect(readme('kubernetes')).not.toContain('security identity');
    for (const cni of ['cilium', 'gke', 'aks-cilium'])
      expect(readme(cni)).toContain(
        'each name of a job is one more security identity, of at most 65,535 in a cluster; where training.kubeflow.org/job-name is left out',
      );
  });

  test('refuses names that would make two policies one', () => {
    const store = { namespace: 'storage', selector: { a: 'b' }, port: 9000 };
    expect(
      refused({
        ...base,
        workloads: [
          { ...workload, data: [{ name: 'dns', objectStore: store }] },
          { name: 'w-data', selector: { app: 'v' } },
        ],
      }),
    ).toEqual(['policy-name-twice spec.platform.dns']);
  });

  test('a refusal names the field that mends it', () => {
    const result = compile(zone({ ...base, workloads: [{ ...workload, data: [{ name: 'd', gcs: { bucket: 'b-1' } }] }] }));
    expect(result.diagnostics[0]?.hint).toContain('spec.workloads[0].data[0].cidrs');
    expect(result.diagnostics[0]?.hint).toContain('platform.cni: cilium');
  });

  test('one refused zone refuses all', () => {
    const good = zone(base);
    const bad = zone({ ...base, workloads: [{ ...workload, peers: 'same-job' }] });
    expect(compileAll([good]).ok).toBe(true);
    expect(compileAll([good, bad]).ok).toBe(false);
  });

  test('the kustomization lists exactly the files that hold objects', () => {
    const result = compile(zone({ ...base, nodes: { labels: { a: 'b' } } }));
    if (!result.ok) throw new Error('refused');
    const files = result.value.files.map((file) => file.path);
    expect(files).toEqual([
      '00-namespace.yaml',
      '20-default-deny.yaml',
      '30-intra-job.yaml',
      '40-dns.yaml',
      'README.md',
      'admission/elsewhere.yaml',
      'admission/kustomization.yaml',
      'admission/training.yaml',
      'kustomization.yaml',
      'nodes/label-and-taint.sh',
      'workload-scheduling.patch.yaml',
    ]);
    expect(result.value.files.find((file) => file.path === 'kustomization.yaml')?.text).toBe(
      '# Everything of zone z that the API server takes: kubectl apply -k .\n# app.kubernetes.io/managed-by: ringfence\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - 00-namespace.yaml\n  - 20-default-deny.yaml\n  - 30-intra-job.yaml\n  - 40-dns.yaml\n',
    );
    expect(result.value.files.every((file) => file.text.endsWith('\n'))).toBe(true);
  });

  test('user text cannot leave its comment or its cell', () => {
    const cluster = 'a|b <img src=x> `c` [d](e) @f # g';
    const result = compile(
      zone({ ...base, platform: { cni: 'cilium', cluster }, workloads: [{ ...workload, data: [{ name: 'd', gcs: { bucket: 'b: [#' } }] }] }),
    );
    if (!result.ok) throw new Error('refused');
    const readme = result.value.files.find((file) => file.path === 'README.md')?.text ?? '';
    expect(readme).toContain('a\\|b \\<img src=x\\> \\`c\\` \\[d\\](e) \\@f \\# g');
    expect(readme).not.toMatch(/[^\\]<img/);
  });
});

const label = fc.constantFrom('a', 'b', 'c');
const selector = fc.record({ app: label });
const cidr = fc.constantFrom('10.0.0.0/8', '0.0.0.0/0', '::/0', '10.1.2.0/24', '169.254.0.0/16', 'fd00::/8');
const dataSet = fc.oneof(
  fc.record({
    s3: fc.record({ bucket: fc.constantFrom('b-1', 'b-2'), style: fc.constantFrom('path', 'virtual-hosted') }),
    cidrs: fc.array(cidr, { maxLength: 2 }),
  }),
  fc.record({ gcs: fc.record({ bucket: fc.constant('b-3') }), cidrs: fc.array(cidr, { maxLength: 2 }) }),
  fc.record({ objectStore: fc.record({ namespace: fc.constantFrom('storage', 'training'), selector, port: fc.integer({ min: 1, max: 65535 }) }) }),
  fc.record({ cidrs: fc.array(cidr, { minLength: 1, maxLength: 3 }), port: fc.integer({ min: 1, max: 65535 }) }),
);
const anyWorkload = fc.record({
  selector,
  collectives: fc.record({ ports: fc.constantFrom('any', '50000-52000'), transport: fc.constantFrom('tcp', 'infiniband') }),
  peers: fc.constantFrom('same-job', 'same-workload', 'namespace'),
  jobs: fc.uniqueArray(label, { maxLength: 2 }),
  identity: fc.constantFrom(
    undefined,
    { serviceAccount: 's' },
    { serviceAccount: 's', podIdentity: {} },
    { serviceAccount: 's', irsa: { role: 'arn:aws:iam::123456789012:role/r' } },
  ),
  data: fc.array(dataSet, { maxLength: 3 }).map((sets) => sets.map((set, index) => ({ name: `d${index}`, ...set }))),
  services: fc.subarray(['wandb', 'wandb-offline']),
});
const anyZone = fc
  .record({
    platform: fc.record({ cni: fc.constantFrom('kubernetes', 'cilium'), cloud: fc.constantFrom('aws', 'none'), region: fc.constant('us-east-1') }),
    namespace: fc.constant({ name: 'training' }),
    workloads: fc
      .array(anyWorkload, { minLength: 1, maxLength: 2 })
      .map((all) => all.map((one, index) => ({ name: `w${index}`, ...one, ...(index > 0 ? { identity: undefined } : {}) }))),
    protected: fc.constantFrom([], [{ name: 'p', cidrs: ['10.20.0.0/16', 'fd00:1::/32'] }]),
  })
  .map(zone);

describe('any pack', () => {
  test('is the same byte for byte when made again', () => {
    fc.assert(
      fc.property(anyZone, (loaded) => {
        const before = stableJson(loaded);
        expect(compile(loaded)).toEqual(compile(loaded));
        expect(stableJson(loaded)).toBe(before);
      }),
      { numRuns: 60 },
    );
  });

  test('reads back without a complaint, and never has a rule without peers or ports', () => {
    fc.assert(
      fc.property(anyZone, (loaded) => {
        for (const policy of policiesOf(loaded) ?? []) {
          for (const rule of policy.rules) {
            expect(rule.action).toBe('allow');
            expect(rule.peers?.length ?? 0).toBeGreaterThan(0);
            expect(rule.ports?.length ?? 0).toBeGreaterThan(0);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('has nothing but NetworkPolicies where nothing else is enforced, and refuses what they cannot say', () => {
    fc.assert(
      fc.property(anyZone, (loaded) => {
        if (loaded.zone.spec.platform.cni !== 'kubernetes') return;
        const policies = policiesOf(loaded);
        const wantsNames = loaded.zone.spec.workloads.some(
          (one) =>
            one.data.some((set) => (set.s3 !== null || set.gcs !== null) && set.cidrs.length === 0) ||
            one.identity?.irsa != null ||
            one.services.some((service) => 'profile' in service && service.profile === 'wandb'),
        );
        expect(policies === null).toBe(wantsNames || loaded.zone.spec.workloads.some((one) => one.peers === 'same-job' && one.jobs.length === 0));
        expect((policies ?? []).every((policy) => policy.dialect === 'kubernetes')).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
