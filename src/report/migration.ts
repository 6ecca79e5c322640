import { z } from 'zod';
import type { MigratedPolicy, MigrationReport } from '../model/migration-report.ts';
import type { TextContext } from './context.ts';
import { diffJson, type TrafficChangeJson } from './diff-json.ts';
import { diffText } from './diff-text.ts';
import { diagnosticsJson, type JsonContext } from './json.ts';
import { type DiagnosticJson, type Envelope, type LocationJson, reportApiVersion } from './json-types.ts';
import { locationJson } from './location-json.ts';
import { placeOf } from './place.ts';
import { countSchema, diagnosticSchema, envelope, locationSchema, textSchema } from './schema/common.ts';
import { trafficChangeSchema } from './schema/diff.ts';
import { visible } from './visible.ts';
import { wrap } from './width.ts';
import { counted } from './words.ts';

export interface MigrationJson extends Envelope<'migrate', 'MigrationReport'> {
  readonly proven: boolean;
  readonly profile: string;
  readonly sorts: number;
  readonly left: readonly string[];
  readonly policies: readonly (Omit<MigratedPolicy, 'origin'> & { readonly location: LocationJson })[];
  readonly changes: readonly TrafficChangeJson[];
  readonly diagnostics: readonly DiagnosticJson[];
}

/** `ringfence migrate --format json`. */
export const migrationReportSchema: z.ZodType<MigrationJson> = z
  .strictObject({
    ...envelope('migrate', 'MigrationReport'),
    proven: z.boolean().describe('Whether no traffic changes, for every sort of pod. Only then are files written.'),
    profile: textSchema,
    sorts: countSchema.describe('Sorts of pod to come that were compared beside the pods of the input.'),
    left: z.array(textSchema).describe('Why some sort of pod may be missing from the proof.'),
    policies: z.array(
      z.strictObject({
        name: textSchema,
        from: textSchema,
        tier: textSchema,
        priority: countSchema,
        text: textSchema.describe('The manifest, as YAML.'),
        location: locationSchema.describe('The policy it was made of.'),
      }),
    ),
    changes: z.array(trafficChangeSchema).describe('Traffic that would change; empty when the migration is proven.'),
    diagnostics: z.array(diagnosticSchema),
  })
  .meta({ title: 'Ringfence migration report', description: 'Older cluster policies as ClusterNetworkPolicies that do the same, with the proof.' });

/** Whether the comparison shows that nothing changes. */
export function isProven({ difference, left }: MigrationReport): boolean {
  return difference.changes.length === 0 && left.length === 0;
}

export function migrationJson(report: MigrationReport, context: Omit<JsonContext, 'ignored'>): MigrationJson {
  return {
    $schema: 'https://ringfence.dev/schemas/migrate.v1.json',
    apiVersion: reportApiVersion,
    kind: 'MigrationReport',
    proven: isProven(report),
    profile: report.difference.after.profile,
    sorts: report.sorts,
    left: [...report.left],
    policies: report.policies.map(({ name, from, tier, priority, text, origin }) => ({
      name,
      from,
      tier,
      priority,
      text,
      location: locationJson(origin, context.locator),
    })),
    changes: diffJson(report.difference, context).changes,
    diagnostics: diagnosticsJson(context.diagnostics, context.locator),
  };
}

/** What became of what, and whether it is proven; the traffic that would change where it is not. */
export function migrationText(report: MigrationReport, context: TextContext): string {
  const { pen, locator } = context;
  const proven = isProven(report);
  const compared = `every pod of the input and ${counted(report.sorts, 'sort')} of pod to come, under profile ${visible(report.difference.after.profile)}`;
  const head =
    report.policies.length === 0
      ? pen.ink('Nothing to migrate: there is no AdminNetworkPolicy or BaselineAdminNetworkPolicy.', 'bold')
      : proven
        ? `${pen.ink('Proven: no traffic changes', 'green', 'bold')}, for ${compared}`
        : `${pen.ink('Not proven, and so nothing is written', 'red', 'bold')}; compared were ${compared}`;
  const policies = report.policies.flatMap((p) => [
    `  ${pen.glyphs.dot} ${visible(p.from)} ${pen.glyphs.arrow} ClusterNetworkPolicy ${visible(p.name)}  ${pen.ink(`${p.tier} ${p.priority}`, 'cyan')}`,
    `      ${pen.ink(placeOf(p.origin, locator) ?? '', 'dim')}`,
  ]);
  const left = report.left.map((line) => `  ${pen.ink(pen.glyphs.warning, 'yellow')} ${visible(line)}`);
  const parts = [[...wrap(head, pen.style.width), ...policies, ...left].join('\n')];
  if (report.difference.changes.length > 0) parts.push(diffText({ ...report.difference, policies: [], assumptions: [] }, context).trimEnd());
  return `${parts.join('\n\n')}\n`;
}
