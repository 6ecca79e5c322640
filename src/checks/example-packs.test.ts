import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compile } from '../app/generate.ts';
import { loadSnapshot } from '../app/load.ts';
import { runChecks } from '../app/run-checks.ts';
import { profileOf } from '../engine/profiles.ts';
import { reach } from '../engine/reach.ts';
import type { SourceText } from '../kernel/source-text.ts';
import type { Finding } from '../model/finding.ts';
import { parseZone } from '../spec/parse.ts';

const examples = join(import.meta.dirname, '../../examples');

function manifests(folder: string): SourceText[] {
  return readdirSync(join(examples, folder))
    .filter((f) => f.endsWith('.yaml') && f !== 'zone.yaml')
    .sort()
    .map((f) => ({ file: f, text: readFileSync(join(examples, folder, f), 'utf8') }));
}

function pack(folder: string): SourceText[] {
  const zone = parseZone(readFileSync(join(examples, folder, 'zone.yaml'), 'utf8'), 'zone.yaml');
  if (!zone.ok) throw new Error(zone.diagnostics.map((d) => d.message).join('\n'));
  const made = compile(zone.value);
  if (!made.ok) throw new Error(made.diagnostics.map((d) => d.message).join('\n'));
  return made.value.files.filter((f) => f.path.endsWith('.yaml')).map((f) => ({ file: `pack/${f.path}`, text: f.text }));
}

function findings(texts: readonly SourceText[], profileText: string): readonly Finding[] {
  const profile = profileOf(profileText);
  if (!profile.ok) throw new Error(`no profile ${profileText}`);
  return runChecks(reach(loadSnapshot(texts).snapshot, profile.value));
}

describe('examples/guide-pack', () => {
  const found = findings(manifests('guide-pack'), 'cilium@1.19');
  const slugs = new Set(found.map((f) => f.check));

  // A check that is added later need not be shown here: its own two examples are executed by checks.test.ts.
  test('shows the traps of the common guide', () => {
    expect(slugs.size).toBeGreaterThanOrEqual(38);
    expect(findings(manifests('guide-pack'), 'kubernetes').some((f) => f.check === 'fqdn-not-enforced')).toBe(true);
  });

  test('its README names each check beside a file where that check points', () => {
    const rows = readFileSync(join(examples, 'guide-pack/README.md'), 'utf8')
      .split('\n')
      .map((line) => /^\| \[([\w.-]+)\].*\|([^|]*)\|$/.exec(line))
      .flatMap((m) => (m === null ? [] : [[m[1] ?? '', [...(m[2] ?? '').matchAll(/`([a-z0-9-]+)`/g)].map((s) => s[1] ?? '')] as const]));
    const named = rows.flatMap(([file, list]) => list.map((slug) => `${slug} ${file}`));
    const seen = new Set(found.flatMap((f) => [f.primary, ...f.related.map((r) => r.origin)].map((o) => `${f.check} ${o?.document.file}`)));
    expect(named.filter((n) => !seen.has(n))).toEqual([]);
    expect([...slugs].filter((slug) => !named.some((n) => n.startsWith(`${slug} `)))).toEqual([]);
  });
});

/** What lies inside TLS no rule of a pack decides: it is told until the zone says what does. */
const closable = (finding: Finding): boolean => finding.check !== 'server-name-fronting';

describe('generated packs have none of the traps', () => {
  test.each(['guide-zone', 'shared-cluster'])('the pack of examples/%s alone', (folder) => {
    expect(findings(pack(folder), 'cilium@1.19').filter(closable)).toEqual([]);
  });

  test('the training namespace of examples/shared-cluster with its pack', () => {
    const found = findings([...manifests('shared-cluster'), ...pack('shared-cluster')], 'cilium@1.19');
    const here = found.filter((f) => closable(f) && f.subjects.some((s) => s === 'ai-training' || s.startsWith('ai-training/')));
    // The operator is no part of a pack: its init container is refused unless it is told a template that has a securityContext.
    expect(here.map((f) => [f.check, f.message.includes('init container init-pytorch')])).toEqual([['pod-security-refuses-job', true]]);
  });

  test('that namespace without its pack has some', () => {
    expect(findings(manifests('shared-cluster'), 'cilium@1.19').some((f) => f.subjects.includes('ai-training'))).toBe(true);
  });
});
