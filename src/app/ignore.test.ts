import { describe, expect, test } from 'vitest';
import type { Finding } from '../model/finding.ts';
import { applyIgnores, type IgnoreResult } from './ignore.ts';
import { loadSnapshot } from './load.ts';

const checks = ['imds-open', 'half-open'];

/** One finding of imds-open at `path` of the only object of `text`, judged on 2026-11-23. */
function judged(text: string, path: readonly (string | number)[] = []): IgnoreResult {
  const { snapshot, locator } = loadSnapshot([{ file: 'a.yaml', text }]);
  const origin = snapshot.objects[0]?.origin ?? expect.fail('no object');
  const finding: Finding = {
    check: 'imds-open',
    severity: 'high',
    confidence: 'certain',
    message: '',
    primary: { ...origin, path: [...origin.path, ...path] },
    related: [],
    fix: '',
    subjects: [],
  };
  return applyIgnores([finding], { objects: snapshot.objects, locator, today: '2026-11-23', checks });
}

const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: []\n';
const annotated = (value: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations: {ringfence.dev/ignore: ${JSON.stringify(value)}}\n`;

describe('ignores that count', () => {
  test.each([
    ['above the object', `# ringfence ignore[imds-open]: no role\n${pod}`, []],
    ['in a block of comments above', `# first\n# ringfence ignore[imds-open]: no role\n# last\n${pod}`, []],
    ['on the line of the object', pod.replace('v1', 'v1 # ringfence ignore[imds-open]: no role'), []],
    ['above the field', pod.replace('  containers', '  # ringfence ignore[imds-open]: no role\n  containers'), ['spec', 'containers']],
    ['with several checks', `# ringfence ignore[half-open, imds-open]: no role\n${pod}`, []],
    ['until today', `# ringfence ignore[imds-open]: no role (until 2026-11-23)\n${pod}`, []],
    ['as an annotation', annotated('imds-open: no role'), []],
    ['as an annotation with a day', annotated('imds-open: no role; until=2027-01-01'), ['spec']],
    ['as one line of an annotation', annotated('half-open: x\nimds-open: no role'), []],
    ['in an item of a List', `apiVersion: v1\nkind: List\nitems:\n# ringfence ignore[imds-open]: no role\n- ${pod.trimEnd().replaceAll('\n', '\n  ')}\n`, []],
  ] as const)('%s', (_, text, path) => {
    const { kept, ignored, problems } = judged(text, path);
    expect([kept.length, ignored[0]?.reason, problems]).toEqual([0, 'no role', []]);
  });
});

describe('ignores that do not count', () => {
  test.each([
    ['no reason', `# ringfence ignore[imds-open]\n${pod}`, ['ignore-without-reason']],
    ['an empty reason', `# ringfence ignore[imds-open]: (until 2027-01-01)\n${pod}`, ['ignore-without-reason']],
    ['past its day', `# ringfence ignore[imds-open]: no role (until 2026-11-22)\n${pod}`, ['ignore-expired']],
    ['no day', `# ringfence ignore[imds-open]: no role (until Easter)\n${pod}`, ['ignore-bad-date']],
    ['a day that is none', `# ringfence ignore[imds-open]: no role (until 2027-02-30)\n${pod}`, ['ignore-bad-date']],
    ['an unknown check', `# ringfence ignore[imds-opn]: no role\n${pod}`, ['ignore-unknown-check']],
    ['another check', `# ringfence ignore[half-open]: no role\n${pod}`, []],
    ['a line in between', `# ringfence ignore[imds-open]: no role\n\n${pod}`, []],
    ['an annotation without a reason', annotated('imds-open'), ['ignore-without-reason']],
  ])('%s', (_, text, codes) => {
    const { kept, ignored, problems } = judged(text);
    expect([kept.length, ignored.length, problems.map((p) => p.code)]).toEqual([1, 0, codes]);
  });

  test('what is repeated of an ignore is short', () => {
    const long = 'x'.repeat(50_000);
    expect(judged(`# ringfence ignore[${long}]: r\n${pod}`).problems[0]?.message.length).toBeLessThan(200);
    expect(judged(`# ringfence ignore[imds-open]: r (until ${long})\n${pod}`).problems[0]?.message.length).toBeLessThan(200);
    expect(judged(`# ringfence ignore[imds-open]: ${long}\n${pod}`).ignored[0]?.reason.length).toBe(501);
  });
  test('text that is no comment', () => {
    const text = pod.replace('{name: a}', '{name: a, annotations: {x: "a#ringfence ignore[imds-open]: y"}}');
    expect(judged(text, ['metadata', 'name']).kept).toHaveLength(1);
  });

  test('a finding without a place cannot be ignored', () => {
    const finding: Finding = { check: 'imds-open', severity: 'high', confidence: 'certain', message: '', primary: null, related: [], fix: '', subjects: [] };
    const { snapshot, locator } = loadSnapshot([{ file: 'a.yaml', text: `# ringfence ignore[imds-open]: no role\n${pod}` }]);
    expect(applyIgnores([finding], { objects: snapshot.objects, locator, today: '2026-11-23', checks }).kept).toEqual([finding]);
  });
});
