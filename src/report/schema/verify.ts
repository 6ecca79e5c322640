import { z } from 'zod';
import { fabricWaySchema } from '../fabric-way.ts';
import { iamWitnessSchema } from '../iam-witness-json.ts';
import type { ClaimAdviceJson, ClaimJson, VerifyJson } from '../json-types.ts';
import {
  counterexampleSchema,
  countSchema,
  diagnosticSchema,
  envelope,
  findingSchema,
  ignoredSchema,
  locationSchema,
  stagedPolicySchema,
  textSchema,
} from './common.ts';
import { adviceFields } from './explain.ts';

const statusSchema = z.enum(['holds', 'fails', 'undecided']);

const claimAdviceSchema: z.ZodType<ClaimAdviceJson> = z
  .strictObject({
    ...adviceFields,
    outcome: statusSchema.nullable().describe('What becomes of the claim with the proposal; null without one.'),
    breaks: z.array(textSchema).describe('Claims that hold and no longer do with it, as ZONE CLAIM.'),
  })
  .meta({ id: 'ClaimAdvice', description: 'What would make a claim hold: at most one proposal, carried out and every claim proven again.' });

const landingSchema = z
  .strictObject({
    pod: textSchema,
    node: textSchema,
    through: z.array(z.strictObject({ text: textSchema, location: locationSchema.nullable() })).describe('The lines that let it.'),
  })
  .meta({ id: 'Landing', description: 'A pod template and a node that its pods may come to run on.' });

export const claimSchema: z.ZodType<ClaimJson> = z
  .strictObject({
    id: textSchema,
    group: z.enum(['safety', 'liveness', 'hygiene']),
    title: textSchema,
    status: statusSchema,
    counterexamples: z.array(counterexampleSchema),
    requests: z.array(iamWitnessSchema).describe('With --iam, for a claim about identities: requests that refute it.'),
    landings: z.array(landingSchema).describe('For a claim about nodes: pod templates that refute it, each with a node.'),
    ways: z.array(fabricWaySchema).describe('With --fabric, for the claim about InfiniBand: ways that refute it.'),
    reasons: z.array(textSchema),
    evidence: z.array(textSchema),
    fix: textSchema.nullable(),
    advice: claimAdviceSchema.nullable().describe('What to change, for the first few claims that fail with a packet.'),
    location: locationSchema.nullable().describe('Where the zone asks for it.'),
  })
  .meta({ id: 'Claim', description: 'One claim of a zone and what became of it. Undecided claims do not hold.' });

/** `ringfence verify --format json`. */
export const verifyReportSchema: z.ZodType<VerifyJson> = z
  .strictObject({
    ...envelope('verify', 'VerifyReport'),
    holds: z.boolean().describe('Whether every claim of every zone holds, and the whole input could be read.'),
    unreadObjects: countSchema.describe('Objects that could not be read: what they hold is in no claim.'),
    profile: textSchema,
    zones: z.array(
      z.strictObject({
        zone: textSchema,
        tally: z.strictObject({ holds: countSchema, fails: countSchema, undecided: countSchema }),
        claims: z.array(claimSchema),
        notCovered: z.array(textSchema),
      }),
    ),
    unread: z.array(z.strictObject({ kind: textSchema, count: countSchema })).describe('Kinds that nothing reads: what they make is not in the picture.'),
    strict: z.boolean().describe('Whether what is not known counted as reachable.'),
    staged: z
      .strictObject({
        policies: z.array(stagedPolicySchema),
        claims: z.array(
          z.strictObject({
            zone: textSchema,
            claim: textSchema,
            now: statusSchema,
            promoted: statusSchema,
            because: z
              .array(textSchema)
              .describe('Where the two differ: staged policies that bring the change alone; else those without which it does not come; else all of them.'),
          }),
        ),
      })
      .nullable()
      .describe('With --with-staged: each claim with what is enforced, and if every staged policy were promoted. The claims above are those if promoted.'),
    findings: z.array(findingSchema),
    ignored: z.array(ignoredSchema),
    assumptions: z.array(textSchema),
    diagnostics: z.array(diagnosticSchema),
  })
  .meta({ title: 'Ringfence verify report', description: 'Each claim of each zone, proven or refuted.' });
