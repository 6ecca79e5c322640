import { z } from 'zod';
import type { AdviceJson, ExplainJson } from '../json-types.ts';
import { decisionSchema, diagnosticSchema, envelope, locationSchema, packetSchema, stagedPolicySchema, textSchema, verdictSchema } from './common.ts';

export const adviceFields = {
  goal: z.enum(['open', 'close', 'settle']),
  because: z.array(textSchema).describe('Where the path is blocked or open, or what is not known.'),
  proposals: z
    .array(
      z.strictObject({
        edits: z
          .array(
            z.strictObject({
              how: z.enum(['add', 'insert', 'remove']),
              policy: textSchema,
              text: textSchema,
              manifest: textSchema.nullable().describe('The policy to add or the rule to insert, as YAML.'),
              location: locationSchema.nullable().describe('Where the edit is made; null for a new policy.'),
            }),
          )
          .min(1),
        also: z.array(textSchema).describe('All other traffic that changes; empty when nothing else does.'),
      }),
    )
    .describe('Each was carried out and the packet decided again; those that change least come first.'),
};

export const adviceSchema: z.ZodType<AdviceJson> = z
  .strictObject(adviceFields)
  .meta({ id: 'Advice', description: 'What would have to change for another verdict.' });

/** `ringfence explain --format json`. */
export const explainReportSchema: z.ZodType<ExplainJson> = z
  .strictObject({
    ...envelope('explain', 'ExplainReport'),
    asked: textSchema.describe('The question.'),
    verdict: decisionSchema.describe('What all answers say; ambiguous when they differ, or when rules of equal priority contradict each other.'),
    profile: textSchema,
    staged: z
      .strictObject({ policies: z.array(stagedPolicySchema), verdict: decisionSchema.describe('What all answers say if every staged policy is promoted.') })
      .nullable()
      .describe('Policies that decide nothing until they are promoted; null without any.'),
    answers: z.array(
      z.strictObject({
        from: textSchema,
        to: textSchema,
        packet: packetSchema,
        verdict: verdictSchema,
        tierWalk: textSchema.describe('The walk through the tiers in a line.'),
        note: textSchema.nullable(),
        advice: adviceSchema.nullable().describe('What would have to change for another verdict; null for packets beyond the first few.'),
      }),
    ),
    diagnostics: z.array(diagnosticSchema),
  })
  .meta({ title: 'Ringfence explain report', description: 'Why traffic passes or does not, rule by rule.' });
