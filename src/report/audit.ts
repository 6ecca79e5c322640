import { z } from 'zod';
import type { Locator } from '../kernel/origin.ts';
import { type AuditReport, type Drift, driftSeverity } from '../model/audit-report.ts';
import type { Finding } from '../model/finding.ts';
import type { TextContext } from './context.ts';
import { diagnosticsJson, type JsonContext } from './json.ts';
import { type DiagnosticJson, type Envelope, type LocationJson, reportApiVersion } from './json-types.ts';
import { locationJson } from './location-json.ts';
import { markdownCode, markdownTable, markdownText } from './markdown-escape.ts';
import { fitted } from './markdown-fit.ts';
import { placeOf } from './place.ts';
import type { RuleMeta } from './sarif.ts';
import { countSchema, diagnosticSchema, envelope, locationSchema, textSchema } from './schema/common.ts';
import { visible } from './visible.ts';
import { wrap } from './width.ts';
import { counted, listed } from './words.ts';

const meanings: Readonly<Record<Drift['drift'], string>> = {
  wide: 'Too wide: nodes let through more than the policies',
  missing: 'Missing: not enforced where it should be',
  narrow: 'Too narrow: nodes let through less than the policies',
  stale: 'Stale: of another time',
};
const sorts = ['wide', 'missing', 'narrow', 'stale'] as const;

export interface AuditJson extends Envelope<'audit', 'AuditReport'>, Omit<AuditReport, 'drifts'> {
  readonly same: boolean;
  readonly drifts: readonly (Omit<Drift, 'origin' | 'meant'> & { readonly location: LocationJson; readonly meant: LocationJson | null })[];
  readonly diagnostics: readonly DiagnosticJson[];
}

/** `ringfence audit --format json`. */
export const auditReportSchema: z.ZodType<AuditJson> = z
  .strictObject({
    ...envelope('audit', 'AuditReport'),
    same: z.boolean().describe('Whether nodes are known to enforce what the policies ask for: no drift, and nothing unknown.'),
    endpoints: countSchema.describe('PolicyEndpoints and ClusterPolicyEndpoints of the input.'),
    policies: countSchema,
    unknown: countSchema.describe('Things about what nodes enforce that the input does not tell; each is a warning.'),
    drifts: z.array(
      z.strictObject({
        drift: z.enum(sorts).describe('wide: nodes let through more than the policy; narrow: less; missing: not enforced; stale: of another time.'),
        kind: textSchema,
        policy: textSchema,
        direction: z.enum(['ingress', 'egress']).nullable(),
        message: textSchema,
        fix: textSchema,
        location: locationSchema.describe('What is enforced, or the policy where nothing is.'),
        meant: locationSchema.nullable().describe('The policy, or the pod that it misses.'),
      }),
    ),
    diagnostics: z.array(diagnosticSchema),
  })
  .meta({ title: 'Ringfence audit report', description: 'What nodes enforce, held against what policies, pods and Services ask for.' });

export function auditJson({ endpoints, policies, drifts, unknown }: AuditReport, { locator, diagnostics }: Omit<JsonContext, 'ignored'>): AuditJson {
  return {
    $schema: 'https://ringfence.dev/schemas/audit.v1.json',
    apiVersion: reportApiVersion,
    kind: 'AuditReport',
    same: drifts.length === 0 && unknown === 0,
    endpoints,
    policies,
    unknown,
    drifts: drifts.map(({ drift, kind, policy, direction, message, fix, origin, meant }) => ({
      ...{ drift, kind, policy, direction, message, fix, location: locationJson(origin, locator) },
      meant: meant === null ? null : locationJson(meant, locator),
    })),
    diagnostics: diagnosticsJson(diagnostics, locator),
  };
}

function headline({ drifts, endpoints, policies, unknown }: AuditReport): string {
  const held = `${counted(endpoints, 'PolicyEndpoint')} against ${counted(policies, 'policy', 'policies')}`;
  const open = unknown === 0 ? '' : `${counted(unknown, 'thing')} ${unknown === 1 ? 'is' : 'are'} not known`;
  if (drifts.length === 0) return open === '' ? `Nodes enforce what the policies ask for (${held})` : `No drift was found, but ${open} (${held})`;
  const counts = sorts.map((sort) => [sort, drifts.filter((d) => d.drift === sort).length] as const).filter(([, n]) => n > 0);
  const ways = `${counted(drifts.length, 'way')}: ${listed(counts.map(([sort, n]) => `${n} ${sort}`))}`;
  return `Nodes enforce something else in ${ways}${open === '' ? '' : `; ${open}`} (${held})`;
}

/** An audit for people, what is open first. */
export function auditText(report: AuditReport, context: TextContext): string {
  const { pen, locator } = context;
  const parts = [
    wrap(headline(report), pen.style.width).map((line) => pen.ink(line, report.drifts.length > 0 ? 'red' : report.unknown > 0 ? 'yellow' : 'green', 'bold')),
  ];
  for (const sort of sorts) {
    const own = report.drifts.filter((d) => d.drift === sort);
    if (own.length === 0) continue;
    parts.push([
      pen.ink(meanings[sort], 'bold'),
      ...own.flatMap((d) => [
        ...wrap(visible(d.message), pen.style.width - 4).map((line, i) => `  ${i === 0 ? pen.ink(pen.glyphs.fails, 'red') : ' '} ${line}`),
        `      ${pen.ink(`enforced at ${placeOf(d.origin, locator)}${d.meant === null ? '' : `, asked for at ${placeOf(d.meant, locator)}`}`, 'dim')}`,
        ...wrap(visible(d.fix), pen.style.width - 10).map((line, i) => `      ${i === 0 ? pen.ink('fix', 'green') : '   '} ${line}`),
      ]),
    ]);
  }
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

export function auditMarkdown(report: AuditReport, locator: Locator): string {
  const rows = report.drifts.map((d) => [d.drift, markdownText(d.message), markdownCode(placeOf(d.origin, locator) ?? ''), markdownText(d.fix)]);
  return fitted([[`## ${markdownText(headline(report))}`], rows.length === 0 ? [] : markdownTable(['Drift', 'What', 'Where', 'Fix'], rows)]);
}

/** The results that an audit has in SARIF. */
export const auditRules: readonly RuleMeta[] = sorts.map((sort) => ({
  slug: `drift-${sort}`,
  title: meanings[sort],
  severity: driftSeverity(sort),
  plane: 'network',
  why: 'The VPC CNI enforces what its controller wrote into PolicyEndpoints, and this is not what the policies ask for.',
  fix: 'Let the controller write the PolicyEndpoint again.',
}));

export function auditFindings({ drifts }: AuditReport): Finding[] {
  return drifts.map(({ drift, policy, message, fix, origin, meant }) => ({
    check: `drift-${drift}`,
    severity: driftSeverity(drift),
    confidence: 'certain',
    message,
    primary: origin,
    related: meant === null ? [] : [{ origin: meant, message: 'what is asked for' }],
    fix,
    subjects: [policy],
  }));
}
