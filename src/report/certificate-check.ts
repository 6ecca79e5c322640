import { z } from 'zod';
import type { Certificate } from '../model/certificate.ts';
import { assumptionLines } from './assumption-text.ts';
import type { TextContext } from './context.ts';
import { type Envelope, reportApiVersion } from './json-types.ts';
import type { Ink } from './pen.ts';
import { countSchema, envelope, textSchema } from './schema/common.ts';
import { visible } from './visible.ts';
import { wrap } from './width.ts';
import { counted } from './words.ts';

/** What became of a check: without problems the certificate is true. `packets` were decided again. */
export interface CheckedCertificate {
  readonly problems: readonly string[];
  readonly packets: number;
  readonly certificate: Certificate | null;
}

export interface CertificateCheckJson extends Envelope<'certificate-check', 'CertificateCheck'> {
  readonly valid: boolean;
  readonly problems: readonly string[];
  readonly packets: number;
  readonly profile: string | null;
  readonly zones: Certificate['zones'];
  readonly assumptions: readonly string[];
}

/** `ringfence check-certificate --format json`. */
export const certificateCheckSchema: z.ZodType<CertificateCheckJson> = z
  .strictObject({
    ...envelope('certificate-check', 'CertificateCheck'),
    valid: z.boolean().describe('Whether every claim stands as the certificate says; a claim may stand as failed.'),
    problems: z.array(textSchema),
    packets: countSchema.describe('Packets that were decided again.'),
    profile: textSchema.nullable(),
    zones: z.array(z.strictObject({ zone: textSchema, claims: z.array(z.strictObject({ id: textSchema, status: z.enum(['holds', 'fails', 'undecided']) })) })),
    assumptions: z.array(textSchema),
  })
  .meta({ title: 'Ringfence certificate check', description: 'Whether a certificate is true of the given inputs.' });

export function certificateCheckJson({ problems, packets, certificate }: CheckedCertificate): CertificateCheckJson {
  return {
    $schema: 'https://ringfence.dev/schemas/certificate-check.v1.json',
    apiVersion: reportApiVersion,
    kind: 'CertificateCheck',
    valid: problems.length === 0,
    problems: [...problems],
    packets,
    profile: certificate?.profile ?? null,
    zones: problems.length === 0 ? (certificate?.zones ?? []) : [],
    assumptions: problems.length === 0 ? [...(certificate?.assumptions ?? [])] : [],
  };
}

const inks: Readonly<Record<'holds' | 'fails' | 'undecided', readonly Ink[]>> = { holds: ['green'], fails: ['red', 'bold'], undecided: ['yellow', 'bold'] };

/** The result for people: what is wrong, or what is proven and what it rests on. */
export function certificateCheckText({ problems, packets, certificate }: CheckedCertificate, context: TextContext): string {
  const { pen } = context;
  if (problems.length > 0 || certificate === null) {
    const lines = problems.flatMap((p) =>
      wrap(visible(p), pen.style.width - 4).map((line, i) => `  ${i === 0 ? pen.ink(pen.glyphs.fails, 'red', 'bold') : ' '} ${line}`),
    );
    return `${[pen.ink('The certificate proves nothing about these inputs.', 'red', 'bold'), ...lines].join('\n')}\n`;
  }
  const zones = certificate.zones.map(({ zone, claims }) =>
    [
      pen.ink(visible(zone), 'bold'),
      ...claims.map(
        ({ id, status }) =>
          `  ${pen.ink(pen.glyphs[status], ...inks[status])} ${visible(id)}${status === 'holds' ? '' : ` ${pen.ink(status, ...inks[status])}`}`,
      ),
    ].join('\n'),
  );
  const head = `${pen.ink('The certificate is true of these inputs', 'green', 'bold')}: ${counted(packets, 'packet')} decided again under profile ${visible(certificate.profile)}.`;
  const foot = assumptionLines(certificate.assumptions, context).map((line) => pen.ink(line, 'dim'));
  return `${[head, ...zones, foot.join('\n')].filter((t) => t !== '').join('\n\n')}\n`;
}
