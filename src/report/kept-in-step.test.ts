import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { sarifShape } from '../../transcripts/sarif-shape.ts';
import { audit } from '../app/audit.ts';
import { loadSnapshot } from '../app/load.ts';
import { migration } from '../app/migrate/migration.ts';
import { check } from '../checks/policy-endpoint-drift.ts';
import { profileOf } from '../engine/profiles.ts';
import { auditFindings, auditJson, auditMarkdown, auditReportSchema, auditRules, auditText } from './audit.ts';
import { jsonText } from './json.ts';
import { reportJsonSchemas } from './json-schema.ts';
import { migrationJson, migrationReportSchema, migrationText } from './migration.ts';
import { penFor, plainStyle } from './pen.ts';
import { sarifText } from './sarif.ts';

const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, validateFormats: false });
const schemas = new Map(reportJsonSchemas().map(({ file, text }) => [file, ajv.compile(JSON.parse(text))]));
const sarifFits = ajv.compile(sarifShape);

function fits(file: string, text: string): void {
  const validate = schemas.get(file) ?? expect.fail(`no schema ${file}`);
  validate(JSON.parse(text));
  expect(validate.errors).toBeNull();
}

describe('an audit', () => {
  const hostile = check.example.bad.replace('policyRef: {name: fence', 'policyRef: {name: "f](http:x)"');
  test.each([
    ['as it should be', check.example.good, true],
    ['that drifts', check.example.bad, false],
    ['of names that are none', hostile, false],
  ])('%s reads the same in every format', (_, text, same) => {
    const { snapshot, locator } = loadSnapshot([{ file: 'dump.yaml', text }]);
    const audited = audit(snapshot);
    if (!audited.ok) throw new Error('no audit');
    const json = auditJson(audited.value, { locator, diagnostics: audited.diagnostics });
    expect(json.same).toBe(same);
    expect(auditReportSchema.parse(json)).toEqual(json);
    fits('audit.v1.json', jsonText(json));
    const sarif: unknown = JSON.parse(
      sarifText({
        version: '1.0.0',
        rules: auditRules,
        findings: auditFindings(audited.value),
        ignored: [],
        claims: [],
        diagnostics: [],
        locator,
        fallbackFile: null,
      }),
    );
    sarifFits(sarif);
    expect(sarifFits.errors).toBeNull();
    expect(auditText(audited.value, { pen: penFor(plainStyle), locator })).not.toMatch(/ $/m);
    expect(auditMarkdown(audited.value, locator)).not.toMatch(/[^\\]\]\(http/);
  });
});

test('an audit that leaves something unknown is not called the same', () => {
  const withoutPod = check.example.good.split('---\n').filter((text) => !text.includes('kind: Pod\n'));
  const { snapshot, locator } = loadSnapshot([{ file: 'dump.yaml', text: withoutPod.join('---\n') }]);
  const audited = audit(snapshot);
  if (!audited.ok) throw new Error('no audit');
  expect([audited.value.drifts, audited.value.unknown]).toEqual([[], 1]);
  expect(auditJson(audited.value, { locator, diagnostics: [] }).same).toBe(false);
  expect(auditText(audited.value, { pen: penFor(plainStyle), locator })).toBe(
    'No drift was found, but 1 thing is not known (1 PolicyEndpoint against 1 policy)\n',
  );
});

describe('a migration', () => {
  test('fits its schema, proven or not', () => {
    const text = `
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: a}
spec: {priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}
`;
    const profile = profileOf('kube-network-policies');
    const { snapshot, locator } = loadSnapshot([{ file: 'p.yaml', text }]);
    const migrated = profile.ok ? migration(snapshot, profile.value) : null;
    if (migrated?.ok !== true) throw new Error('no migration');
    for (const left of [[], ['some sort']]) {
      const json = migrationJson({ ...migrated.value, left }, { locator, diagnostics: [] });
      expect(json.proven).toBe(left.length === 0);
      expect(migrationReportSchema.parse(json)).toEqual(json);
      fits('migrate.v1.json', jsonText(json));
      expect(migrationText({ ...migrated.value, left }, { pen: penFor(plainStyle), locator })).not.toMatch(/ $/m);
    }
  });
});
