import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { diagnosticsText } from '../src/report/diagnostic-text.ts';
import { explainMarkdown } from '../src/report/explain-markdown.ts';
import { explainText } from '../src/report/explain-text.ts';
import { explainJson, jsonText, scanJson, verifyJson } from '../src/report/json.ts';
import { reportJsonSchemas } from '../src/report/json-schema.ts';
import { penFor, type Style } from '../src/report/pen.ts';
import { sarifText } from '../src/report/sarif.ts';
import { scanMarkdown } from '../src/report/scan-markdown.ts';
import { scanText } from '../src/report/scan-text.ts';
import { explainReportSchema } from '../src/report/schema/explain.ts';
import { scanReportSchema } from '../src/report/schema/scan.ts';
import { verifyReportSchema } from '../src/report/schema/verify.ts';
import { verifyMarkdown } from '../src/report/verify-markdown.ts';
import { verifyText } from '../src/report/verify-text.ts';
import { visible } from '../src/report/visible.ts';
import { expectGolden } from './golden.ts';
import { hostileName, sampleDiagnostics, sampleExplanation, sampleFindings, sampleIgnored, sampleLocator, sampleScan, sampleVerify } from './sample-reports.ts';
import { sarifShape } from './sarif-shape.ts';

const styles: Readonly<Record<string, Style>> = {
  plain: { colour: false, unicode: true, width: 100 },
  ascii: { colour: false, unicode: false, width: 80 },
  colour: { colour: true, unicode: true, width: 100 },
};
const context = { locator: sampleLocator, diagnostics: sampleDiagnostics, ignored: sampleIgnored };
const sarif = sarifText({
  version: '1.2.3',
  rules: [
    { slug: 'imds-open', title: 'Metadata service open', severity: 'critical', plane: 'network', why: 'Because `credentials`.', fix: 'Deny it.' },
    { slug: 'dangling-selector', title: 'Selector selects nothing', severity: 'low', plane: 'network', why: 'Dead rule.', fix: 'Correct it.' },
  ],
  findings: sampleFindings,
  ignored: sampleIgnored,
  claims: sampleVerify.zones.flatMap((z) => z.claims),
  diagnostics: sampleDiagnostics,
  locator: sampleLocator,
  fallbackFile: 'zone.yaml',
});

describe('reports in every format', () => {
  for (const [name, style] of Object.entries(styles)) {
    const text = { pen: penFor(style), locator: sampleLocator };
    test.each([
      ['scan', () => scanText(sampleScan, text)],
      ['verify', () => verifyText(sampleVerify, text)],
      ['explain', () => explainText(sampleExplanation, text)],
      ['diagnostics', () => diagnosticsText(sampleDiagnostics, text)],
    ] as const)(`%s as text, ${name}`, (report, render) => {
      const shown = render();
      expectGolden(new URL(`./reports/${report}.${name}.txt`, import.meta.url), shown);
      // Nothing acts on a terminal but our own colours, and there is no trailing space.
      expect(shown.replace(style.colour ? /\u001b\[\d+m/g : '', '')).not.toMatch(/[^\P{C}\n]/u);
      expect(shown).not.toMatch(/ $/m);
      if (!style.unicode) expect(shown.replaceAll(/日本|名前/g, '')).toMatch(/^[\n -~]*$/);
    });
  }

  test.each([
    ['scan', () => scanMarkdown(sampleScan, sampleLocator)],
    ['verify', () => verifyMarkdown(sampleVerify, sampleLocator)],
    ['explain', () => explainMarkdown(sampleExplanation, sampleLocator)],
  ] as const)('%s as Markdown', (report, render) => {
    const shown = render();
    expectGolden(new URL(`./reports/${report}.md`, import.meta.url), shown);
    expect(shown).not.toContain('<img');
    expect(shown).not.toContain('@team');
    expect(shown).not.toContain('](https://evil');
    expect(shown).not.toContain('\n## h');
  });

  test('a scan too long for a comment is cut and says so', () => {
    const many = { ...sampleScan, training: Array.from({ length: 900 }, () => sampleScan.training[0] ?? expect.fail()) };
    const shown = scanMarkdown(many, sampleLocator);
    expect(shown.length).toBeLessThan(65_536);
    expect(shown).toMatch(/_\d+ more parts do not fit in a comment/);
  });
});

describe('JSON', () => {
  const ajv = new Ajv2020({ strict: true, allErrors: true, formats: { date: true } });
  const published = new Map(reportJsonSchemas().map(({ file, text }) => [file, JSON.parse(text) as Record<string, unknown>]));
  test.each([
    ['scan.v1.json', scanJson(sampleScan, context), scanReportSchema],
    ['verify.v1.json', verifyJson(sampleVerify, context), verifyReportSchema],
    ['explain.v1.json', explainJson(sampleExplanation, context), explainReportSchema],
  ] as const)('%s fits its schema, as strict as we write and as open as we publish', (file, report, schema) => {
    const text = jsonText(report);
    const back = JSON.parse(text) as Record<string, unknown>;
    expect(back).toEqual(JSON.parse(JSON.stringify(report)));
    expect(schema.safeParse(back).error).toBeUndefined();
    const validate = ajv.compile(published.get(file) ?? expect.fail());
    expect(validate(back), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...back, added: 'later' })).toBe(true);
    expect(validate({ ...back, kind: 'Other' })).toBe(false);
    expect(back.$schema).toBe(published.get(file)?.$id);
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    expectGolden(new URL(`./reports/${file.replace('.v1', '')}`, import.meta.url), text);
  });

  test('the verdict of explain stands at the top', () => {
    expect(explainJson(sampleExplanation, context).verdict).toBe('allowed');
  });
});

describe('an input with errors', () => {
  const text = { pen: penFor({ colour: true, unicode: true, width: 100 }), locator: sampleLocator };
  const perfect = { ...sampleVerify, zones: sampleVerify.zones.map((z) => ({ ...z, claims: z.claims.filter((c) => c.status === 'holds') })) };

  test('never reads as green in text', () => {
    const shown = verifyText(perfect, text, sampleDiagnostics);
    expect(shown.split('\n')[0]).toContain('input incomplete');
    expect(shown.split('\n')[0]).not.toContain('\u001b[32m');
    expect(verifyText(perfect, text).split('\n')[0]).toContain('\u001b[32m');
    expect(scanText(sampleScan, text, [], sampleDiagnostics).split('\n')[0]).toContain('input incomplete');
  });

  test('is said in Markdown, JSON and SARIF', () => {
    expect(verifyMarkdown(perfect, sampleLocator, sampleDiagnostics)).toMatch(/^## .*input incomplete: \d+ objects? could not be read/);
    expect(scanMarkdown(sampleScan, sampleLocator, sampleDiagnostics)).toContain('input incomplete');
    const json = verifyJson(perfect, context);
    expect(json.holds).toBe(false);
    expect(json.unreadObjects).toBeGreaterThan(0);
    expect(verifyJson(perfect, { ...context, diagnostics: [] }).holds).toBe(true);
    expect(JSON.parse(sarif).runs[0].invocations[0].executionSuccessful).toBe(false);
  });
});

describe('at 60 columns', () => {
  test('a scan wraps and cuts nothing', () => {
    const shown = scanText(sampleScan, { pen: penFor({ colour: false, unicode: true, width: 60 }), locator: sampleLocator });
    expectGolden(new URL('./reports/scan.narrow.txt', import.meta.url), shown);
    for (const p of sampleScan.training.flatMap((w) => w.reaches)) {
      const flat = shown.replace(/\s+/g, ' ');
      expect(flat).toContain(visible(p.party.title).split(' ').at(-1));
    }
  });
});

describe('SARIF', () => {
  test('the reason of an ignore is shown, whatever it is made of', () => {
    const [first] = sampleIgnored;
    if (first === undefined) throw new Error('no sample');
    const written = sarifText({
      version: '1.2.3',
      rules: [],
      findings: [],
      ignored: [{ ...first, reason: 'ok\u202e\u200b\u001b[31m' }],
      claims: [],
      diagnostics: [],
      locator: sampleLocator,
      fallbackFile: null,
    });
    expect(JSON.parse(written).runs[0].results[0].suppressions[0].justification).toBe('ok\\u{202e}\\u{200b}\\x1b[31m');
  });

  test('has the required structure', () => {
    const validate = new Ajv2020({ strict: true, allErrors: true }).compile(sarifShape);
    expect(validate(JSON.parse(sarif)), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...JSON.parse(sarif), version: '2.0.0' })).toBe(false);
    expectGolden(new URL('./reports/results.sarif', import.meta.url), sarif);
  });

  test('rules, results and fingerprints belong together', () => {
    const [run] = (
      JSON.parse(sarif) as {
        runs: { tool: { driver: { rules: { id: string }[] } }; results: { ruleId: string; ruleIndex?: number; partialFingerprints: object }[] }[];
      }
    ).runs;
    const results = run?.results ?? [];
    expect(results).toHaveLength(sampleFindings.length + sampleIgnored.length + 2);
    for (const { ruleId, ruleIndex } of results) if (ruleIndex !== undefined) expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(new Set(results.map((r) => JSON.stringify(r.partialFingerprints))).size).toBe(results.length);
    expect(sarif).not.toContain('](https://evil');
    expect(JSON.stringify(results)).not.toContain(JSON.stringify(hostileName).slice(1, -1));
  });
});
