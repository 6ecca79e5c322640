import { z } from 'zod';
import type { Severity } from '../../model/finding.ts';
import type { Endpoint, Gap, Packet, Verdict } from '../../model/verdict.ts';
import type { Protocol } from '../../space/transport-set.ts';
import {
  type CounterexampleJson,
  type DiagnosticJson,
  type FindingJson,
  type IgnoredJson,
  type LocationJson,
  reportApiVersion,
  type SchemaId,
  type SideJson,
  type StagedPolicyJson,
  type VerdictJson,
  type WrittenPolicyJson,
} from '../json-types.ts';

/** The fields that open every report: `$schema` names the published schema, `kind` which report it is. */
export function envelope<Name extends string, Kind extends string>(
  name: Name,
  kind: Kind,
): { $schema: z.ZodLiteral<SchemaId<Name>>; apiVersion: z.ZodLiteral<typeof reportApiVersion>; kind: z.ZodLiteral<Kind> } {
  return { $schema: z.literal(`https://ringfence.dev/schemas/${name}.v1.json`), apiVersion: z.literal(reportApiVersion), kind: z.literal(kind) };
}

const text: z.ZodString = z.string();
const count: z.ZodInt = z.int().nonnegative();
const position = z.int().positive();

/** Line and column are 1-based, columns count UTF-16 code units, the end is exclusive. */
export const locationSchema: z.ZodType<LocationJson> = z
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

export const severitySchema: z.ZodType<Severity> = z.enum(['critical', 'high', 'medium', 'low', 'info']);

export const findingSchema: z.ZodType<FindingJson> = z
  .strictObject({
    check: text.describe('Slug of the check that made it.'),
    severity: severitySchema,
    confidence: z.enum(['certain', 'likely', 'possible']),
    message: text,
    location: locationSchema.nullable().describe('Null when the fault is that something is absent.'),
    related: z.array(z.strictObject({ message: text, location: locationSchema })),
    fix: text,
    patch: text.exactOptional().describe('A manifest fragment that mends it.'),
    subjects: z.array(text).describe('Workloads, namespaces or nodes it is about.'),
  })
  .meta({ id: 'Finding', description: 'One thing that is wrong with the cluster.' });

export const diagnosticSchema: z.ZodType<DiagnosticJson> = z
  .strictObject({ code: text, severity: z.enum(['error', 'warning']), message: text, hint: text.exactOptional(), location: locationSchema.nullable() })
  .meta({ id: 'Diagnostic', description: 'One thing that is wrong with the input.' });

export const ignoredSchema: z.ZodType<IgnoredJson> = z
  .strictObject({
    finding: findingSchema,
    reason: text,
    until: z.iso.date().nullable().describe('The last day the ignore holds.'),
    location: locationSchema.describe('Where the ignore comment or annotation stands.'),
  })
  .meta({ id: 'Ignored', description: 'A finding that somebody chose to ignore, and why.' });

export const gapSchema: z.ZodType<Gap> = z
  .strictObject({ code: text, text, mend: text.describe('What input would settle it.') })
  .meta({ id: 'Gap', description: 'Something that had to be known and was not.' });

export const protocolSchema: z.ZodType<Protocol> = z.enum(['TCP', 'UDP', 'SCTP', 'ICMP', 'OTHER']);

export const endpointSchema: z.ZodType<Endpoint> = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('pod'), workload: text, replica: count }),
    z.strictObject({ kind: z.literal('node'), node: text.nullable() }),
    z.strictObject({ kind: z.literal('address'), ip: text }),
    z.strictObject({ kind: z.literal('name'), name: text }),
  ])
  .meta({ id: 'Endpoint', description: 'One end of a packet.' });

export const packetSchema: z.ZodType<Packet> = z
  .strictObject({
    from: endpointSchema,
    to: endpointSchema,
    protocol: protocolSchema,
    port: z.int().min(0).max(65535),
    via: text.exactOptional().describe('The Service that was dialled, namespace/name.'),
  })
  .meta({ id: 'Packet', description: 'The first packet of a connection. For ICMP the port is the type.' });

export const decisionSchema: z.ZodType<Verdict['decision']> = z.enum(['allowed', 'denied', 'unknown', 'ambiguous']);

export const sideSchema: z.ZodType<SideJson> = z
  .strictObject({
    direction: z.enum(['egress', 'ingress']),
    decision: decisionSchema,
    because: text,
    steps: z.array(
      z.strictObject({
        tier: text,
        policy: text,
        outcome: z.enum(['allow', 'deny', 'pass', 'no-match', 'maybe']),
        because: text,
        location: locationSchema,
      }),
    ),
  })
  .meta({ id: 'Side', description: 'One side of a verdict: egress of the source or ingress of the destination.' });

export const verdictSchema: z.ZodType<VerdictJson> = z
  .strictObject({
    decision: decisionSchema,
    egress: sideSchema,
    ingress: sideSchema,
    gaps: z.array(gapSchema),
    qualifiers: z.array(z.enum(['modulo-dns', 'shared-ip', 'ungoverned', 'l7-only'])),
    profile: text,
  })
  .meta({ id: 'Verdict', description: 'What becomes of a packet, with the evidence of both sides.' });

export const stagedPolicySchema: z.ZodType<StagedPolicyJson> = z
  .strictObject({
    id: text,
    does: z.enum(['set', 'delete', 'nothing']).describe('What promotion does to the target: make or replace it, delete it, nothing.'),
    target: text,
    location: locationSchema,
  })
  .meta({ id: 'StagedPolicy', description: 'A policy that decides nothing until it is promoted.' });

export const counterexampleSchema: z.ZodType<CounterexampleJson> = z.strictObject({ packet: packetSchema, story: text, verdict: verdictSchema });

export const writtenPolicySchema: z.ZodType<WrittenPolicyJson> = z.strictObject({ policy: text, manifest: text });

export { count as countSchema, text as textSchema };
