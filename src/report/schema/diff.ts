import { z } from 'zod';
import type { DiffJson, TrafficChangeJson, UndecidedTrafficJson } from '../diff-json.ts';
import { countSchema, diagnosticSchema, envelope, locationSchema, packetSchema, textSchema, verdictSchema } from './common.ts';

const state = z.enum(['allowed', 'unknown', 'denied']);

const party = z
  .strictObject({ kind: z.enum(['workload', 'service', 'node', 'metadata', 'internet', 'address', 'name']), id: textSchema, title: textSchema })
  .meta({ id: 'DiffParty', description: 'Whom a change is about.' });

const end = z
  .strictObject({
    summary: textSchema.describe('All parties in a few words.'),
    parties: z.array(party),
    pods: countSchema.describe('Pods among them.'),
  })
  .meta({ id: 'DiffEnd', description: 'One end of a change: many parties that changed alike.' });

const side = z.strictObject({ title: textSchema.describe('The path as it was given.'), profile: textSchema });

const changedObject = { title: textSchema, how: z.enum(['added', 'removed', 'changed']), location: locationSchema.nullable() };

const traffic = {
  from: end,
  to: end,
  ports: textSchema,
  example: z.strictObject({ packet: packetSchema, before: verdictSchema.nullable(), after: verdictSchema.nullable() }),
  causes: z.array(z.strictObject({ side: z.enum(['before', 'after']), text: textSchema, location: locationSchema.nullable() })),
};

const undecidedTrafficSchema: z.ZodType<UndecidedTrafficJson> = z.strictObject(traffic).meta({
  id: 'UndecidedTraffic',
  description:
    'A rectangle of traffic that is unknown on both sides and that the change bears on: whether it passes as it did cannot be told. The verdicts of the example say what is not known.',
});

export const trafficChangeSchema: z.ZodType<TrafficChangeJson> = z
  .strictObject({
    effect: z.enum(['gained', 'lost']).describe('gained: towards allowed; lost: towards denied.'),
    certainty: z.enum(['certain', 'possible']).describe('certain when both states are known.'),
    because: z.enum(['rules', 'workloads']).describe('workloads: one end exists on one side only.'),
    before: state,
    after: state,
    ...traffic,
  })
  .meta({
    id: 'TrafficChange',
    description: 'A rectangle of traffic that changed: every party of from to every party of to, on these ports. Rectangles are disjoint.',
  });

/** `ringfence diff --format json`. */
export const diffReportSchema: z.ZodType<DiffJson> = z
  .strictObject({
    ...envelope('diff', 'DiffReport'),
    same: z.boolean().describe('Whether no traffic and no filter above layer 4 differs, and none is left open.'),
    before: side,
    after: side,
    changes: z.array(trafficChangeSchema),
    undecided: z.array(undecidedTrafficSchema),
    policies: z.array(z.strictObject(changedObject)).describe('Policies that came, went or mean something else.'),
    filters: z
      .array(z.strictObject(changedObject))
      .describe('Policies whose filters above layer 4 (TLS server names, HTTP) came, went or changed; changes is about layers 3 and 4.'),
    workloads: z.array(z.strictObject({ id: textSchema, ...changedObject })).describe('Workloads that came or went.'),
    assumptions: z.array(textSchema),
    diagnostics: z.array(diagnosticSchema),
  })
  .meta({ title: 'Ringfence diff report', description: 'Traffic that two clusters, or one cluster under two profiles, differ in, as sets.' });
