import { z } from 'zod';
import type { FabricAuditReport } from '../model/fabric-audit-report.ts';
import { unreadObjects } from './headline.ts';
import { diagnosticsJson, findingJson, ignoredJson, type JsonContext } from './json.ts';
import { type DiagnosticJson, type Envelope, type FindingJson, type IgnoredJson, reportApiVersion } from './json-types.ts';
import { countSchema, diagnosticSchema, envelope, findingSchema, ignoredSchema, textSchema } from './schema/common.ts';

export interface FabricAuditJson extends Envelope<'fabric-audit', 'FabricAuditReport'>, Omit<FabricAuditReport, 'findings'> {
  readonly findings: readonly FindingJson[];
  readonly ignored: readonly IgnoredJson[];
  readonly diagnostics: readonly DiagnosticJson[];
}

const key = z.int().min(0).max(0xffff);

/** `ringfence fabric audit --format json`. */
export const fabricAuditSchema: z.ZodType<FabricAuditJson> = z
  .strictObject({
    ...envelope('fabric-audit', 'FabricAuditReport'),
    fabric: z.strictObject({
      hosts: countSchema.describe('Ports of channel adapters.'),
      switches: countSchema,
      tables: z.enum(['live', 'configured', 'none']).describe('What is judged by: tables as they are, as the configuration will make them, or nothing.'),
    }),
    parties: z.array(
      z.strictObject({ name: textSchema, kind: z.enum(['zone', 'neighbour', 'hub', 'infrastructure']), pkey: key.nullable(), ports: countSchema }),
    ),
    apart: z.enum(['holds', 'fails', 'undecided']).describe('Whether no two zones can talk, over all pairs of ports.'),
    apartBecause: textSchema,
    crossings: z
      .array(
        z.strictObject({
          a: textSchema,
          b: textSchema,
          pkey: key.describe('15 bits.'),
          when: z.enum(['now', 'when the configuration is read']),
          pairs: countSchema,
          examples: z.array(z.strictObject({ a: textSchema, aKey: key, b: textSchema, bKey: key })),
        }),
      )
      .describe('Who can talk to whom, and should not.'),
    matrix: z.strictObject({
      pkeys: z.array(z.strictObject({ pkey: key, name: textSchema })),
      rows: z.array(
        z.strictObject({
          host: textSchema,
          guid: textSchema.describe('Port GUID, 16 hex digits.'),
          party: textSchema.nullable(),
          cells: z.array(z.enum(['full', 'limited']).nullable()).describe('In the order of pkeys.'),
          indexZero: key.nullable(),
        }),
      ),
    }),
    questions: z.array(z.strictObject({ question: textSchema, answer: z.enum(['in order', 'not in order', 'not known']), because: textSchema })),
    findings: z.array(findingSchema),
    ignored: z.array(ignoredSchema),
    assumptions: z.array(textSchema),
    diagnostics: z.array(diagnosticSchema),
  })
  .meta({
    title: 'Ringfence fabric audit report',
    description: 'Who is in which partition of an InfiniBand fabric, who can talk to whom and should not, and what is wrong.',
  });

export function fabricAuditJson(report: FabricAuditReport, context: JsonContext): FabricAuditJson {
  return {
    $schema: 'https://ringfence.dev/schemas/fabric-audit.v1.json',
    apiVersion: reportApiVersion,
    kind: 'FabricAuditReport',
    ...report,
    // What is so for a part of the input is not known of the whole.
    apart: report.apart === 'holds' && unreadObjects(context.diagnostics) > 0 ? 'undecided' : report.apart,
    findings: report.findings.map((f) => findingJson(f, context.locator)),
    ignored: ignoredJson(context),
    diagnostics: diagnosticsJson(context.diagnostics, context.locator),
  };
}
