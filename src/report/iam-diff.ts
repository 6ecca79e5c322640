import { z } from 'zod';
import type { Locator } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { Finding } from '../model/finding.ts';
import type { IamChange, IamDiffReport } from '../model/iam-diff-report.ts';
import { assumptionLines } from './assumption-text.ts';
import type { TextContext } from './context.ts';
import { diagnosticsMarkdown } from './diagnostic-markdown.ts';
import { witnessMarkdown } from './iam-markdown.ts';
import { iamOutcomeFields, iamWitnessSchema, witnessJson } from './iam-witness-json.ts';
import { witnessLines } from './iam-witness-text.ts';
import { diagnosticsJson } from './json.ts';
import { type DiagnosticJson, type Envelope, type IamWitnessJson, reportApiVersion } from './json-types.ts';
import { markdownDetails, markdownText } from './markdown-escape.ts';
import { fitted } from './markdown-fit.ts';
import type { RuleMeta } from './sarif.ts';
import { diagnosticSchema, envelope, textSchema } from './schema/common.ts';
import { visible } from './visible.ts';
import { wrap } from './width.ts';
import { counted } from './words.ts';

/** Changes spelled out for people; JSON has them all. */
const mostShown = 30;

/** The comparison in a sentence. */
export function iamDiffHeadline({ changes, untold, roles, before, after }: IamDiffReport): string {
  const of = (change: IamChange['change']): number => changes.filter((c) => c.change === change).length;
  const said = [
    ...(of('gained') > 0 ? [`${counted(of('gained'), 'sort')} of request gained`] : []),
    ...(of('lost') > 0 ? [`${counted(of('lost'), 'sort')} of request lost`] : []),
    ...(untold.length > 0 ? [`${untold.length} not known`] : []),
  ];
  return `${visible(before)} to ${visible(after)}, ${counted(roles.length, 'role')}: ${said.length === 0 ? 'nothing is gained or lost' : said.join(', ')}`;
}

export function iamDiffText(report: IamDiffReport, context: TextContext): string {
  const { pen } = context;
  const same = report.changes.length + report.untold.length === 0;
  const parts = [wrap(iamDiffHeadline(report), pen.style.width).map((line) => pen.ink(line, same ? 'green' : 'red', 'bold'))];
  for (const change of ['gained', 'lost'] as const) {
    const found = report.changes.filter((c) => c.change === change);
    if (found.length === 0) continue;
    const rest = found.length - mostShown;
    parts.push([
      pen.ink(change === 'gained' ? 'Gained' : 'Lost', 'bold'),
      ...found
        .slice(0, mostShown)
        .flatMap(({ witness, other }) => [...witnessLines(witness, context), `      ${change === 'gained' ? 'before' : 'after'}: ${visible(other.because)}`]),
      ...(rest > 0 ? [`    ${pen.glyphs.more} and ${rest} more (--format json has them all)`] : []),
    ]);
  }
  if (report.untold.length > 0)
    parts.push([pen.ink('Not known', 'bold'), ...report.untold.flatMap((text) => wrap(visible(text), pen.style.width - 2).map((line) => `  ${line}`))]);
  parts.push(assumptionLines(report.assumptions, context).map((line) => pen.ink(line, 'dim')));
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

export interface IamDiffJson extends Envelope<'iam-diff', 'IamDiffReport'> {
  readonly same: boolean;
  readonly before: string;
  readonly after: string;
  readonly roles: readonly string[];
  readonly changes: readonly {
    readonly role: string;
    readonly change: 'gained' | 'lost';
    readonly witness: IamWitnessJson;
    readonly other: Pick<IamWitnessJson, 'decision' | 'because' | 'steps'>;
  }[];
  readonly untold: readonly string[];
  readonly assumptions: readonly string[];
  readonly diagnostics: readonly DiagnosticJson[];
}

/** `ringfence iam diff --format json`. */
export const iamDiffSchema: z.ZodType<IamDiffJson> = z
  .strictObject({
    ...envelope('iam-diff', 'IamDiffReport'),
    same: z.boolean().describe('Whether nothing was gained or lost, and all could be compared.'),
    before: textSchema,
    after: textSchema,
    roles: z.array(textSchema).describe('The roles that were compared.'),
    changes: z.array(
      z.strictObject({
        role: textSchema,
        change: z.enum(['gained', 'lost']),
        witness: iamWitnessSchema.describe('As the side that allows it sees it.'),
        other: z.strictObject({ ...iamOutcomeFields }).describe('Why the other side does not.'),
      }),
    ),
    untold: z.array(textSchema).describe('What could not be compared.'),
    assumptions: z.array(textSchema),
    diagnostics: z.array(diagnosticSchema),
  })
  .meta({ title: 'Ringfence iam diff report', description: 'What roles may do, and who may become them, on one side and not on the other.' });

export function iamDiffJson(
  report: IamDiffReport,
  { locator, diagnostics }: { readonly locator: Locator; readonly diagnostics: readonly Diagnostic[] },
): IamDiffJson {
  return {
    $schema: 'https://ringfence.dev/schemas/iam-diff.v1.json',
    apiVersion: reportApiVersion,
    kind: 'IamDiffReport',
    same: report.changes.length + report.untold.length === 0,
    before: report.before,
    after: report.after,
    roles: report.roles,
    changes: report.changes.map(({ role, change, witness, other }) => {
      const { steps: otherSteps } = witnessJson({ ...witness, steps: other.steps }, locator);
      return { role, change, witness: witnessJson(witness, locator), other: { decision: other.decision, because: other.because, steps: otherSteps } };
    }),
    untold: report.untold,
    assumptions: report.assumptions,
    diagnostics: diagnosticsJson(diagnostics, locator),
  };
}

export function iamDiffMarkdown(report: IamDiffReport, locator: Locator, diagnostics: readonly Diagnostic[]): string {
  const blocks = report.changes
    .slice(0, mostShown)
    .map(({ change, witness, other }) =>
      markdownDetails(`${change === 'gained' ? '🔓' : '🔒'} ${markdownText(witness.story)}`, [
        ...witnessMarkdown(witness, locator),
        '',
        markdownText(`The other side: ${other.because}`),
      ]),
    );
  return fitted([
    [`## Ringfence: ${markdownText(iamDiffHeadline(report))}`],
    ...blocks,
    report.untold.map((text) => `- ${markdownText(text)}`),
    diagnosticsMarkdown(diagnostics, locator),
    markdownDetails(
      'What this rests on',
      report.assumptions.map((a) => `- ${markdownText(a)}`),
    ),
  ]);
}

export const iamDiffRules: readonly RuleMeta[] = [
  {
    slug: 'iam-gained',
    title: 'A role may do more than before',
    severity: 'high',
    plane: 'identity',
    why: 'A request is allowed that was not.',
    fix: 'Narrow the statement that allows it, or accept the change.',
  },
  {
    slug: 'iam-lost',
    title: 'A role may do less than before',
    severity: 'medium',
    plane: 'identity',
    why: 'A request was allowed and is not any more.',
    fix: 'Allow it again where jobs need it.',
  },
];

/** The changes as findings, for SARIF. */
export function iamDiffFindings(report: IamDiffReport): readonly Finding[] {
  return report.changes.map(({ role, change, witness, other }) => {
    const [first, ...rest] = change === 'gained' ? witness.steps : other.steps;
    return {
      check: `iam-${change}`,
      severity: change === 'gained' ? 'high' : 'medium',
      confidence: 'certain',
      message: `${witness.story}${witness.actions.length > 1 ? ` (and ${witness.actions.length - 1} actions like it)` : ''}`,
      primary: first?.origin ?? null,
      related: rest.map((s) => ({ origin: s.origin, message: `${s.effect} ${s.title}` })),
      fix: change === 'gained' ? 'narrow the statement that allows it' : 'allow it again where jobs need it',
      subjects: [role],
    };
  });
}
