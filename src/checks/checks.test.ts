import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import { runChecks } from '../app/run-checks.ts';
import { profileOf } from '../engine/profiles.ts';
import { reach } from '../engine/reach.ts';
import type { Finding } from '../model/finding.ts';
import type { Check } from './check.ts';
import { checks } from './registry.gen.ts';

function findings(check: Check, text: string): readonly Finding[] {
  const profile = profileOf(check.example.profile ?? 'kubernetes');
  if (!profile.ok) throw new Error(`no profile ${check.example.profile}`);
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'example.yaml', text }]);
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  return runChecks(reach(snapshot, profile.value));
}

describe.each(checks.map((check) => [check.slug, check] as const))('%s', (slug, check) => {
  test('fires on its bad example, at a place that exists, with something to do', () => {
    const found = findings(check, check.example.bad).filter((f) => f.check === slug);
    expect(found).not.toEqual([]);
    for (const finding of found) {
      expect(finding.primary).not.toBeNull();
      expect(finding.message).toMatch(/\.$/);
      expect(finding.fix).toMatch(/\.$/);
      expect(finding.subjects).not.toEqual([]);
      expect(finding.severity === check.severity || finding.confidence !== undefined).toBe(true);
    }
  });

  test('is silent on its good example', () => {
    expect(findings(check, check.example.good).filter((f) => f.check === slug)).toEqual([]);
  });

  test('says why it matters, how to mend it and where the facts come from', () => {
    expect(slug).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)+$/);
    for (const text of [check.title, check.why, check.fix, ...check.sources]) expect(text.trim()).not.toBe('');
    expect(check.sources.length).toBeGreaterThan(0);
  });
});

test('slugs are unique', () => {
  const slugs = checks.map((c) => c.slug);
  expect(new Set(slugs).size).toBe(slugs.length);
});
