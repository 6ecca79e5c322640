import { roleArn } from '../../../spec/role.ts';
import type { Identity, Platform, TrainingZone, ZoneWorkload } from '../../../spec/zone.ts';
import { amazonBuckets, s3Statements, writes } from './bucket-access.ts';
import type { IdentityFiles } from './identity-files.ts';
import { type PolicyDocument, policyDocument, type Statement, sid } from './statement.ts';

/** A role of AWS with all workloads that take it; workloads with one service account share one. */
export interface AwsRole {
  readonly arn: string;
  /** Without its path. */
  readonly name: string;
  readonly identity: Identity;
  readonly workloads: readonly ZoneWorkload[];
}

/** The roles of the zone that an ARN names. */
export function awsRoles({ spec }: TrainingZone): readonly AwsRole[] {
  const roles = new Map<string, AwsRole>();
  for (const workload of spec.workloads) {
    const { identity } = workload;
    const given = identity?.irsa?.role ?? identity?.podIdentity?.role ?? null;
    const arn = given === null ? null : roleArn(given, spec.platform);
    if (identity === null || arn === null) continue;
    const before = roles.get(arn);
    roles.set(arn, { arn, name: arn.slice(arn.lastIndexOf('/') + 1), identity, workloads: [...(before?.workloads ?? []), workload] });
  }
  return [...roles.values()];
}

/** Trust, data and checkpoints of one role; what the zone does not tell is listed in `missing` and its document left out. */
export function roleFiles({ spec }: TrainingZone, role: AwsRole): IdentityFiles {
  const { platform, namespace } = spec;
  const trust = role.identity.irsa === null ? podIdentityTrust(platform, namespace.name, role) : irsaTrust(platform, namespace.name, role);
  const buckets = amazonBuckets(role.workloads.flatMap((workload) => workload.data));
  const statements = (chosen: typeof buckets): readonly Statement[] => chosen.flatMap(({ data, s3 }) => s3Statements(platform, data.name, data.access, s3));
  const data = statements(buckets.filter((one) => !writes(one.data.access)));
  const checkpoints = statements(buckets.filter((one) => writes(one.data.access)));
  return {
    documents: [
      ...(trust === null ? [] : [{ name: `role-${role.name}.trust`, body: trust, attached: { kind: 'trust', role: role.arn } as const }]),
      ...(data.length === 0 ? [] : [{ name: `role-${role.name}.data`, body: policyDocument(data), attached: { kind: 'identity', role: role.arn } as const }]),
      ...(checkpoints.length === 0
        ? []
        : [{ name: `role-${role.name}.checkpoints`, body: policyDocument(checkpoints), attached: { kind: 'identity', role: role.arn } as const }]),
    ],
    missing:
      trust !== null
        ? []
        : [
            role.identity.irsa === null
              ? 'platform.account, region and cluster, for the trust of Pod Identity'
              : 'platform.oidcIssuer, for the trust of the role',
          ],
  };
}

/**
 * Only the service account of this namespace, and only with a token made for STS. Source: EKS user guide, IAM roles for service accounts; EKS best practices,
 * identity (a trust without `sub` lets every pod of the cluster in).
 */
function irsaTrust(platform: Platform, namespace: string, role: AwsRole): PolicyDocument | null {
  if (platform.oidcIssuer === null) return null;
  const host = platform.oidcIssuer.slice('https://'.length);
  const [, partition = 'aws', , , account = ''] = role.arn.split(':');
  return policyDocument([
    {
      Sid: sid('service account', namespace),
      Effect: 'Allow',
      Principal: { Federated: `arn:${partition}:iam::${account}:oidc-provider/${host}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { [`${host}:aud`]: 'sts.amazonaws.com', [`${host}:sub`]: `system:serviceaccount:${namespace}:${role.identity.serviceAccount}` },
      },
    },
  ]);
}

/**
 * The agent of this cluster, for pods of this namespace and service account: their names come as tags of the request, which needs TagSession.
 * Source: EKS user guide, Pod Identity (trust policy; session tags).
 */
function podIdentityTrust(platform: Platform, namespace: string, role: AwsRole): PolicyDocument | null {
  const [, partition = 'aws', , , account = ''] = role.arn.split(':');
  if (platform.region === null || platform.cluster === null || !/^[A-Za-z0-9][\w-]{0,99}$/.test(platform.cluster)) return null;
  return policyDocument([
    {
      Sid: sid('pod identity', namespace),
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Condition: {
        StringEquals: {
          'aws:RequestTag/kubernetes-namespace': namespace,
          'aws:RequestTag/kubernetes-service-account': role.identity.serviceAccount,
          'aws:SourceAccount': account,
        },
        ArnEquals: { 'aws:SourceArn': `arn:${partition}:eks:${platform.region}:${account}:cluster/${platform.cluster}` },
      },
    },
  ]);
}
