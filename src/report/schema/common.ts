import { z } from 'zod';

/** Version of every report's JSON. It changes when a field goes or changes its meaning; new fields may appear without that. */
export const reportApiVersion = 'ringfence.dev/report/v1';

/** The fields that open every report. `$schema` names the published schema, `kind` which report it is. */
export function envelope<Kind extends string, File extends string>(
  kind: Kind,
  file: File,
): { $schema: z.ZodLiteral<`https://ringfence.dev/schemas/${File}`>; apiVersion: z.ZodLiteral<typeof reportApiVersion>; kind: z.ZodLiteral<Kind> } {
  return { $schema: z.literal(`https://ringfence.dev/schemas/${file}`), apiVersion: z.literal(reportApiVersion), kind: z.literal(kind) };
}

const text = z.string();
const count = z.int().nonnegative();
const position = z.int().positive();

/** Line and column are 1-based, columns count UTF-16 code units, the end is exclusive. */
export const locationSchema = z
  .strictObject({
    file: text.describe('The path as it was given, with forward slashes; - is standard input.'),
    line: position,
    column: position.describe('Counts UTF-16 code units.'),
    endLine: position,
    endColumn: position.describe('Exclusive.'),
    document: count.describe('Which document of the file, from 0.'),
    path: text.describe('Where in the document: spec.ingress[0].'),
  })
  .meta({ id: 'Location', description: 'A place in a file. Lines and columns count from 1.' });

export const severitySchema = z.enum(['critical', 'high', 'medium', 'low', 'info']);

export const findingSchema = z
  .strictObject({
    check: text.describe('Slug of the check that made it.'),
    severity: severitySchema,
    confidence: z.enum(['certain', 'likely', 'possible']),
    message: text,
    location: locationSchema.nullable().describe('Null when the fault is that something is absent.'),
    related: z.array(z.strictObject({ message: text, location: locationSchema })),
    fix: text,
    patch: text.optional().describe('A manifest fragment that mends it.'),
    subjects: z.array(text).describe('Workloads, namespaces or nodes it is about.'),
  })
  .meta({ id: 'Finding', description: 'One thing that is wrong with the cluster.' });

export const diagnosticSchema = z
  .strictObject({ code: text, severity: z.enum(['error', 'warning']), message: text, hint: text.optional(), location: locationSchema.nullable() })
  .meta({ id: 'Diagnostic', description: 'One thing that is wrong with the input.' });

export const ignoredSchema = z
  .strictObject({
    finding: findingSchema,
    reason: text,
    until: z.iso.date().nullable().describe('The last day the ignore holds.'),
    location: locationSchema.describe('Where the ignore comment or annotation stands.'),
  })
  .meta({ id: 'Ignored', description: 'A finding that somebody chose to ignore, and why.' });

export const gapSchema = z
  .strictObject({ code: text, text, mend: text.describe('What input would settle it.') })
  .meta({ id: 'Gap', description: 'Something that had to be known and was not.' });

export const protocolSchema = z.enum(['TCP', 'UDP', 'SCTP', 'ICMP', 'OTHER']);

export const endpointSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('pod'), workload: text, replica: count }),
    z.strictObject({ kind: z.literal('node'), node: text.nullable() }),
    z.strictObject({ kind: z.literal('address'), ip: text }),
    z.strictObject({ kind: z.literal('name'), name: text }),
  ])
  .meta({ id: 'Endpoint', description: 'One end of a packet.' });

export const packetSchema = z
  .strictObject({ from: endpointSchema, to: endpointSchema, protocol: protocolSchema, port: z.int().min(0).max(65535) })
  .meta({ id: 'Packet', description: 'The first packet of a connection. For ICMP the port is the type.' });

export const decisionSchema = z.enum(['allowed', 'denied', 'unknown', 'ambiguous']);

export const sideSchema = z
  .strictObject({
    direction: z.enum(['egress', 'ingress']),
    decision: decisionSchema,
    because: text,
    steps: z.array(
      z.strictObject({
        tier: z.enum(['admin', 'normal', 'baseline']),
        policy: text,
        outcome: z.enum(['allow', 'deny', 'pass', 'no-match', 'maybe']),
        because: text,
        location: locationSchema,
      }),
    ),
  })
  .meta({ id: 'Side', description: 'One side of a verdict: egress of the source or ingress of the destination.' });

export const verdictSchema = z
  .strictObject({
    decision: decisionSchema,
    egress: sideSchema,
    ingress: sideSchema,
    gaps: z.array(gapSchema),
    qualifiers: z.array(z.enum(['modulo-dns', 'shared-ip', 'ungoverned', 'startup-window', 'l7-only'])),
    profile: text,
  })
  .meta({ id: 'Verdict', description: 'What becomes of a packet, with the evidence of both sides.' });

export { count as countSchema, text as textSchema };
