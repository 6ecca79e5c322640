import { describe, expect, test } from 'vitest';
import type { Finding } from '../model/finding.ts';
import { againstBaseline, baselineText, readBaseline } from './known-findings.ts';

const finding = (message: string, check = 'imds-open'): Finding => ({
  check,
  severity: 'high',
  confidence: 'certain',
  message,
  primary: null,
  related: [],
  fix: 'do it',
  subjects: ['ml/b', 'ml/a'],
});

function read(text: string) {
  const result = readBaseline({ file: 'baseline.json', text });
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
  return result.value;
}

describe('a baseline', () => {
  test('knows what it was written of, wherever that stands, and nothing else', () => {
    const text = baselineText([finding('one'), finding('two'), finding('one')]);
    expect(baselineText([finding('two'), finding('one')])).toBe(text);
    const { fresh, known, gone } = againstBaseline([{ ...finding('two'), subjects: ['ml/a', 'ml/b'] }, finding('three'), finding('one', 'other')], read(text));
    expect(fresh.map((f) => f.message)).toEqual(['three', 'one']);
    expect(known.map((k) => k.finding.message)).toEqual(['two']);
    expect(gone.map((d) => d.message)).toEqual(['One finding of the baseline is no longer there, such as this one.']);
  });

  test.each([
    ['{"apiVersion": "ringfence.dev/baseline/v1"}', 'kind'],
    ['{"apiVersion": "v2", "kind": "Baseline", "known": []}', 'v2'],
    ['{"apiVersion": "ringfence.dev/baseline/v1", "kind": "Baseline", "known": [{"chek": "x", "message": "y"}]}', 'chek'],
    ['[]', 'list'],
    ['{', ''],
    ['', ''],
  ])('that is none is refused: %s', (text, told) => {
    const result = readBaseline({ file: 'baseline.json', text });
    expect(result.ok).toBe(false);
    expect(result.diagnostics.map((d) => d.message).join(' ')).toContain(told);
  });
});
