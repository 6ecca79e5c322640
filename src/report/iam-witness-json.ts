import { z } from 'zod';
import type { Locator } from '../kernel/origin.ts';
import type { IamWitness } from '../model/iam-witness.ts';
import type { IamWitnessJson } from './json-types.ts';
import { locationJson } from './location-json.ts';
import { locationSchema, textSchema } from './schema/common.ts';

interface IamOutcomeFields {
  readonly decision: z.ZodType<IamWitnessJson['decision']>;
  readonly because: z.ZodType<string>;
  readonly steps: z.ZodType<IamWitnessJson['steps']>;
}

/** What becomes of a request, and why. */
export const iamOutcomeFields: IamOutcomeFields = {
  decision: z.enum(['allowed', 'explicitly-denied', 'implicitly-denied', 'unknown']),
  because: textSchema,
  steps: z
    .array(
      z.strictObject({
        title: textSchema,
        effect: z.enum(['Allow', 'Deny']),
        policy: textSchema,
        certain: z.boolean().describe('Whether it is known to be about the request.'),
        location: locationSchema,
      }),
    )
    .describe('The statements about the request.'),
};

export const iamWitnessSchema: z.ZodType<IamWitnessJson> = z
  .strictObject({
    caller: textSchema,
    action: textSchema,
    resource: textSchema,
    foreignAccount: textSchema.nullable().describe('The account of the resource, where it is another than the caller’s.'),
    keys: z.array(z.strictObject({ key: textSchema, values: z.array(textSchema) })).describe('Condition keys that the request has.'),
    ...iamOutcomeFields,
    actions: z.array(textSchema).describe('Actions of which every statement says the same.'),
    story: textSchema,
  })
  .meta({ id: 'IamWitness', description: 'One request, and what becomes of it.' });

export function witnessJson({ steps, ...witness }: IamWitness, locator: Locator): IamWitnessJson {
  return { ...witness, steps: steps.map(({ origin, ...step }) => ({ ...step, location: locationJson(origin, locator) })) };
}
