import { awsPartition } from '../../../services/aws-partition.ts';
import { directoryBucketZone } from '../../../services/s3.ts';
import type { Platform, S3Location, TrainingZone } from '../../../spec/zone.ts';
import { keyPolicies } from './aws-keys.ts';
import { type AwsRole, awsRoles } from './aws-role.ts';
import { amazonBuckets, writes } from './bucket-access.ts';
import { type IdentityDocument, type IdentityFiles, joined, noFiles } from './identity-files.ts';
import { policyDocument, type Statement, sid } from './statement.ts';

/**
 * What stands around the roles: policies of the VPC endpoints, of the buckets, and fragments for the organization. All of them are ceilings and grant
 * nothing that a role has not got. Source: aws-samples/data-perimeter-policy-examples; IAM user guide, policy evaluation logic.
 */
export function awsPerimeter(zone: TrainingZone): IdentityFiles {
  const roles = awsRoles(zone);
  if (roles.length === 0) return noFiles;
  const { platform } = zone.spec;
  return joined([
    platform.organization === null
      ? { documents: [], missing: ['platform.organization, for the policies of the VPC endpoints and the perimeters'] }
      : endpointPolicies(platform, platform.organization, roles),
    { documents: [...bucketPolicies(platform, roles), ...keyPolicies(zone)], missing: [] },
  ]);
}

function endpointPolicies(platform: Platform, organization: string, roles: readonly AwsRole[]): IdentityFiles {
  const region = platform.region ?? '';
  const { id } = awsPartition(region);
  // Source: AWS PrivateLink in China, services that integrate: S3 has the name of elsewhere there, STS has not.
  const stsName = `${id === 'aws-cn' ? 'cn.' : ''}com.amazonaws.${region}.sts`;
  const ours = { StringEquals: { 'aws:PrincipalOrgID': organization, 'aws:ResourceOrgID': organization } };
  const accounts = [...new Set(roles.map((role) => role.arn.split(':')[4] ?? ''))];
  const s3: Statement[] = [
    { Sid: 'OurPrincipalsOurBuckets', Effect: 'Allow', Principal: '*', Action: '*', Resource: '*', Condition: ours },
    // Nodes pull layers of images from this bucket of Amazon's through the same endpoint.
    {
      Sid: 'LayersOfImages',
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: `arn:${id}:s3:::prod-${region}-starport-layer-bucket/*`,
    },
  ];
  const sts: Statement[] = [
    { Sid: 'OurPrincipalsOurRoles', Effect: 'Allow', Principal: '*', Action: '*', Resource: '*', Condition: ours },
    // A call with a web identity is not signed: it has no principal and no organization, and a condition on either breaks IRSA.
    {
      Sid: 'WebIdentitiesIntoOurRoles',
      Effect: 'Allow',
      Principal: '*',
      Action: 'sts:AssumeRoleWithWebIdentity',
      Resource: accounts.map((account) => `arn:${id}:iam::${account}:role/*`),
    },
  ];
  const training = { ArnEquals: { 'aws:PrincipalArn': roles.map((role) => role.arn) } };
  return {
    documents: [
      { name: 'endpoint-s3', body: policyDocument(s3), attached: { kind: 'endpoint', on: `com.amazonaws.${region}.s3` } },
      { name: 'endpoint-sts', body: policyDocument(sts), attached: { kind: 'endpoint', on: stsName } },
      {
        // A fragment that only denies allows nothing by itself: what AWS attaches everywhere stands beside it, so that `iam verify` sees both.
        name: 'scp-full-aws-access',
        attached: { kind: 'scp' },
        body: policyDocument([{ Sid: 'AsAttachedByAws', Effect: 'Allow', Action: '*', Resource: '*' }]),
      },
      {
        name: 'scp-training-stays-inside',
        attached: { kind: 'scp' },
        body: policyDocument([
          {
            Sid: 'TrainingReachesOurDataAlone',
            Effect: 'Deny',
            Action: ['s3:*', 's3express:*', 's3-object-lambda:*', 's3tables:*', 's3vectors:*', 'kms:*'],
            Resource: '*',
            Condition: { ...training, StringNotEqualsIfExists: { 'aws:ResourceOrgID': organization } },
          },
        ]),
      },
      {
        name: 'rcp-ours-alone',
        attached: { kind: 'rcp' },
        body: policyDocument([
          {
            Sid: 'OurDataForOurPrincipals',
            Effect: 'Deny',
            Principal: '*',
            Action: ['s3:*', 'kms:*'],
            Resource: '*',
            Condition: { StringNotEqualsIfExists: { 'aws:PrincipalOrgID': organization }, BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' } },
          },
        ]),
      },
    ],
    missing: [],
  };
}

/** A bucket's own policy: no plain text, training only through our endpoint, and no deleting by training where the zone does not ask for it. */
function bucketPolicies(platform: Platform, roles: readonly AwsRole[]): readonly IdentityDocument[] {
  const used = roles.flatMap((role) => role.workloads.flatMap((workload) => amazonBuckets(workload.data).map((one) => ({ role, ...one }))));
  const buckets = new Map(used.filter((one) => directoryBucketZone(one.s3.bucket) === null).map((one) => [one.s3.bucket, one.s3]));
  return [...buckets.values()].map((s3) => {
    const here = used.filter((one) => one.s3.bucket === s3.bucket);
    const training = { ArnEquals: { 'aws:PrincipalArn': [...new Set(here.map((one) => one.role.arn))] } };
    return {
      name: `bucket-${s3.bucket}`,
      attached: { kind: 'resource', on: `arn:${awsPartition(s3.region ?? platform.region ?? '').id}:s3:::${s3.bucket}` },
      body: policyDocument([
        { ...deny(platform, s3, 'plain text', 's3:*'), Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        ...(platform.vpcEndpoints?.s3 == null
          ? []
          : [
              {
                ...deny(platform, s3, 'training beside the endpoint', 's3:*'),
                Condition: { ...training, StringNotEquals: { 'aws:SourceVpce': platform.vpcEndpoints.s3 } },
              },
            ]),
        ...(here.some((one) => writes(one.data.access)) && here.every((one) => one.data.access !== 'rotate')
          ? [
              {
                ...deny(platform, s3, 'training deletes', [
                  's3:DeleteObject',
                  's3:DeleteObjectVersion',
                  's3:PutLifecycleConfiguration',
                  's3:PutBucketVersioning',
                ]),
                Condition: training,
              },
            ]
          : []),
      ]),
    };
  });
}

function deny(platform: Platform, s3: S3Location, words: string, action: Statement['Action']): Statement {
  const { id } = awsPartition(s3.region ?? platform.region ?? '');
  return {
    Sid: sid('no', words),
    Effect: 'Deny',
    Principal: '*',
    Action: action,
    Resource: [`arn:${id}:s3:::${s3.bucket}`, `arn:${id}:s3:::${s3.bucket}/*`],
  };
}
