import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../model/finding.ts';
import { readPolicyFiles } from '../read-policies.ts';
import { runLints } from '../run-lints.ts';
import { lints } from './registry.gen.ts';

function found(text: string): readonly Finding[] {
  const read = readPolicyFiles([{ file: 'policies.yaml', text }]);
  expect(read.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  expect(read.policies.length + read.members.length).toBeGreaterThan(0);
  return runLints(read);
}

describe.each(lints.map((lint) => [lint.slug, lint] as const))('%s', (slug, lint) => {
  test('fires on its bad example, at a place that exists, with something to do', () => {
    const all = found(lint.example.bad).filter((f) => f.check === slug);
    expect(all).not.toEqual([]);
    for (const finding of all) {
      expect(finding.primary).not.toBeNull();
      expect(finding.message).toMatch(/\.$/);
      expect(finding.fix).toMatch(/[.?]$/);
      expect(finding.subjects).not.toEqual([]);
    }
  });

  test('is silent on its good example', () => {
    expect(found(lint.example.good).filter((f) => f.check === slug)).toEqual([]);
  });

  test('says why it matters, how to mend it and where the facts come from', () => {
    expect(slug).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)+$/);
    for (const text of [lint.title, lint.why, lint.fix, ...lint.sources]) expect(text.trim()).not.toBe('');
    expect(lint.sources.length).toBeGreaterThan(0);
  });
});

const packs = readdirSync('goldens/identity');

test.each(packs)('the pack %s of ours has nothing worse than info', (name) => {
  const files = readdirSync(`goldens/identity/${name}`).filter((file) => /[.](?:json|yaml)$/.test(file));
  const read = readPolicyFiles(files.map((file) => ({ file, text: readFileSync(`goldens/identity/${name}/${file}`, 'utf8') })));
  expect(runLints(read).filter((f) => f.severity !== 'info')).toEqual([]);
});
