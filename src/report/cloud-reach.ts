import { z } from 'zod';
import type { CloudReach, StorageAccess } from '../model/cloud-reach.ts';
import type { TextContext } from './context.ts';
import { markdownText } from './markdown-escape.ts';
import type { RuleMeta } from './sarif.ts';
import { textSchema } from './schema/common.ts';
import { visible } from './visible.ts';
import { wrap } from './width.ts';

/** Accesses that people are shown per ServiceAccount; JSON has them all. */
const accessShown = 24;

/** What training may do to storage with its roles, in `scan --format json`. */
export const cloudReachSchema: z.ZodType<CloudReach> = z
  .strictObject({
    serviceAccount: textSchema,
    workloads: z.array(textSchema),
    role: textSchema.nullable().describe('Null: the input does not say.'),
    by: z
      .enum(['irsa', 'pod-identity', 'node'])
      .nullable()
      .describe('How pods come to the role; node: the metadata service hands it out. Null: which they have is not known.'),
    network: z.enum(['reachable', 'unknown', 'unreachable']).describe('Whether a front end of the store is within reach on TCP 443.'),
    through: textSchema.nullable(),
    access: z.array(
      z.strictObject({
        deed: z.enum(['read', 'write', 'delete', 'change permissions']),
        resources: textSchema.nullable().describe('A resource pattern; null: what no pattern names, such as all but some.'),
        otherAccounts: z.boolean().describe('Whether buckets of other accounts are among them.'),
        certainty: z.enum(['allowed', 'unknown']),
        example: z.strictObject({ action: textSchema, resource: textSchema }).nullable(),
        because: textSchema,
      }),
    ),
    notKnown: z.array(textSchema).describe('What the answer lacks; it is never that nothing is allowed.'),
  })
  .meta({ id: 'CloudReach', description: 'What the training pods of one ServiceAccount may do to storage, joined with what they reach.' });

const reachWords: Readonly<Record<CloudReach['network'], string>> = {
  reachable: 'S3 is within reach, so what its role allows is in the blast radius',
  unknown: 'whether S3 is within reach is not known; what its role allows counts as if it were',
  unreachable: 'S3 is not within reach of these pods: allowed, but not reachable from here',
};

function sentence({ network, through }: CloudReach): string {
  return through === null ? reachWords[network] : `${reachWords[network]} (through ${through})`;
}

const byWords: Readonly<Record<NonNullable<CloudReach['by']>, string>> = {
  irsa: 'by IRSA',
  'pod-identity': 'by EKS Pod Identity',
  node: 'of its node, through the metadata service',
};

function heading({ serviceAccount, role, by }: CloudReach): string {
  return `ServiceAccount ${serviceAccount}: ${role ?? 'role not known'}${by === null ? '' : `, ${byWords[by]}`}`;
}

function accessText({ deed, resources, otherAccounts, certainty }: StorageAccess): string {
  const what = resources ?? 'what no pattern names';
  return `${certainty === 'allowed' ? 'may' : 'perhaps may'} ${deed} ${what}${otherAccounts ? ', IN OTHER ACCOUNTS TOO' : ''}`;
}

function exampleText({ example, because }: StorageAccess): string {
  return example === null ? because : `${example.action} on ${example.resource} (${because})`;
}

const nothing = 'its policies allow nothing of object storage: reachable or not, this role opens no bucket';

/** Whether the policies of the role were asked and gave nothing. */
function allowsNothing({ role, access, notKnown }: CloudReach): boolean {
  return role !== null && access.length === 0 && !notKnown.some((text) => text.includes(role));
}

export function cloudLines(cloud: readonly CloudReach[], { pen }: TextContext): string[] {
  if (cloud.length === 0) return [];
  const put = (text: string, indent: number): string[] =>
    wrap(visible(text), pen.style.width - indent - 2).map((line, i) => `${' '.repeat(indent + (i === 0 ? 0 : 2))}${line}`);
  return [
    `${pen.ink('With its cloud identity', 'bold')}  what training can reach and also read, write or delete`,
    ...cloud.flatMap((one) => [
      ...put(heading(one), 2),
      ...put(sentence(one), 4),
      ...(allowsNothing(one) ? put(nothing, 4) : []),
      ...one.access
        .slice(0, accessShown)
        .flatMap((a) => [
          ...put(accessText(a), 4).map((line) => pen.ink(line, a.certainty === 'allowed' ? 'red' : 'yellow')),
          ...put(exampleText(a), 8).map((line) => pen.ink(line, 'dim')),
        ]),
      ...(one.access.length > accessShown ? [`    ${pen.glyphs.more} ${one.access.length - accessShown} more (--format json has them all)`] : []),
      ...one.notKnown.flatMap((text) => put(`not known: ${text}`, 4)).map((line) => pen.ink(line, 'yellow')),
    ]),
  ];
}

export function cloudMarkdown(cloud: readonly CloudReach[]): string[] {
  if (cloud.length === 0) return [];
  const items = cloud.flatMap((one) => [
    `- ${markdownText(`${heading(one)}; ${sentence(one)}`)}`,
    ...(allowsNothing(one) ? [`  - ${nothing}`] : []),
    ...one.access.slice(0, accessShown).map((a) => `  - ${markdownText(`${accessText(a)}: ${exampleText(a)}`)}`),
    ...(one.access.length > accessShown ? [`  - _and ${one.access.length - accessShown} more_`] : []),
    ...one.notKnown.map((text) => `  - ${markdownText(`not known: ${text}`)}`),
  ]);
  return ['### With its cloud identity', '', ...items];
}

export const cloudRules: readonly RuleMeta[] = [
  {
    slug: 'role-writes-foreign-bucket',
    title: 'Training can write to buckets of other accounts',
    severity: 'high',
    plane: 'identity',
    why: 'The role may write to a bucket that an attacker owns, and the network leads there: data leaves with valid credentials.',
    fix: 'Name the buckets in Resource, and require aws:ResourceAccount.',
  },
  {
    slug: 'role-deletes-data',
    title: 'Training can delete stored data',
    severity: 'high',
    plane: 'identity',
    why: 'The role may delete objects or buckets, and the network leads there.',
    fix: 'Remove s3:Delete* and s3:PutLifecycleConfiguration; let a lifecycle rule of the bucket expire what is old.',
  },
];
