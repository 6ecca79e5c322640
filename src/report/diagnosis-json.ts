import { z } from 'zod';
import type { Cause, Diagnosis, Passed } from '../model/diagnosis.ts';
import { diagnosisHeadline } from './diagnosis-text.ts';
import { adviceJson, counterexampleJson, diagnosticsJson, type JsonContext, writtenPoliciesJson } from './json.ts';
import { type AdviceJson, type CounterexampleJson, type DiagnosticJson, type Envelope, reportApiVersion, type WrittenPolicyJson } from './json-types.ts';
import { counterexampleSchema, countSchema, diagnosticSchema, envelope, textSchema, writtenPolicySchema } from './schema/common.ts';
import { adviceSchema } from './schema/explain.ts';

interface CauseJson extends Pick<Cause, 'blames' | 'likelihood' | 'title' | 'because' | 'quotes' | 'first' | 'fix'> {
  readonly witness: CounterexampleJson | null;
  readonly advice: AdviceJson | null;
  readonly patch: { readonly policies: readonly WrittenPolicyJson[]; readonly also: readonly string[] } | null;
}

export interface DiagnosisJson extends Envelope<'diagnosis', 'Diagnosis'> {
  readonly headline: string;
  readonly verdict: Diagnosis['verdict'];
  readonly causes: readonly CauseJson[];
  readonly passed: readonly Passed[];
  readonly logs: Diagnosis['logs'];
  readonly recognised: number;
  readonly facts: readonly string[];
  readonly profile: string | null;
  readonly assumptions: readonly string[];
  readonly diagnostics: readonly DiagnosticJson[];
}

export function diagnosisJson(diagnosis: Diagnosis, { locator, diagnostics }: Omit<JsonContext, 'ignored'>): DiagnosisJson {
  return {
    $schema: 'https://ringfence.dev/schemas/diagnosis.v1.json',
    apiVersion: reportApiVersion,
    kind: 'Diagnosis',
    headline: diagnosisHeadline(diagnosis),
    verdict: diagnosis.verdict,
    causes: diagnosis.causes.map(({ witness, advice, patch, because, quotes, ...cause }) => ({
      ...cause,
      because: [...because],
      quotes: [...quotes],
      witness: witness === null ? null : counterexampleJson(witness, locator),
      advice: advice === null ? null : adviceJson(advice, locator),
      patch: patch === null ? null : { policies: writtenPoliciesJson(patch), also: [...patch.also] },
    })),
    passed: diagnosis.passed.map((p) => ({ ...p, quotes: [...p.quotes] })),
    logs: [...diagnosis.logs],
    recognised: diagnosis.recognised,
    facts: [...diagnosis.facts],
    profile: diagnosis.profile,
    assumptions: [...diagnosis.assumptions],
    diagnostics: diagnosticsJson(diagnostics, locator),
  };
}

const quoteSchema = z.strictObject({ file: textSchema, line: z.int().positive(), text: textSchema, count: countSchema });

const causeSchema: z.ZodType<CauseJson> = z
  .strictObject({
    blames: z.enum(['policy', 'network', 'fabric', 'names', 'setting', 'program', 'unsettled']),
    likelihood: z.enum(['certain', 'likely', 'possible']),
    title: textSchema,
    because: z.array(textSchema),
    quotes: z.array(quoteSchema),
    first: z
      .strictObject({ time: textSchema, pod: textSchema.nullable() })
      .nullable()
      .describe('When the first of its lines was printed, and by whom, as far as the logs tell.'),
    fix: textSchema,
    witness: counterexampleSchema.nullable().describe('The packet that the policies were asked about.'),
    advice: adviceSchema.nullable(),
    patch: z
      .strictObject({ policies: z.array(writtenPolicySchema), also: z.array(textSchema) })
      .nullable()
      .describe('Policies that open what is blocked.'),
  })
  .meta({ id: 'Cause', description: 'What may be to blame.' });

/** `ringfence diagnose --format json`. */
export const diagnosisSchema: z.ZodType<DiagnosisJson> = z
  .strictObject({
    ...envelope('diagnosis', 'Diagnosis'),
    headline: textSchema,
    verdict: z.enum(['network', 'elsewhere', 'unsettled', 'nothing']),
    causes: z.array(causeSchema).describe('Most likely first; of those that are as likely, what was seen first, where the logs tell.'),
    passed: z
      .array(z.strictObject({ title: textSchema, quotes: z.array(quoteSchema), means: textSchema, by: quoteSchema }))
      .describe('What failed at first and worked afterwards, with the line that shows it.'),
    logs: z.array(z.strictObject({ file: textSchema, lines: countSchema, bytes: countSchema })),
    recognised: countSchema.describe('Lines that were recognised.'),
    facts: z.array(textSchema),
    profile: textSchema.nullable(),
    assumptions: z.array(textSchema),
    diagnostics: z.array(diagnosticSchema),
  })
  .meta({ title: 'Ringfence diagnosis', description: 'What logs say about why a job does not go on.' });
