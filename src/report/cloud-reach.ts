import { z } from 'zod';
import type { CloudReach } from '../model/cloud-reach.ts';
import type { RuleMeta } from './sarif.ts';
import { textSchema } from './schema/common.ts';

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
    zone: textSchema.nullable().describe('The zone of the input that knows the ServiceAccount.'),
    network: z.enum(['reachable', 'unknown', 'unreachable']).describe('Whether a front end of the store is within reach on TCP 443.'),
    through: textSchema.nullable(),
    access: z.array(
      z.strictObject({
        deed: z.enum(['read', 'write', 'delete', 'change permissions']),
        resources: textSchema.nullable().describe('A resource pattern; null: what no pattern names, such as all but some.'),
        otherAccounts: z.boolean().describe('Whether buckets of other accounts are among them.'),
        intended: textSchema.nullable().describe('The data sets of the zone that are there for this; null: no zone says that it should be possible.'),
        certainty: z.enum(['allowed', 'unknown']),
        example: z.strictObject({ action: textSchema, resource: textSchema }).nullable(),
        because: textSchema,
      }),
    ),
    notKnown: z.array(textSchema).describe('What the answer lacks; it is never that nothing is allowed.'),
  })
  .meta({ id: 'CloudReach', description: 'What the training pods of one ServiceAccount may do to storage, joined with what they reach.' });

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
