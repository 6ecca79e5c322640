import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { installed, runIn } from '../cases/support/promtool.ts';
import { compile } from '../src/app/generate.ts';
import { loadSnapshot } from '../src/app/load.ts';
import { verify } from '../src/app/verify.ts';
import { profileOf } from '../src/engine/profiles.ts';
import type { PackFile } from '../src/model/pack.ts';
import { parseZone } from '../src/spec/parse.ts';
import type { LoadedZone } from '../src/spec/zone.ts';

/** Every example zone and the pack that is made from it, file by file. `npm run goldens` writes the packs again. */
const root = new URL('..', import.meta.url);
const zones: Readonly<Record<string, string>> = {
  guide: 'examples/guide-zone/zone.yaml',
  'shared-cluster': 'examples/shared-cluster/zone.yaml',
  ...Object.fromEntries(readdirSync(new URL('goldens/zones/', root)).map((file) => [file.replace(/\.yaml$/, ''), `goldens/zones/${file}`])),
};

/** What checks rightly say about a pack that does what its zone asks for: these front ends serve every tenant, jobs share a namespace, and the README says so. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  guide: ['server-name-fronting'],
  'shared-cluster': ['server-name-fronting'],
  'cilium-azure': ['server-name-fronting'],
  'cilium-gcp': ['shared-frontend-no-tenant-control'],
  'cilium-pod-identity': ['shared-frontend-no-tenant-control'],
  'eks-names': ['shared-frontend-no-tenant-control', 'wildcard-fqdn'],
  'gke-names': ['shared-frontend-no-tenant-control', 'wildcard-fqdn'],
  'kubernetes-pod-identity': ['job-label-is-no-boundary'],
  // The canary is the only pod of the pack, and no policy selects it.
  alerts: ['dangling-peer', 'dangling-selector'],
};

function load(path: string): LoadedZone {
  const result = parseZone(readFileSync(new URL(path, root), 'utf8'), path);
  expect(result.diagnostics).toEqual([]);
  if (!result.ok) throw new Error(`${path} is no zone`);
  return result.value;
}

function pack(zone: LoadedZone): readonly PackFile[] {
  const result = compile(zone);
  if (!result.ok) throw new Error(result.diagnostics.map((one) => one.message).join('\n'));
  return result.value.files;
}

function yamlOf(files: readonly PackFile[]): { file: string; text: string }[] {
  return files.filter((file) => file.path.endsWith('.yaml')).map((file) => ({ file: file.path, text: file.text }));
}

describe.each(Object.entries(zones))('the pack of %s', (name, path) => {
  const folder = new URL(`goldens/packs/${name}/`, root);

  test('is the one on record', () => {
    const files = pack(load(path));
    if (process.env.UPDATE_GOLDENS === '1') {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      for (const file of files) {
        mkdirSync(new URL('.', new URL(file.path, folder)), { recursive: true });
        writeFileSync(new URL(file.path, folder), file.text);
      }
    }
    const there = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()) : [];
    expect(there.map((entry) => relative(fileURLToPath(folder), join(entry.parentPath, entry.name))).sort()).toEqual(files.map((file) => file.path).sort());
    for (const file of files) expect(readFileSync(new URL(file.path, folder), 'utf8'), file.path).toBe(file.text);
  });

  test('is read without a complaint, and nothing in it is refuted', () => {
    const zone = load(path);
    const profile = profileOf(zone.zone.spec.platform.cni);
    if (!profile.ok) throw new Error('no profile');
    const { snapshot, diagnostics } = loadSnapshot(yamlOf(pack(zone)), { ranges: zone.zone.spec.platform.ranges });
    expect(diagnostics).toEqual([]);
    const report = verify(snapshot, profile.value, [zone]);
    expect(report.zones.flatMap((one) => one.claims.filter((claim) => claim.status === 'fails').map((claim) => claim.id))).toEqual([]);
    expect([...new Set(report.findings.map((finding) => finding.check))]).toEqual(Object.hasOwn(wanted, name) ? wanted[name] : []);
  });
});

describe.skipIf(!installed('promtool'))('alerts of packs (skipped where promtool, of the Debian package prometheus, is not installed)', () => {
  const monitoring = (name: string): Readonly<Record<string, string>> =>
    Object.fromEntries(
      pack(load(`goldens/zones/${name}.yaml`)).flatMap(({ path, text }) => (path.startsWith('monitoring/') ? [[path.slice('monitoring/'.length), text]] : [])),
    );

  test.each(['alerts', 'cilium-azure'])('%s: their rules are taken', (name) => {
    const files = monitoring(name);
    const rules = Object.keys(files).filter((path) => /^rules[.a-z]*yaml$/.test(path) && !path.includes('.test.'));
    expect(runIn(files, 'promtool', ['check', 'rules', '--lint=all', '--lint-fatal', ...rules])).toMatchObject({ status: 0 });
  });

  test('their tests pass with all rules together', () => {
    const files = monitoring('cilium-azure');
    const tests = Object.keys(files).filter((path) => path.endsWith('.test.yaml'));
    expect(runIn(files, 'promtool', ['test', 'rules', ...tests])).toMatchObject({ status: 0 });
  });
});

describe('the shared cluster with its pack', () => {
  test('has every claim of safety and liveness proven', () => {
    const zone = load('examples/shared-cluster/zone.yaml');
    const folder = new URL('examples/shared-cluster/', root);
    const manifests = readdirSync(folder)
      .filter((file) => file.endsWith('.yaml') && file !== 'zone.yaml')
      .map((file) => ({ file, text: readFileSync(new URL(file, folder), 'utf8') }));
    const profile = profileOf(zone.zone.spec.platform.cni);
    if (!profile.ok) throw new Error('no profile');
    const ranges = zone.zone.spec.platform.ranges;
    const open = (texts: typeof manifests) =>
      verify(loadSnapshot(texts, { ranges }).snapshot, profile.value, [zone])
        .zones.flatMap((one) => one.claims)
        .filter((claim) => claim.group !== 'hygiene' && claim.status !== 'holds')
        .map((claim) => claim.id);
    expect(open([...manifests, ...yamlOf(pack(zone))])).toEqual([]);
    expect(open(manifests)).not.toEqual([]);
  });

  test('loses its proof when any one policy of the pack is left out', () => {
    const zone = load('examples/shared-cluster/zone.yaml');
    const folder = new URL('examples/shared-cluster/', root);
    const manifests = readdirSync(folder)
      .filter((file) => file.endsWith('.yaml') && file !== 'zone.yaml')
      .map((file) => ({ file, text: readFileSync(new URL(file, folder), 'utf8') }));
    const profile = profileOf(zone.zone.spec.platform.cni);
    if (!profile.ok) throw new Error('no profile');
    const files = yamlOf(pack(zone));
    for (const left of files.filter((file) => /^(?:20|30|40|50|60)-/.test(file.file))) {
      const texts = [...manifests, ...files.filter((file) => file !== left)];
      const claims = verify(loadSnapshot(texts, { ranges: zone.zone.spec.platform.ranges }).snapshot, profile.value, [zone]).zones.flatMap((one) => one.claims);
      expect(
        claims.some((claim) => claim.group !== 'hygiene' && claim.status !== 'holds'),
        left.file,
      ).toBe(true);
    }
  });
});

describe('the pack of the guide', () => {
  test('holds every object of the guide, corrected', () => {
    const zone = load('examples/guide-zone/zone.yaml');
    const files = pack(zone);
    const { snapshot } = loadSnapshot(yamlOf(files));
    const kinds = snapshot.objects.map((object) => object.kind);
    for (const kind of ['Namespace', 'ResourceQuota', 'NetworkPolicy', 'CiliumNetworkPolicy', 'ServiceAccount']) expect(kinds).toContain(kind);
    expect(kinds).not.toContain('Node');
    expect(snapshot.namespaces.get('ai-training')?.labels).toMatchObject({ 'workload-type': 'training', 'network-isolation': 'strict' });
    expect(snapshot.quotas.map((quota) => quota.hard)).toEqual([{ pods: '50', 'requests.nvidia.com/gpu': '16' }]);
    expect(snapshot.serviceAccounts[0]).toMatchObject({
      name: 'training-job',
      annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/training-data-reader' },
    });
    expect(snapshot.policies.map((policy) => policy.id)).toEqual([
      'NetworkPolicy ai-training/default-deny',
      'NetworkPolicy ai-training/training-peers',
      'CiliumNetworkPolicy ai-training/training-dns',
      'NetworkPolicy ai-training/training-data-objects',
      'CiliumNetworkPolicy ai-training/training-data-bucket',
      'CiliumNetworkPolicy ai-training/training-data-corpus',
      'CiliumNetworkPolicy ai-training/training-credentials-irsa',
    ]);
    const text = (path: string): string => files.find((file) => file.path === path)?.text ?? '';
    for (const word of ['nodeAffinity', 'gpu-training', 'rdma-capable', 'tolerations', 'IPC_LOCK', 'runAsNonRoot'])
      expect(text('workload-scheduling.patch.yaml')).toContain(word);
    expect(text('README.md')).toContain('kubectl taint node NODE workload-type=training:NoSchedule');
    for (const trap of [
      '29500 and 29501',
      'limits.nvidia.com/gpu',
      '`toFQDNs` rules without a DNS rule',
      'no rule for STS',
      'A taint on the GPU nodes',
      'IPC_LOCK',
      'Whose data',
      'Host network',
      '**DNS.**',
    ]) {
      expect(text('README.md')).toContain(trap);
    }
  });
});
