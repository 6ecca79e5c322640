import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commandLine } from '../../cases/support/command-line.ts';
import { loadSnapshot } from '../app/load.ts';
import { reportJsonSchemas } from '../report/json-schema.ts';

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'ringfence-feeds-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const feed = (token: number, ...prefixes: readonly string[]): void =>
  writeFileSync(
    join(folder, 'feed.json'),
    JSON.stringify({
      syncToken: String(token),
      prefixes: prefixes.map((ip_prefix) => ({ ip_prefix, region: 'us-east-1', service: 'S3' })),
      ipv6_prefixes: [{ ipv6_prefix: '2600:1fa0::/36', region: 'us-east-1', service: 'S3' }],
    }),
  );
const ringfence = (line: string): ReturnType<typeof commandLine> => commandLine(line, folder);
const text = (path: string): string => readFileSync(join(folder, path), 'utf8');
const first = 'feeds apply feed.json -o s3 --provider aws --service S3';
/** Blocks that nothing merges, more than one object may hold. */
const many = Array.from({ length: 6000 }, (_, i) => `${50 + (i % 5)}.${Math.floor(i / 5) % 250}.${2 * Math.floor(i / 1250)}.0/24`);

describe('what is written', () => {
  test.each([
    ['NetworkPolicy', '--namespace ai-training --port 443 --port 80'],
    ['CiliumCIDRGroup', ''],
    ['GlobalNetworkSet', ''],
    ['NetworkSet', '--namespace ai-training'],
    ['CiliumCIDRGroup', '--namespace ai-training'],
    ['GlobalNetworkSet', '--namespace ai-training'],
  ])('a %s (%s) is read back without a fault', async (kind, options) => {
    feed(1_787_411_825, '52.216.0.0/15', '3.5.0.0/19');
    const { code, stderr } = await ringfence(`${first} --kind ${kind} ${options}`.trim());
    expect([code, stderr]).toEqual([0, '']);
    const files = readdirSync(join(folder, 's3')).filter((name) => name.startsWith('aws-'));
    const policy = options !== '' && kind !== 'NetworkPolicy';
    expect(files).toEqual([...(policy ? ['aws-s3-policy.yaml'] : []), 'aws-s3-v4.yaml', 'aws-s3-v6.yaml']);
    const { snapshot, diagnostics } = loadSnapshot(files.map((file) => ({ file, text: text(`s3/${file}`) })));
    expect(diagnostics).toEqual([]);
    const written = kind === 'CiliumCIDRGroup' ? 'CiliumNetworkPolicy' : 'NetworkPolicy';
    expect(snapshot.objects.map((o) => o.kind)).toEqual([...(policy ? [written] : []), kind, kind]);
  });

  test('the zone’s CNI and namespace decide where nothing is said', async () => {
    feed(1_787_411_825, '52.216.0.0/15');
    writeFileSync(join(folder, 'zone.yaml'), readFileSync(new URL('../../examples/shared-cluster/zone.yaml', import.meta.url)));
    const { code } = await ringfence(`${first} -f zone.yaml`);
    expect(code).toBe(0);
    expect(text('s3/aws-s3-v4.yaml')).toMatch(/kind: CiliumCIDRGroup/);
    expect(text('s3/aws-s3-policy.yaml')).toMatch(/kind: CiliumNetworkPolicy[\s\S]*namespace: ai-training[\s\S]*workload-type: distributed-training/);
    expect(text('s3/kustomization.yaml')).toMatch(/ {2}- aws-s3-policy.yaml/);
  });

  test('the same again changes no byte, and a new version without a change only the state', async () => {
    feed(1_787_411_825, '52.216.0.0/15');
    await ringfence(`${first} --kind CiliumCIDRGroup --also google-restricted-vip`);
    const before = readdirSync(join(folder, 's3')).map((name) => [name, text(`s3/${name}`)]);
    expect((await ringfence('feeds apply feed.json -o s3')).stdout).toContain('No byte changes in 4 files.');
    feed(1_787_411_999, '52.216.0.0/16', '52.217.0.0/16');
    await ringfence('feeds apply feed.json -o s3');
    const changed = readdirSync(join(folder, 's3')).filter((name) => before.find(([known]) => known === name)?.[1] !== text(`s3/${name}`));
    expect(changed).toEqual(['feed.state']);
    expect(text('s3/aws-s3-v4.yaml')).toMatch(/199\.36\.153\.4\/30/);
  });

  test('objects stay below the limit; one block more rewrites one file, and files that are no longer part of it go', async () => {
    feed(1_787_411_825, ...many);
    await ringfence(`${first} --namespace ai-training`);
    const policies = (): readonly string[] => readdirSync(join(folder, 's3')).filter((name) => name.startsWith('aws-'));
    const before = new Map(policies().map((name) => [name, text(`s3/${name}`)]));
    expect(before.size).toBeGreaterThan(2);
    feed(1_787_411_826, ...many, '54.251.0.0/24');
    await ringfence('feeds apply feed.json -o s3');
    expect(policies().filter((name) => before.get(name) !== text(`s3/${name}`))).toHaveLength(1);
    feed(1_787_411_827, '52.0.0.0/24');
    await ringfence('feeds apply feed.json -o s3 --allow-shrink --hold 0');
    expect(policies()).toEqual(['aws-s3-v4.yaml', 'aws-s3-v6.yaml']);
  });
});

describe('what the engine makes of it: the listed addresses are open at the port, and no others', () => {
  const pod = `apiVersion: v1
kind: Namespace
metadata: {name: ai-training}
---
apiVersion: v1
kind: Pod
metadata: {name: t, namespace: ai-training, labels: {app: trainer, tier: gpu}}
spec: {containers: [{name: c, image: x}]}
---
apiVersion: v1
kind: Pod
metadata: {name: other, namespace: ai-training, labels: {app: trainer}}
spec: {containers: [{name: c, image: x}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: elsewhere}
---
apiVersion: v1
kind: Pod
metadata: {name: decoy, namespace: elsewhere, labels: {ringfence.dev/feed: aws-s3}}
spec: {containers: [{name: c, image: x}]}
`;
  test.each([
    ['NetworkPolicy', 'kubernetes'],
    ['CiliumCIDRGroup', 'cilium'],
    ['GlobalNetworkSet', 'calico'],
    ['NetworkSet', 'calico'],
  ])('%s', async (kind, profile) => {
    feed(1_787_411_825, '52.216.0.0/15', '3.5.0.0/19');
    await ringfence(`${first} --kind ${kind} --namespace ai-training --selector app=trainer --selector tier=gpu`);
    writeFileSync(join(folder, 'pod.yaml'), pod);
    const verdict = async (to: string, from = 't'): Promise<string> => {
      const { stdout } = await ringfence(`explain pod.yaml s3 --from ai-training/${from} --to ${to} --profile ${profile}`);
      return /: (\w+) {2}\(profile/.exec(stdout)?.[1] ?? stdout;
    };
    expect(await verdict('52.217.3.3 --port 443/TCP')).toBe('allowed');
    expect(await verdict('2600:1fa0::1 --port 443/TCP')).toBe('allowed');
    expect(await verdict('52.217.3.3 --port 80/TCP')).toBe('denied');
    expect(await verdict('52.218.0.0 --port 443/TCP')).toBe('denied');
    expect(await verdict('2600:1fb0::1 --port 443/TCP')).toBe('denied');
    // Pods that the selector leaves out have no policy here: all is open to them, as before.
    expect(await verdict('52.218.0.0 --port 443/TCP', 'other')).toBe('allowed');
    // Who gives a pod the label of the feed has not made it one of the feed's addresses.
    if (kind === 'GlobalNetworkSet') expect(await verdict('elsewhere/decoy --port 443/TCP')).toBe('denied');
  });
});

describe('what is not written', () => {
  test('over files of somebody else, a pack of ours included', async () => {
    feed(1_787_411_825, '52.216.0.0/15');
    await ringfence('generate -f zone.yaml -o pack');
    writeFileSync(join(folder, 'zone.yaml'), readFileSync(new URL('../../examples/shared-cluster/zone.yaml', import.meta.url)));
    await ringfence('generate -f zone.yaml -o pack');
    const kustomization = text('pack/kustomization.yaml');
    const { code, stderr } = await ringfence('feeds apply feed.json -o pack --provider aws --service S3 --kind CiliumCIDRGroup');
    expect([code, stderr.includes('which feeds apply did not write; nothing was written')]).toEqual([2, true]);
    expect(text('pack/kustomization.yaml')).toBe(kustomization);
    // A folder of feeds inside a pack is no part of the pack.
    await ringfence('feeds apply feed.json -o pack/s3 --provider aws --service S3 --kind CiliumCIDRGroup');
    expect((await ringfence('generate -f zone.yaml -o pack --check')).code).toBe(0);
  });

  test.each([
    ['no JSON', () => '{'],
    ['a block that is none', (state: string) => state.replace('52.216.0.0/15', '52.216.0.1/15')],
    ['a key of ours that is missing', (state: string) => state.replace('"listed"', '"listing"')],
    ['a path as the name of a shard', (state: string) => state.replace('"v4": {', '"../v4": {')],
  ])('with a state that was changed: %s', async (_, change) => {
    feed(1_787_411_825, '52.216.0.0/15');
    await ringfence(`${first} --kind CiliumCIDRGroup`);
    writeFileSync(join(folder, 's3/feed.state'), change(text('s3/feed.state')));
    const { code, stderr } = await ringfence('feeds apply feed.json -o s3');
    expect([code, stderr.includes('broken-state')]).toEqual([2, true]);
  });

  test('with options that make no sense, all of which are told', async () => {
    feed(1_787_411_825, '52.216.0.0/15');
    const { code, stderr } = await ringfence(`${first} --also 10.0.0.1/8 --port 0 --selector x --name A_b --kind CiliumCIDRGroup --namespace Y`);
    expect(code).toBe(2);
    for (const said of ['--also cannot be', '--port cannot be', '--selector cannot be', '--name cannot be', '--namespace cannot be'])
      expect(stderr).toContain(said);
  });
});

test('pods are chosen by a policy, and there is none without a namespace', async () => {
  feed(1_787_411_825, '52.216.0.0/15');
  const { code, stderr } = await ringfence(`${first} --kind CiliumCIDRGroup --selector app=trainer`);
  expect([code, stderr.includes('without a namespace no policy is written')]).toEqual([2, true]);
});

test('sets that were written alone stay alone, also where a zone is named later', async () => {
  feed(1_787_411_825, '52.216.0.0/15');
  await ringfence(`${first} --kind CiliumCIDRGroup`);
  const before = readdirSync(join(folder, 's3')).map((name) => text(`s3/${name}`));
  writeFileSync(join(folder, 'zone.yaml'), readFileSync(new URL('../../examples/shared-cluster/zone.yaml', import.meta.url)));
  await ringfence('feeds apply feed.json -o s3 -f zone.yaml');
  expect(readdirSync(join(folder, 's3')).map((name) => text(`s3/${name}`))).toEqual(before);
  await ringfence('feeds apply feed.json -o s3 --namespace ai-training');
  expect(readdirSync(join(folder, 's3'))).toContain('aws-s3-policy.yaml');
});

test('of a zone with several workloads it is said which one the addresses are for', async () => {
  feed(1_787_411_825, '52.216.0.0/15');
  const zone = readFileSync(new URL('../../examples/data/irsa-cilium.yaml', import.meta.url), 'utf8');
  const another = '\n  - {name: other, selector: {app: other}, framework: pytorch}\n';
  writeFileSync(join(folder, 'zone.yaml'), `${zone.trimEnd()}${another}`);
  const { code, stderr } = await ringfence(`${first} -f zone.yaml`);
  expect([code, stderr.includes('2 workloads'), stderr.includes('--selector')]).toEqual([2, true, true]);
  expect((await ringfence(`${first} -f zone.yaml --selector app=train`)).code).toBe(0);
  // What the folder holds need not be said again.
  expect((await ringfence('feeds apply feed.json -o s3 -f zone.yaml')).code).toBe(0);
});

test('a pack and the addresses of a feed beside it are proven together, and are not without the sets', async () => {
  feed(1_787_411_825, '52.216.0.0/15', '3.5.0.0/19');
  const zone = `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: z}
spec:
  platform: {cni: calico@3.32, cloud: aws, region: us-east-1, ranges: {pods: [10.0.128.0/17], nodes: [10.0.0.0/18]}}
  namespace: {name: ai-training}
  workloads:
  - name: train
    selector: {app: train}
    framework: pytorch
    data: [{name: corpus, s3: {bucket: my-corpus}, cidrs: [52.216.0.0/15, 3.5.0.0/19, "2600:1fa0::/36"]}]
`;
  writeFileSync(join(folder, 'zone.yaml'), zone);
  writeFileSync(join(folder, 'cluster.yaml'), readFileSync(new URL('../../examples/data/cluster.yaml', import.meta.url)));
  await ringfence('generate -f zone.yaml -o pack');
  await ringfence(`${first} -f zone.yaml -o pack/s3`.replace('-o s3 ', ''));
  // The pack's own list of the day it was made: the feed's stands in its place.
  rmSync(join(folder, 'pack/50-storage-train.yaml'));
  const whole = await ringfence('verify -f zone.yaml cluster.yaml pack');
  expect([whole.stdout.includes('claims hold'), whole.stdout.includes('fail')]).toEqual([true, false]);
  rmSync(join(folder, 'pack/s3/aws-s3-v4.yaml'));
  expect((await ringfence('verify -f zone.yaml cluster.yaml pack')).stdout).toMatch(/liveness\/data\/corpus\/train[\s\S]*connection/);
});

test('a file that was changed by hand is told, and mended by the next run', async () => {
  feed(1_787_411_825, '52.216.0.0/15');
  await ringfence(`${first} --kind CiliumCIDRGroup`);
  expect((await ringfence('feeds status s3 --max-age 9999')).code).toBe(0);
  writeFileSync(join(folder, 's3/aws-s3-v4.yaml'), text('s3/aws-s3-v4.yaml').replace('52.216.0.0/15', '0.0.0.0/0'));
  const status = await ringfence('feeds status s3 --max-age 9999');
  expect([status.code, status.stdout.includes('aws-s3-v4.yaml is not as it was written')]).toEqual([1, true]);
  await ringfence('feeds apply feed.json -o s3');
  expect(text('s3/aws-s3-v4.yaml')).not.toContain('0.0.0.0/0');
});

test('the reports fit their published schemas', async () => {
  feed(1_787_411_825, '52.216.0.0/15', '3.5.0.0/19');
  const check = async (schema: string, line: string): Promise<void> => {
    const published = reportJsonSchemas().find(({ file }) => file === `${schema}.v1.json`) ?? expect.fail();
    const validate = new Ajv2020({ allErrors: true, validateFormats: false, strictTuples: false }).compile(
      JSON.parse(published.text) as Record<string, unknown>,
    );
    expect(validate(JSON.parse((await ringfence(line)).stdout)), JSON.stringify(validate.errors)).toBe(true);
  };
  await check('feed-fetch', 'feeds fetch aws --from feed.json -o bundle --format json');
  await check('feed-change', 'feeds apply bundle -o s3 --service S3 --kind CiliumCIDRGroup --format json');
  feed(1_787_411_826, '52.216.0.0/15');
  await check('feed-change', 'feeds diff feed.json --against s3 --format json');
  await check('feed-status', 'feeds status s3 --format json');
});
