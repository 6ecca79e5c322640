import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { profileOf } from '../../engine/profiles.ts';
import type { SourceText } from '../../kernel/source-text.ts';
import { type JobPreflight, wouldRun } from '../../model/preflight-report.ts';
import { parseZone } from '../../spec/parse.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { compile } from '../generate.ts';
import { loadSnapshot } from '../load.ts';
import { verify } from '../verify.ts';
import { preflight } from './preflight.ts';

/** Every folder of examples/jobs but the two that all of them share is a family. */
const root = join(import.meta.dirname, '../../../examples/jobs');
const shared = ['cluster', 'guide-pack'];
const families = readdirSync(root, { withFileTypes: true })
  .filter((e) => e.isDirectory() && !shared.includes(e.name))
  .map((e) => e.name);

/** What `expected.yaml` says of a job under the pack of the guides. */
const expectation = z.strictObject({
  why: z.string().min(30),
  /** Each path that the job needs, and what becomes of it. */
  paths: z.record(z.string(), z.enum(['open', 'blocked', 'unknown'])),
  /** The first packet that is shown for each blocked path. */
  packets: z.record(z.string(), z.string()),
});

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function folder(name: string): SourceText[] {
  return readdirSync(join(root, name))
    .filter((f) => f.endsWith('.yaml'))
    .map((f) => ({ file: `${name}/${f}`, text: read(`${name}/${f}`) }));
}

function zoneOf(family: string): LoadedZone {
  const zone = parseZone(read(`${family}/zone.yaml`), 'zone.yaml');
  if (!zone.ok) throw new Error(zone.diagnostics.map((d) => d.message).join('\n'));
  return zone.value;
}

function packOf(zone: LoadedZone): SourceText[] {
  const made = compile(zone);
  if (!made.ok) throw new Error(made.diagnostics.map((d) => d.message).join('\n'));
  return made.value.files.filter((f) => f.path.endsWith('.yaml')).map((f) => ({ file: `pack/${f.path}`, text: f.text }));
}

function cluster(family: string, policies: readonly SourceText[], zone: LoadedZone) {
  const profile = profileOf(zone.zone.spec.platform.cni);
  if (!profile.ok) throw new Error('no profile');
  const texts = [...folder('cluster'), ...policies, { file: 'job.yaml', text: read(`${family}/job.yaml`) }];
  const { snapshot, diagnostics } = loadSnapshot(texts, { ranges: zone.zone.spec.platform.ranges });
  return { snapshot, profile: profile.value, diagnostics };
}

function asked(family: string, policies: readonly SourceText[], zone: LoadedZone): JobPreflight {
  const { snapshot, profile } = cluster(family, policies, zone);
  const [job, ...others] = preflight(snapshot, profile, { files: new Set(['job.yaml']), zones: [zone] }).jobs;
  if (job === undefined || others.length > 0) throw new Error(`${family}: job.yaml holds ${job === undefined ? 'no job' : 'several jobs'}`);
  return job;
}

const statuses = ({ paths }: JobPreflight): Record<string, string> => Object.fromEntries(paths.map((p) => [p.id, p.status]));
const stops = ({ problems }: JobPreflight): readonly string[] =>
  problems.filter((f) => f.severity === 'critical' || f.severity === 'high').map((f) => `${f.check}: ${f.message}`);

test('every family has all its files, and a line in the table of the README', () => {
  for (const family of families) {
    for (const file of ['job.yaml', 'zone.yaml', 'expected.yaml']) expect(existsSync(join(root, family, file)), `${family}/${file}`).toBe(true);
    expect(read('README.md')).toContain(`\n| [${family}](${family}/expected.yaml) |`);
  }
});

describe.each(families)('%s', (family) => {
  const zone = zoneOf(family);
  const expected = expectation.parse(parse(read(`${family}/expected.yaml`)));
  const guide = folder('guide-pack');

  test('runs under the pack that its zone makes', () => {
    const pack = packOf(zone);
    expect(cluster(family, pack, zone).diagnostics).toEqual([]);
    const job = asked(family, pack, zone);
    expect(stops(job)).toEqual([]);
    expect(job.paths.filter((p) => p.required && p.status !== 'open').map((p) => `${p.id}: ${p.reasons.join(' ')}${p.witnesses[0]?.story ?? ''}`)).toEqual([]);
    expect(job.paths.map((p) => p.id)).toEqual(Object.keys(expected.paths));
    expect(wouldRun(job)).toBe(true);
    expect(job.patch).toBeNull();
  });

  test('has every claim of liveness proven under that pack', () => {
    const { snapshot, profile } = cluster(family, packOf(zone), zone);
    const claims = verify(snapshot, profile, [zone])
      .zones.flatMap((z) => z.claims)
      .filter((c) => c.group === 'liveness');
    expect(claims.length).toBeGreaterThan(2);
    expect(claims.filter((c) => c.status !== 'holds').map((c) => c.id)).toEqual([]);
  });

  test('fails under the pack of the guides, for the reasons on record', () => {
    const job = asked(family, guide, zone);
    expect(statuses(job)).toEqual(expected.paths);
    const packets = job.paths.flatMap((p) => {
      const [first] = p.witnesses;
      return p.status !== 'blocked' || first === undefined ? [] : [[p.id, `${first.packet.protocol} ${first.packet.port}`] as const];
    });
    expect(Object.fromEntries(packets)).toEqual(expected.packets);
    expect(stops(job)).toEqual([]);
    expect(wouldRun(job)).toBe(false);
  });

  test('is refuted by verify as well, which shows a port that the kernel would pick', () => {
    const { snapshot, profile } = cluster(family, guide, zone);
    const claims = verify(snapshot, profile, [zone]).zones.flatMap((z) => z.claims);
    const [peers] = claims.filter((c) => c.id.startsWith('liveness/peers/'));
    expect(peers?.status).toBe('fails');
    expect(peers?.counterexamples[0]?.packet.port).toBe(43_211);
  });

  test('runs there once the policies that are proposed are added', () => {
    const patch = asked(family, guide, zone).patch;
    const added = [...new Set((patch?.edits ?? []).flatMap((e) => e.manifest ?? []))].map((text, i) => ({ file: `patch-${i}.yaml`, text }));
    expect(added).not.toEqual([]);
    const job = asked(family, [...guide, ...added], zone);
    expect(job.paths.filter((p) => p.required && p.status !== 'open').map((p) => p.id)).toEqual([]);
    expect(wouldRun(job)).toBe(true);
  });
});
