import type { KnownAction } from '../../iam/catalogue.ts';
import { knownActions, storageServices } from '../../iam/catalogue.ts';
import { type Pattern, readPattern } from '../../iam/pattern.ts';
import type { AccountRange, ActionRange, KeyRange, Region, TextRange } from '../../iam/prover/region.ts';
import { freeKey } from '../../iam/prover/region.ts';
import { s3Arns } from '../../services/s3.ts';
import { roleArn } from '../../spec/role.ts';
import type { DataSet, LoadedZone, S3Location, ZoneWorkload } from '../../spec/zone.ts';

/** An S3 data set of Amazon's: where it lies, as ARNs. */
export interface OwnData {
  readonly index: number;
  readonly name: string;
  readonly access: DataSet['access'];
  readonly bucket: string;
  readonly prefix: string;
  /** Of the bucket, or of the access point that it is reached through. */
  readonly bucketArn: string;
  /** What its keys follow in the ARNs of objects, with the slash. Empty for a directory bucket, whose objects have none. */
  readonly objectsArn: string;
  /** A directory bucket: `s3express:CreateSession` stands for all that is done to its objects. */
  readonly directory: boolean;
  /** Account that owns the bucket. */
  readonly owner: string;
}

/** A workload that uses data as somebody: a role of AWS, or a user of a store. */
export interface DataUser {
  readonly zone: LoadedZone;
  readonly index: number;
  readonly workload: ZoneWorkload;
  /** ARN of whom it is. */
  readonly role: string;
  readonly account: string;
  readonly partition: string;
  readonly data: readonly OwnData[];
}

/** A workload whose identity is a role of AWS. */
export interface AwsWorkload extends DataUser {
  readonly mechanism: 'irsa' | 'podIdentity';
  readonly serviceAccount: string;
}

/** The workload's role and data sets; text where it has no role of AWS that can be told. */
export function awsWorkload(zone: LoadedZone, index: number): AwsWorkload | string {
  const { platform, workloads } = zone.zone.spec;
  const workload = workloads[index] as ZoneWorkload;
  const { identity } = workload;
  if (identity === null) return `${workload.name} has no identity in the zone`;
  const named = identity.irsa?.role ?? identity.podIdentity?.role ?? null;
  if (identity.irsa === null && identity.podIdentity === null) return `the identity of ${workload.name} is not of AWS`;
  if (named === null) return `the zone does not name the role of ${workload.name}: give identity.podIdentity.role`;
  const role = roleArn(named, platform);
  if (role === null) return `${named} is no ARN: give platform.account, or the ARN of the role`;
  const [, partition = 'aws', , , account = ''] = role.split(':');
  const data = workload.data.flatMap((d, i): readonly OwnData[] => {
    // Behind another endpoint answers another store, with policies of its own.
    if (d.s3 === null || d.s3.endpoint !== null) return [];
    return [ownData(i, d, d.s3, { partition, account, region: platform.region })];
  });
  return {
    zone,
    index,
    workload,
    mechanism: identity.irsa === null ? 'podIdentity' : 'irsa',
    serviceAccount: identity.serviceAccount,
    role,
    account,
    partition,
    data,
  };
}

function ownData(
  index: number,
  { name, access }: DataSet,
  s3: S3Location,
  role: { readonly partition: string; readonly account: string; readonly region: string | null },
): OwnData {
  const owner = s3.account ?? role.account;
  const arns = s3Arns(s3, { partition: role.partition, region: s3.region ?? role.region ?? '', account: owner });
  return {
    index,
    name,
    access,
    bucket: s3.bucket,
    prefix: s3.prefix ?? '',
    bucketArn: arns.bucket,
    objectsArn: arns.objects ?? '',
    directory: arns.objects === null,
    owner: s3.accessPoint?.account ?? owner,
  };
}

/** All objects of a data set, where objects have ARNs. */
export function objectsOf({ objectsArn, prefix, directory }: OwnData): readonly Pattern[] {
  return directory ? [] : [startingWith(`${objectsArn}${prefix}`)];
}

export function startingWith(text: string): Pattern {
  return {
    source: `${text}*`,
    parts: [
      { kind: 'text', text },
      { kind: 'many', of: 'anything' },
    ],
    ignoreCase: false,
  };
}

export function exactly(text: string): Pattern {
  return readPattern(text, { wildcards: 'none', variables: false, ignoreCase: false });
}

/** Listing a bucket, its versions or its uploads, or hearing what happens to its objects (MinIO): asked of the bucket, whatever part of it is listed. Source: Service Authorization Reference, Amazon S3. */
export function isListing({ name }: ActionRange): boolean {
  return name.startsWith('s3:ListBucket') || name === 's3:ListenBucketNotification';
}

/**
 * A session of a directory bucket that is not for reading alone: without a mode it is for all that there is, deleting too.
 * Source: Amazon S3 API reference, CreateSession (SessionMode).
 */
export const beyondReading: readonly (readonly [string, KeyRange])[] = [
  ['s3express:sessionmode', { ...freeKey, range: { some: null, none: [exactly('ReadOnly')] } }],
];

const truthValues: TextRange = { some: [exactly('true'), exactly('false')], none: [] };
const always: KeyRange = { ...freeKey, always: true };

/**
 * Keys that a pod's own requests have for certain, or never. What is not listed may be absent or anything.
 * Source: IAM user guide, AWS global condition context keys; EKS user guide, "Grant Pods access to AWS resources based on tags" (session tags of Pod Identity).
 */
export function podKeys({ zone, workload, mechanism, serviceAccount }: AwsWorkload, organization: string | null): ReadonlyMap<string, KeyRange> {
  const { cluster } = zone.zone.spec.platform;
  const is = (value: string): KeyRange => ({ kind: 'fixed', values: [value] });
  const tags: readonly (readonly [string, KeyRange])[] =
    mechanism === 'irsa' || workload.identity === null
      ? [['aws:federatedprovider', always]]
      : [
          ['aws:principaltag/kubernetes-namespace', is(zone.zone.spec.namespace.name)],
          ['aws:principaltag/kubernetes-service-account', is(serviceAccount)],
          ['aws:principaltag/eks-cluster-name', cluster === null ? always : is(cluster)],
          ['aws:principaltag/eks-cluster-arn', always],
          ['aws:principaltag/kubernetes-pod-name', always],
          ['aws:principaltag/kubernetes-pod-uid', always],
        ];
  return new Map<string, KeyRange>([
    ...tags,
    ...(organization === null ? [] : [['aws:principalorgid', is(organization)] as const]),
    ['aws:securetransport', { ...freeKey, always: true, range: truthValues }],
    ['aws:currenttime', always],
    ['aws:epochtime', always],
    ['aws:tokenissuetime', always],
    ['aws:userid', always],
    ['aws:useragent', always],
    ['aws:principalisawsservice', is('false')],
    ['aws:viaawsservice', is('false')],
    ['aws:calledvia', { kind: 'never' }],
    ['aws:calledviafirst', { kind: 'never' }],
    ['aws:calledvialast', { kind: 'never' }],
    ['aws:username', { kind: 'never' }],
    ['aws:sourceaccount', { kind: 'never' }],
    ['aws:sourcearn', { kind: 'never' }],
  ]);
}

/** What a pod asks of, with its role: actions, and resources that are none of `except`. In other accounts only what has a resource: the rest is the caller's own. */
export function podRegion(
  pod: DataUser,
  keys: ReadonlyMap<string, KeyRange>,
  actions: readonly ActionRange[],
  except: readonly Pattern[],
  owner: AccountRange,
): Region {
  return {
    callers: [{ kind: 'one', caller: { type: 'AWS', arn: pod.role, session: null } }],
    actions: 'is' in owner ? actions : actions.map((a) => ({ ...a, resources: a.resources.filter((r) => r.source !== '*') })),
    resources: { some: null, none: except },
    owner,
    keys,
    otherKeys: 'free',
    partition: pod.partition,
  };
}

/** What is done with a key, not to it. Source: KMS developer guide, "Cryptographic operations". */
export const usesKey: ReadonlySet<string> = new Set([
  'kms:Decrypt',
  'kms:DeriveSharedSecret',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyPair',
  'kms:GenerateDataKeyPairWithoutPlaintext',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:GenerateMac',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:Sign',
  'kms:Verify',
  'kms:VerifyMac',
]);

/** What makes keys unusable, and with them all that lies under them. Source: KMS developer guide, "Delete an AWS KMS key", "Enable and disable keys". */
const endsKey: ReadonlySet<string> = new Set([
  'kms:DeleteCustomKeyStore',
  'kms:DeleteImportedKeyMaterial',
  'kms:DisableKey',
  'kms:DisconnectCustomKeyStore',
  'kms:ScheduleKeyDeletion',
]);

/** Actions by which a role becomes another, or is vouched for elsewhere. Source: STS API reference, AssumeRole and its like, AssumeRoot, GetWebIdentityToken. */
function becomesAnother({ range: { name } }: KnownAction): boolean {
  return /^sts:(?:Assume|Get(?:DelegatedAccessToken|FederationToken|WebIdentityToken)$)/.test(name);
}

/** What of kms, iam and sts hands on or takes: all that changes a key but does not end it, all that changes iam, and becoming another. */
function handsOn(action: KnownAction): boolean {
  const { service, level, range } = action;
  if (service === 'sts') return becomesAnother(action);
  if (level === 'list' || level === 'read') return false;
  return service === 'iam' || !(usesKey.has(range.name) || endsKey.has(range.name) || range.name === 'kms:GenerateRandom');
}

/**
 * Settings by which a service deletes later, and actions that delete under another name: a replicated delete, and writing to a file system that S3 Files keeps
 * in step with a bucket. Source: Service Authorization Reference, Amazon S3, S3 Tables and S3 Files; S3 user guide, lifecycle and table maintenance.
 */
const deletesToo: ReadonlySet<string> = new Set([
  'ClientWrite',
  'PutLifecycleConfiguration',
  'PutTableBucketMaintenanceConfiguration',
  'PutTableMaintenanceConfiguration',
  'PutTableRecordExpirationConfiguration',
  'ReplicateDelete',
]);

/** Actions of object storage that delete, and those that let a service delete later. */
export function isDeleting({ range: { name } }: KnownAction): boolean {
  const action = name.slice(name.indexOf(':') + 1);
  return /^(?:Delete|BypassGovernance)/.test(action) || deletesToo.has(action);
}

/**
 * Settings of a bucket by which S3 itself writes elsewhere, on nobody's behalf: no policy on the role is asked then.
 * Source: aws-samples/data-perimeter-policy-examples, service_specific_guidance S3, considerations 4 to 8.
 */
export const writesForOthers: ReadonlySet<string> = new Set([
  's3:PutReplicationConfiguration',
  's3:PutInventoryConfiguration',
  's3:PutBucketLogging',
  's3:PutBucketNotification',
  's3:PutAnalyticsConfiguration',
  's3:PutMetricsConfiguration',
  's3:CreateJob',
  's3:ReplicateObject',
  's3:InitiateReplication',
]);

/**
 * Actions that decide, without a policy, who reads an object or what keeps and deletes it: its lock, its key, and its tags, by which policies and lifecycle rules go.
 * Source: S3 user guide, "Locking objects with Object Lock", "Categorizing your objects using tags"; S3 API reference, UpdateObjectEncryption.
 */
export function rulesObject(name: string): boolean {
  return /^s3:(?:PutObject(?:LegalHold|Retention|(?:Version)?Tagging)|Replicate(?:Tags|ObjectAnnotation)|UpdateObjectEncryption)$/.test(name);
}

export interface ActionGroups {
  readonly reads: readonly ActionRange[];
  readonly writes: readonly ActionRange[];
  /** `s3express:CreateSession`: by its mode, reading or all that is done to the objects of a directory bucket. */
  readonly sessions: readonly ActionRange[];
  /** Those that end keys among them. */
  readonly deletes: readonly ActionRange[];
  readonly permissions: readonly ActionRange[];
  readonly storage: readonly ActionRange[];
}

/** What people know an intruder by: asked first, so that a claim that fails shows one of these where it can. */
const telling: readonly string[] = ['s3:PutObject', 's3:GetObject', 's3:ListBucket', 's3:DeleteObject'];

/** The actions that claims are about, each in one group; `storage` has all of object storage. */
export function actionGroups(partition: string): ActionGroups {
  const known = knownActions(storageServices, partition);
  const storage = [...telling.flatMap((name) => known.filter((a) => a.range.name === name)), ...known.filter((a) => !telling.includes(a.range.name))];
  const others = knownActions(['iam', 'kms', 'sts'], partition);
  const isPermission = (a: KnownAction): boolean => a.level === 'permissions' || writesForOthers.has(a.range.name) || rulesObject(a.range.name);
  const ranges = (list: readonly KnownAction[]): readonly ActionRange[] => list.map((a) => a.range);
  const isSession = (a: KnownAction): boolean => a.range.name === 's3express:CreateSession';
  const rest = storage.filter((a) => !isPermission(a) && !isDeleting(a) && !isSession(a));
  return {
    reads: ranges(rest.filter((a) => a.level === 'list' || a.level === 'read')),
    writes: ranges(rest.filter((a) => a.level === 'write' || a.level === 'tagging')),
    sessions: ranges(storage.filter(isSession)),
    deletes: ranges([...storage.filter((a) => !isPermission(a) && isDeleting(a)), ...others.filter((a) => endsKey.has(a.range.name))]),
    permissions: ranges([
      ...storage.filter(isPermission),
      ...others.filter((a) => handsOn(a) && a.level === 'permissions'),
      ...others.filter((a) => handsOn(a) && a.level !== 'permissions'),
    ]),
    storage: ranges(storage),
  };
}
