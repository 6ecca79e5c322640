import { z } from 'zod';
import type { ClaimResult } from './claim.ts';
import type { Decision, Endpoint, Step } from './verdict.ts';
import type { WorkloadId } from './workload.ts';

/** A file that went into the proof, in the order in which it was read. `sha256` is over its text in UTF-8, in hexadecimal. */
export interface CertificateInput {
  readonly role: 'zone' | 'manifests';
  readonly file: string;
  readonly sha256: string;
}

/** Parties that no rule tells apart, with one that stands for all, and a second pod: a workload of one pod may have another one day. */
export type PartyAtom =
  | {
      readonly kind: 'pods';
      /** `replicas` null is all of them. */
      readonly members: readonly { readonly workload: WorkloadId; readonly replicas: readonly number[] | null }[];
      readonly representatives: readonly Endpoint[];
    }
  | { readonly kind: 'node'; readonly representatives: readonly Endpoint[] }
  | { readonly kind: 'addresses'; readonly cidrs: readonly string[]; readonly representatives: readonly Endpoint[] }
  | { readonly kind: 'name'; readonly pattern: string | null; readonly representatives: readonly Endpoint[] };

/** Ports (ICMP types) that no rule tells apart, both ends included, with one that stands for all. */
export interface PortAtom {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP' | 'ICMP' | 'OTHER';
  readonly low: number;
  readonly high: number;
  readonly representative: number;
}

/** A step of a walk that decides: what a rule made of the packet, and where it stands. */
export interface DecidingRule {
  readonly direction: 'egress' | 'ingress';
  readonly outcome: Step['outcome'];
  readonly policy: string;
  readonly file: string;
  readonly document: number;
  readonly path: readonly (string | number)[];
}

/** What becomes of the packets between two atoms: for each port atom once, the decision and the rules (indices) that make it. */
export type CertifiedVerdict = readonly { readonly ports: readonly number[]; readonly decision: Decision; readonly rules: readonly number[] }[];

/**
 * A proof that another program checks. `atoms`, `ports`, `rules` and `verdicts` are referred to by index. `rows` give, for each atom of training against
 * each other atom and the reverse, the verdict on every port. The packet that stands for two atoms and a port atom goes between their representatives.
 */
export interface Certificate {
  readonly $schema: 'https://ringfence.dev/schemas/certificate.v1.json';
  readonly apiVersion: 'ringfence.dev/report/v1';
  readonly kind: 'Certificate';
  readonly profile: string;
  /** Every staged policy counts as promoted. */
  readonly promoted?: true;
  /** What is not known counts as reachable. */
  readonly strict?: true;
  /** What the proof rests on beside its inputs. */
  readonly assumptions: readonly string[];
  readonly inputs: readonly CertificateInput[];
  readonly zones: readonly { readonly zone: string; readonly claims: readonly { readonly id: string; readonly status: ClaimResult['status'] }[] }[];
  readonly atoms: readonly PartyAtom[];
  readonly ports: readonly PortAtom[];
  readonly rules: readonly DecidingRule[];
  readonly verdicts: readonly CertifiedVerdict[];
  readonly rows: readonly { readonly from: readonly number[]; readonly to: readonly { readonly atoms: readonly number[]; readonly verdict: number }[] }[];
}

const text = z.string();
const index = z.int().nonnegative();
const port = z.int().min(0).max(65_535);

const endpoint: z.ZodType<Endpoint> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pod'), workload: text, replica: index }),
  z.strictObject({ kind: z.literal('node'), node: text.nullable() }),
  z.strictObject({ kind: z.literal('address'), ip: text }),
  z.strictObject({ kind: z.literal('name'), name: text }),
]);
const representatives = z.array(endpoint).min(1).max(2);

/** The shape of a certificate; whether it is true is for the checker to say. */
export const certificateSchema: z.ZodType<Certificate> = z
  .strictObject({
    $schema: z.literal('https://ringfence.dev/schemas/certificate.v1.json'),
    apiVersion: z.literal('ringfence.dev/report/v1'),
    kind: z.literal('Certificate'),
    profile: text,
    promoted: z.literal(true).exactOptional().describe('Every staged policy counts as promoted.'),
    strict: z.literal(true).exactOptional().describe('What is not known counts as reachable.'),
    assumptions: z.array(text).describe('What the proof rests on beside its inputs.'),
    inputs: z.array(z.strictObject({ role: z.enum(['zone', 'manifests']), file: text, sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
    zones: z.array(z.strictObject({ zone: text, claims: z.array(z.strictObject({ id: text, status: z.enum(['holds', 'fails', 'undecided']) })) })),
    atoms: z
      .array(
        z.discriminatedUnion('kind', [
          z.strictObject({
            kind: z.literal('pods'),
            members: z.array(z.strictObject({ workload: text, replicas: z.array(index).nullable() })).min(1),
            representatives,
          }),
          z.strictObject({ kind: z.literal('node'), representatives }),
          z.strictObject({ kind: z.literal('addresses'), cidrs: z.array(text).min(1), representatives }),
          z.strictObject({ kind: z.literal('name'), pattern: text.nullable(), representatives }),
        ]),
      )
      .describe('Parties that no rule tells apart, each with one that stands for all.'),
    ports: z.array(z.strictObject({ protocol: z.enum(['TCP', 'UDP', 'SCTP', 'ICMP', 'OTHER']), low: port, high: port, representative: port })),
    rules: z.array(
      z.strictObject({
        direction: z.enum(['egress', 'ingress']),
        outcome: z.enum(['allow', 'deny', 'pass', 'no-match', 'maybe']),
        policy: text,
        file: text,
        document: index,
        path: z.array(z.union([text, index])),
      }),
    ),
    verdicts: z.array(
      z.array(z.strictObject({ ports: z.array(index).min(1), decision: z.enum(['allowed', 'denied', 'unknown', 'ambiguous']), rules: z.array(index) })).min(1),
    ),
    rows: z.array(z.strictObject({ from: z.array(index).min(1), to: z.array(z.strictObject({ atoms: z.array(index).min(1), verdict: index })).min(1) })),
  })
  .meta({ title: 'Ringfence certificate', description: 'A proof of the claims of zones that ringfence check-certificate checks again, packet by packet.' });
