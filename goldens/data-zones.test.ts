import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compile } from '../src/app/generate.ts';
import { readPolicyFiles } from '../src/app/iam/read-policies.ts';
import { verifyIdentities } from '../src/app/iam/verify.ts';
import { loadSnapshot } from '../src/app/load.ts';
import { verify } from '../src/app/verify.ts';
import { profileOf } from '../src/engine/profiles.ts';
import type { ClaimResult } from '../src/model/claim.ts';
import { zoneIntents } from '../src/spec/intents.ts';
import { parseZone } from '../src/spec/parse.ts';
import type { LoadedZone } from '../src/spec/zone.ts';

/** Each cloud, mechanism and kind of CNI: the pack proves every claim; without one policy of it, the claim that fails says what the job's owner would see. */
const folder = new URL('../examples/data/', import.meta.url);
const cluster = { file: 'cluster.yaml', text: readFileSync(new URL('cluster.yaml', folder), 'utf8') };
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml') && file !== cluster.file)
  .map((file) => file.replace(/\.yaml$/, ''));

function load(name: string): LoadedZone {
  const result = parseZone(readFileSync(new URL(`${name}.yaml`, folder), 'utf8'), `${name}.yaml`);
  expect(result.diagnostics).toEqual([]);
  if (!result.ok) throw new Error(`${name} is no zone`);
  return result.value;
}

/** The pack's documents by the name of the object in each, in their files. */
function documents(zone: LoadedZone): readonly { readonly file: string; readonly text: string; readonly object: string }[] {
  const pack = compile(zone);
  if (!pack.ok) throw new Error(pack.diagnostics.map((one) => one.message).join('\n'));
  return pack.value.files
    .filter((file) => file.path.endsWith('.yaml') && !file.path.endsWith('.patch.yaml') && file.path !== 'kustomization.yaml')
    .flatMap((file) =>
      file.text.split(/^---$/m).map((text, index) => ({ file: `${file.path}.${index}`, text, object: /^ {2}name: (.*)$/m.exec(text)?.[1] ?? '' })),
    );
}

function claims(zone: LoadedZone, files: readonly { readonly file: string; readonly text: string }[]): readonly ClaimResult[] {
  const { cni, ranges } = zone.zone.spec.platform;
  const { snapshot, diagnostics } = loadSnapshot([...files, cluster], { ranges });
  expect(diagnostics).toEqual([]);
  const profile = profileOf(cni);
  if (!profile.ok) throw new Error(`no profile ${cni}`);
  return verify(snapshot, profile.value, [zone]).zones.flatMap((one) => one.claims);
}

describe.each(names)('%s', (name) => {
  const zone = load(name);
  const whole = documents(zone);

  test('its documents of identity are those on record', () => {
    const pack = compile(zone);
    const files = pack.ok ? pack.value.files.filter((file) => file.path.startsWith('iam/')) : [];
    const recorded = new URL(`identity/${name}/`, import.meta.url);
    if (process.env.UPDATE_GOLDENS === '1') {
      rmSync(recorded, { recursive: true, force: true });
      if (files.length > 0) mkdirSync(recorded, { recursive: true });
      for (const file of files) writeFileSync(new URL(file.path.slice('iam/'.length), recorded), file.text);
    }
    const there = existsSync(recorded) ? readdirSync(recorded).sort() : [];
    expect(files.map((file) => file.path.slice('iam/'.length)).sort()).toEqual(there);
    for (const file of there) expect(files.find((one) => one.path === `iam/${file}`)?.text, file).toBe(readFileSync(new URL(file, recorded), 'utf8'));
  });

  const drivers = zoneIntents(zone).workloads.flatMap((workload) => workload.drivers.map((driver) => ({ workload, driver })));

  test.runIf(drivers.length > 0)('the policies in namespaces of drivers are those on record, and no other is about what they fetch', () => {
    const pack = compile(zone);
    const files = pack.ok ? pack.value.files.filter((file) => file.path.startsWith('52-driver-')) : [];
    expect(files.length).toBe(new Set(drivers.map(({ driver }) => driver.namespace)).size);
    for (const { path, text } of files) {
      const recorded = new URL(`drivers/${name}.${path}`, import.meta.url);
      if (process.env.UPDATE_GOLDENS === '1') {
        mkdirSync(new URL('.', recorded), { recursive: true });
        writeFileSync(recorded, text);
      }
      expect(text).toBe(readFileSync(recorded, 'utf8'));
    }
    const fetched = drivers.flatMap(({ workload, driver }) =>
      driver.needs.filter((n) => n.purpose === 'storage').map((n) => `${workload.name}-${n.id.replace('/', '-')}`),
    );
    expect(whole.map((one) => one.object).filter((object) => fetched.includes(object))).toEqual([]);
  });

  test.each(drivers.flatMap(({ workload, driver }) => driver.needs.map((need) => [`${need.id} of ${driver.title}`, workload, driver, need] as const)))(
    'without the policy for %s, its claim fails from its pods and says what is seen',
    (_, workload, driver, need) => {
      const object = `${zone.zone.metadata.name}-${workload.name}-${need.id.replace('/', '-')}`;
      const rest = whole.filter((one) => one.object !== object);
      expect(rest.length).toBe(whole.length - 1);
      const claim = claims(zone, rest).find((one) => one.id === `liveness/${need.id}/${workload.name}/${driver.name}`);
      expect(claim?.status).toBe('fails');
      expect(claim?.evidence).toContain(`while it is shut: ${need.whenShut}`);
      expect(JSON.stringify(claim?.counterexamples)).toContain('mount-s3');
    },
  );

  test.runIf(drivers.length > 0)('without the policies in the namespaces of drivers, these are not shut, and it is said', () => {
    const failed = claims(
      zone,
      whole.filter((one) => !one.file.startsWith('52-')),
    ).filter((claim) => claim.status !== 'holds');
    expect(failed.map((claim) => claim.id)).toEqual(drivers.map(({ driver }) => `hygiene/driver-default-deny/${driver.name}`));
  });

  test.runIf(
    zone.zone.spec.workloads.some(({ identity }) => identity !== null && [identity.irsa, identity.podIdentity, identity.keys].some((one) => one !== null)),
  )('the documents of identity prove every claim about its role or keys, and none of them is idle', () => {
    const pack = compile(zone);
    const files = (pack.ok ? pack.value.files : []).filter((file) => file.path.startsWith('iam/')).map((file) => ({ file: file.path, text: file.text }));
    const judged = (some: typeof files) => {
      const read = readPolicyFiles(some);
      expect(read.diagnostics).toEqual([]);
      return verifyIdentities([zone], read).zones.flatMap((one) => one.claims);
    };
    const open = (some: typeof files) => judged(some).filter((claim) => claim.status !== 'holds');
    expect(open(files)).toEqual([]);
    const off = (text: string, left: string): string =>
      text.replace(new RegExp(`\\n {4}- file: ${left.slice('iam/'.length)}(?:\\n {6}.*)*`), '').replace(/policies:\s*$/, 'policies: []\n');
    for (const left of files.filter((one) => /\/(?:role|keys?)-/.test(one.file)))
      expect(open(files.filter((one) => one !== left).map((one) => ({ ...one, text: off(one.text, left.file) }))).length, left.file).toBeGreaterThan(0);
  });

  test('every claim holds', () => {
    expect(claims(zone, whole).filter((claim) => claim.status !== 'holds')).toEqual([]);
  });

  test('beside a rule on link-local addresses, where the credentials of the node are, it does not hold that nothing else is reached', () => {
    const open = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: link-local, namespace: ai-training}
spec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 169.254.0.0/16}}]}]}
`;
    const claim = claims(zone, [...whole, { file: 'link-local.yaml', text: open }]).find((one) => one.id === 'safety/reaches-only/train');
    expect([claim?.status, JSON.stringify(claim?.counterexamples).includes('169.254.169.254')]).toEqual(['fails', true]);
  });

  const needs = zoneIntents(zone).workloads.flatMap((workload) => workload.needs.map((need) => ({ workload: workload.name, need })));
  test.each(needs.map(({ workload, need }) => [need.id, workload, need] as const))(
    'without the policy for %s, its claim fails and says what is seen',
    (id, workload, need) => {
      // Two data sets of one store are opened by two policies that say the same: both have to go.
      const alike = needs.filter((one) => JSON.stringify(one.need.targets) === JSON.stringify(need.targets));
      const objects = alike.map((one) => `${one.workload}-${one.need.id.replace('/', '-')}`);
      const rest = whole.filter((one) => !objects.includes(one.object));
      expect(rest.length).toBe(whole.length - objects.length);
      const claim = claims(zone, rest).find((one) => one.id === `liveness/${id}/${workload}`);
      expect(claim?.status).toBe('fails');
      expect(claim?.evidence).toContain(`while it is shut: ${need.whenShut}`);
    },
  );
});
