import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { sarifShape } from '../../transcripts/sarif-shape.ts';
import { checkCertificate } from '../app/certificate/check.ts';
import { makeCertificate } from '../app/certificate/make.ts';
import { diff } from '../app/diff/diff.ts';
import { loadSnapshot } from '../app/load.ts';
import { plainModes } from '../app/modes.ts';
import { readQueryFiles, runQueries } from '../app/queries/run.ts';
import { verify } from '../app/verify.ts';
import { profileOf } from '../engine/profiles.ts';
import type { Profile } from '../model/profile.ts';
import { readZones } from '../spec/parse.ts';
import { certificateCheckJson, certificateCheckSchema, certificateCheckText } from './certificate-check.ts';
import { diffFindings, diffRules } from './diff-findings.ts';
import { diffJson } from './diff-json.ts';
import { diffMarkdown } from './diff-markdown.ts';
import { diffText } from './diff-text.ts';
import { jsonText } from './json.ts';
import { reportJsonSchemas } from './json-schema.ts';
import { penFor, plainStyle } from './pen.ts';
import { queryJson, queryReportSchema } from './query-json.ts';
import { sarifText } from './sarif.ts';
import { diffReportSchema } from './schema/diff.ts';

/** A name that tries to steer a terminal, to close code and to make a link. */
const hostile = 'a<img>|](https://evil)@team';

const pods = `
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web, note: x}}
spec: {containers: [{name: c, image: web}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {containers: [{name: c, image: db, ports: [{containerPort: 5432}]}]}
---
`;
const shut = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: shut, namespace: shop}
spec: {podSelector: {matchLabels: {app: db}}, ingress: []}
`;

function profile(id: string): Profile {
  const found = profileOf(id);
  if (!found.ok) throw new Error(`no profile ${id}`);
  return found.value;
}

const before = loadSnapshot([{ file: `${hostile}.yaml`, text: pods }]);
const after = loadSnapshot([{ file: `${hostile}.yaml`, text: pods + shut }]);
const report = diff(
  { title: `${hostile}\u001b[31m`, snapshot: before.snapshot, profile: profile('cilium') },
  { title: 'after', snapshot: after.snapshot, profile: profile('kubernetes') },
);
const context = { locator: after.locator, diagnostics: [], ignored: [] };

const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, validateFormats: false });
const schemas = new Map(reportJsonSchemas().map(({ file, text }) => [file, ajv.compile(JSON.parse(text))]));

function fits(file: string, text: string): void {
  const validate = schemas.get(file) ?? expect.fail(`no schema ${file}`);
  validate(JSON.parse(text));
  expect(validate.errors).toBeNull();
}

describe('what the newer verbs answer', () => {
  test('JSON of diff fits its schema', () => {
    expect(report.changes.length).toBeGreaterThan(0);
    const json = diffJson(report, context);
    expect(diffReportSchema.parse(json)).toEqual(json);
    fits('diff.v1.json', jsonText(json));
  });

  test('text and Markdown of diff do not act on their reader', () => {
    const text = diffText(report, { pen: penFor(plainStyle), locator: after.locator });
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    expect(text).not.toMatch(/ $/m);
    const markdown = diffMarkdown(report, after.locator);
    expect(markdown).not.toContain('<img');
    expect(markdown).not.toContain('@team');
    expect(markdown).not.toContain('](https://evil');
  });

  test('SARIF of diff is SARIF, and points at the rule', () => {
    const text = sarifText({
      version: '1.0.0',
      rules: diffRules,
      findings: diffFindings(report),
      ignored: [],
      claims: [],
      diagnostics: [],
      locator: after.locator,
      fallbackFile: null,
    });
    const log = JSON.parse(text) as {
      readonly runs: readonly { readonly results: readonly { readonly ruleId: string; readonly locations: readonly unknown[] }[] }[];
    };
    const shape = ajv.compile(sarifShape);
    shape(log);
    expect(shape.errors).toBeNull();
    const results = log.runs[0]?.results ?? [];
    expect(results.length).toBe(report.changes.length);
    expect(results.some((r) => r.ruleId === 'traffic-lost' && r.locations.length === 1)).toBe(true);
  });

  test('JSON of query fits its schema', () => {
    const { files } = readQueryFiles([{ file: 'q.yaml', text: '- {name: a, action: deny, from: app=web, to: app=db}' }]);
    const answered = runQueries(after.snapshot, profile('cilium'), {
      files,
      zones: [],
      useless: new Set(['dead', 'shadowed', 'redundant'] as const),
      strict: false,
    });
    if (!answered.ok) throw new Error('no answer');
    const json = queryJson(answered.value, context);
    expect(json.holds).toBe(true);
    expect(queryReportSchema.parse(json)).toEqual(json);
    fits('query.v1.json', jsonText(json));
  });

  test('certificates and their checks fit their schemas', () => {
    const zoneText = {
      file: 'zone.yaml',
      text: 'apiVersion: ringfence.dev/v1alpha1\nkind: TrainingZone\nmetadata: {name: z}\nspec: {platform: {cni: cilium}, namespace: {name: shop}, workloads: [{name: w, selector: {app: web}}]}\n',
    };
    const manifest = { file: 'pods.yaml', text: pods + shut };
    const { zones } = readZones([zoneText]);
    const { snapshot } = loadSnapshot([manifest]);
    const made = makeCertificate(
      { zoneTexts: [zoneText], modes: plainModes, manifestTexts: [manifest], snapshot, profile: profile('cilium'), zones },
      verify(snapshot, profile('cilium'), zones),
    );
    fits('certificate.v1.json', jsonText(made));
    for (const inputs of [[zoneText, manifest], [zoneText]]) {
      const checked = checkCertificate(jsonText(made), inputs);
      const json = certificateCheckJson(checked);
      expect(json.valid).toBe(inputs.length === 2);
      expect(certificateCheckSchema.parse(json)).toEqual(json);
      fits('certificate-check.v1.json', jsonText(json));
      expect(certificateCheckText(checked, { pen: penFor(plainStyle), locator: after.locator })).not.toMatch(/ $/m);
    }
  });
});
