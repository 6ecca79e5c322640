import { z } from 'zod';
import { cloudReachSchema } from '../cloud-reach.ts';
import { exposedWorkloadSchema } from '../exposure-path-json.ts';
import { fabricReachSchema } from '../fabric-way.ts';
import type { ScanJson } from '../json-types.ts';
import {
  countSchema,
  diagnosticSchema,
  envelope,
  findingSchema,
  gapSchema,
  ignoredSchema,
  locationSchema,
  packetSchema,
  stagedPolicySchema,
  textSchema,
} from './common.ts';

const certainty = z.enum(['allowed', 'unknown']);

const party = z
  .strictObject({ kind: z.enum(['workload', 'service', 'node', 'metadata', 'internet', 'address', 'name']), id: textSchema, title: textSchema })
  .meta({ id: 'Party', description: 'Whom a line of a scan is about.' });

const passage = z
  .strictObject({ party, certainty, ports: textSchema, listening: textSchema.nullable(), gaps: z.array(gapSchema) })
  .meta({ id: 'Passage', description: 'What passes between a training workload and a party.' });

const evidence = z.array(z.strictObject({ text: textSchema, location: locationSchema })).describe('Where it shows.');

const fabric = z
  .strictObject({
    attachments: z.array(
      z.strictObject({
        kind: z.enum([
          'sriov',
          'ib-sriov',
          'ipoib',
          'macvlan',
          'ipvlan',
          'host-device',
          'other-network',
          'shared-rdma',
          'rdma-device',
          'efa',
          'gke-network',
          'imex-channel',
        ]),
        name: textSchema,
        rules: z.array(
          z.strictObject({ traffic: z.enum(['packets', 'verbs', 'all']), state: z.enum(['governed', 'elsewhere', 'ungoverned', 'unknown']), text: textSchema }),
        ),
        evidence,
      }),
    ),
    shared: z
      .array(z.strictObject({ party, certainty, through: textSchema, attachment: textSchema, evidence }))
      .describe('Workloads of other namespaces in the same part of a fabric: paths that no NetworkPolicy sees.'),
    omitted: countSchema.describe('Paths that are not listed.'),
  })
  .meta({ id: 'WorkloadFabric', description: 'What a workload is attached to beside the pod network, and whom it meets there.' });

const training = z
  .strictObject({
    id: textSchema,
    title: textSchema,
    namespace: textSchema,
    pods: countSchema,
    members: z.array(textSchema).describe('Every workload that this is about; id is the first.'),
    because: z.array(textSchema),
    reaches: z.array(passage),
    reachedBy: z.array(passage),
    blastRadius: z.array(
      z.strictObject({
        hop: z.int().positive(),
        count: countSchema.describe('All parties of the ring, listed or not.'),
        reached: z.array(
          z.strictObject({
            party,
            via: party.nullable(),
            ports: textSchema,
            certainty,
            fabric: z.literal(true).optional().describe('Reached over a fabric, where no NetworkPolicy is; ports says what is shared.'),
          }),
        ),
      }),
    ),
    podsWithin: z.strictObject({ allowed: countSchema, unknown: countSchema, total: countSchema }),
    ungoverned: z.array(
      z.strictObject({ kind: z.enum(['host-network', 'rdma-device', 'secondary-interface', 'host-path', 'privileged', 'host-port']), text: textSchema }),
    ),
    fabric,
    omitted: z
      .strictObject({ members: countSchema, reaches: countSchema, reachedBy: countSchema, blastRadius: countSchema })
      .describe('How many entries the lists would have beyond those that are there.'),
  })
  .meta({ id: 'TrainingWorkload', description: 'One training workload: what it reaches, who reaches it, and what falls with it.' });

/** `ringfence scan --format json`. */
export const scanReportSchema: z.ZodType<ScanJson> = z
  .strictObject({
    ...envelope('scan', 'ScanReport'),
    headline: textSchema.describe('The verdict in a sentence.'),
    profile: textSchema,
    counts: z.strictObject({
      namespaces: countSchema,
      workloads: countSchema,
      pods: countSchema,
      services: countSchema,
      nodes: countSchema,
      policies: countSchema,
    }),
    unread: z.array(z.strictObject({ kind: textSchema, count: countSchema })).describe('Kinds that nothing reads.'),
    training: z.array(training),
    infiniband: z.array(fabricReachSchema).optional().describe('With --fabric: whom training meets over InfiniBand.'),
    cloud: z.array(cloudReachSchema).optional().describe('With --iam: what training may do to storage with its roles.'),
    exposed: z.array(exposedWorkloadSchema).describe('Training workloads that something leads to from outside, most open first.'),
    staged: z.array(stagedPolicySchema).describe('Policies that decide nothing until they are promoted.'),
    halfOpen: z.array(
      z.strictObject({
        from: party,
        to: party,
        openSide: z.enum(['egress', 'ingress']),
        ports: textSchema,
        example: packetSchema.describe('One packet of it, for `explain`.'),
        missing: textSchema,
        opener: locationSchema.describe('The rule that opens the one side.'),
        belongs: z
          .strictObject({
            direction: z.enum(['egress', 'ingress']),
            namespace: textSchema,
            how: z.enum(['add-to', 'before', 'new']),
            policy: textSchema,
            location: locationSchema.nullable(),
          })
          .describe('Where the missing rule belongs: into a policy of the shut side, before the rule that denies, or into a new policy of this kind and name.'),
      }),
    ),
    findings: z.array(findingSchema),
    ignored: z.array(ignoredSchema),
    omitted: z
      .strictObject({ training: countSchema, exposed: countSchema, halfOpen: countSchema })
      .describe('Training workloads and half-open passages that are not described because there are too many.'),
    assumptions: z.array(textSchema),
    diagnostics: z.array(diagnosticSchema),
  })
  .meta({ title: 'Ringfence scan report', description: 'What training workloads can reach, who can reach them, and what is wrong.' });
