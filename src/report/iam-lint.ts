import { z } from 'zod';
import type { Locator } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { IamLintReport } from '../model/iam-lint-report.ts';
import type { TextContext } from './context.ts';
import { diagnosticsMarkdown, incompleteMarkdown } from './diagnostic-markdown.ts';
import { findingBlocks } from './finding-markdown.ts';
import { findingLines, ignoredLines, severityCounts } from './finding-text.ts';
import { incompleteLines } from './incomplete-lines.ts';
import { diagnosticsJson, findingJson, ignoredJson, type JsonContext } from './json.ts';
import { type DiagnosticJson, type Envelope, type FindingJson, type IgnoredJson, type LocationJson, reportApiVersion } from './json-types.ts';
import { locationJson } from './location-json.ts';
import { markdownCode, markdownDetails, markdownText } from './markdown-escape.ts';
import { fitted } from './markdown-fit.ts';
import { placeOf } from './place.ts';
import { diagnosticSchema, envelope, findingSchema, ignoredSchema, locationSchema, textSchema } from './schema/common.ts';
import { visible } from './visible.ts';
import { counted } from './words.ts';

/** The report in a sentence. */
function headline({ findings, taken }: IamLintReport): string {
  return `${counted(taken.length, 'policy', 'policies')}: ${findings.length === 0 ? 'no findings' : severityCounts(findings)}`;
}

export function iamLintText(report: IamLintReport, context: TextContext, diagnostics: readonly Diagnostic[]): string {
  const { pen, locator } = context;
  const parts = [
    [...incompleteLines(diagnostics, context), pen.ink(headline(report), report.findings.length === 0 ? 'green' : 'red', 'bold')],
    findingLines(report.findings, context),
    ignoredLines(report.ignored, context),
    report.taken.length === 0
      ? []
      : [
          pen.ink('Policies read', 'bold'),
          ...report.taken.map(({ name, as, origin }) => pen.ink(`  ${visible(name)}: ${visible(as)} (${placeOf(origin, locator)})`, 'dim')),
        ],
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

export interface IamLintJson extends Envelope<'iam-lint', 'IamLintReport'> {
  readonly headline: string;
  readonly findings: readonly FindingJson[];
  readonly ignored: readonly IgnoredJson[];
  readonly policies: readonly { readonly name: string; readonly as: string; readonly location: LocationJson }[];
  readonly diagnostics: readonly DiagnosticJson[];
}

/** `ringfence iam lint --format json`. */
export const iamLintSchema: z.ZodType<IamLintJson> = z
  .strictObject({
    ...envelope('iam-lint', 'IamLintReport'),
    headline: textSchema,
    findings: z.array(findingSchema),
    ignored: z.array(ignoredSchema),
    policies: z.array(z.strictObject({ name: textSchema, as: textSchema.describe('What it was taken for, and why.'), location: locationSchema })),
    diagnostics: z.array(diagnosticSchema),
  })
  .meta({ title: 'Ringfence iam lint report', description: 'What is wrong with policies by themselves.' });

export function iamLintJson(report: IamLintReport, context: JsonContext): IamLintJson {
  const { locator, diagnostics } = context;
  return {
    $schema: 'https://ringfence.dev/schemas/iam-lint.v1.json',
    apiVersion: reportApiVersion,
    kind: 'IamLintReport',
    headline: headline(report),
    findings: report.findings.map((f) => findingJson(f, locator)),
    ignored: ignoredJson(context),
    policies: report.taken.map(({ name, as, origin }) => ({ name, as, location: locationJson(origin, locator) })),
    diagnostics: diagnosticsJson(diagnostics, locator),
  };
}

export function iamLintMarkdown(report: IamLintReport, locator: Locator, diagnostics: readonly Diagnostic[]): string {
  return fitted([
    ['## Ringfence iam lint', '', ...incompleteMarkdown(diagnostics), `**${markdownText(headline(report))}**`],
    ...findingBlocks(report.findings, locator),
    diagnosticsMarkdown(diagnostics, locator),
    markdownDetails(
      'Policies read',
      report.taken.map(({ name, as }) => `- ${markdownCode(name)}: ${markdownText(as)}`),
    ),
  ]);
}
