import { z } from 'zod';
import type { Locator } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { IamClaim, IamReport } from '../model/iam-report.ts';
import { iamWitnessSchema, witnessJson } from './iam-witness-json.ts';
import { diagnosticsJson } from './json.ts';
import { type DiagnosticJson, type Envelope, type IamWitnessJson, type LocationJson, reportApiVersion } from './json-types.ts';
import { locationJson } from './location-json.ts';
import { countSchema, diagnosticSchema, envelope, locationSchema, textSchema } from './schema/common.ts';

export interface IamVerifyJson extends Envelope<'iam-verify', 'IamVerifyReport'> {
  readonly holds: boolean;
  readonly zones: readonly {
    readonly zone: string;
    readonly tally: { readonly holds: number; readonly fails: number; readonly undecided: number };
    readonly claims: readonly (Omit<IamClaim, 'origin' | 'witnesses'> & {
      readonly witnesses: readonly IamWitnessJson[];
      readonly location: LocationJson | null;
    })[];
    readonly notCovered: readonly string[];
  }[];
  readonly policies: readonly { readonly name: string; readonly as: string; readonly location: LocationJson }[];
  readonly assumptions: readonly string[];
  readonly diagnostics: readonly DiagnosticJson[];
}

const statusSchema = z.enum(['holds', 'fails', 'undecided']);

/** `ringfence iam verify --format json`. */
export const iamVerifySchema: z.ZodType<IamVerifyJson> = z
  .strictObject({
    ...envelope('iam-verify', 'IamVerifyReport'),
    holds: z.boolean().describe('Whether every claim of every zone holds, and the whole input could be read.'),
    zones: z.array(
      z.strictObject({
        zone: textSchema,
        tally: z.strictObject({ holds: countSchema, fails: countSchema, undecided: countSchema }),
        claims: z.array(
          z.strictObject({
            id: textSchema,
            group: z.enum(['safety', 'liveness', 'hygiene']),
            title: textSchema,
            status: statusSchema,
            witnesses: z.array(iamWitnessSchema),
            reasons: z.array(textSchema),
            evidence: z.array(textSchema),
            fix: textSchema.nullable(),
            location: locationSchema.nullable().describe('Where the zone asks for it.'),
          }),
        ),
        notCovered: z.array(textSchema),
      }),
    ),
    policies: z.array(z.strictObject({ name: textSchema, as: textSchema.describe('What it was taken for, and why.'), location: locationSchema })),
    assumptions: z.array(textSchema),
    diagnostics: z.array(diagnosticSchema),
  })
  .meta({ title: 'Ringfence iam verify report', description: 'Each claim about the identities of a zone, proven or refuted for all requests.' });

export function iamVerifyJson(
  report: IamReport,
  { locator, diagnostics }: { readonly locator: Locator; readonly diagnostics: readonly Diagnostic[] },
): IamVerifyJson {
  return {
    $schema: 'https://ringfence.dev/schemas/iam-verify.v1.json',
    apiVersion: reportApiVersion,
    kind: 'IamVerifyReport',
    holds: report.zones.every((z) => z.claims.every((c) => c.status === 'holds')) && !diagnostics.some((d) => d.severity === 'error'),
    zones: report.zones.map(({ zone, claims, notCovered }) => ({
      zone,
      tally: { holds: count(claims, 'holds'), fails: count(claims, 'fails'), undecided: count(claims, 'undecided') },
      claims: claims.map(({ origin, witnesses, ...claim }) => ({
        ...claim,
        witnesses: witnesses.map((w) => witnessJson(w, locator)),
        location: origin === null ? null : locationJson(origin, locator),
      })),
      notCovered,
    })),
    policies: report.taken.map(({ name, as, origin }) => ({ name, as, location: locationJson(origin, locator) })),
    assumptions: report.assumptions,
    diagnostics: diagnosticsJson(diagnostics, locator),
  };
}

function count(claims: readonly IamClaim[], status: IamClaim['status']): number {
  return claims.filter((c) => c.status === status).length;
}
