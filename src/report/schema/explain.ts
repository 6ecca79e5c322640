import { z } from 'zod';
import type { ExplainJson } from '../json-types.ts';
import { decisionSchema, diagnosticSchema, envelope, packetSchema, stagedPolicySchema, textSchema, verdictSchema } from './common.ts';

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
      }),
    ),
    diagnostics: z.array(diagnosticSchema),
  })
  .meta({ title: 'Ringfence explain report', description: 'Why traffic passes or does not, rule by rule.' });
