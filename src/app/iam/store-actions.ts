import { knownActions } from '../../iam/catalogue.ts';
import type { Policy } from '../../iam/policy.ts';
import type { ActionRange } from '../../iam/prover/region.ts';
import { templatePattern } from '../../iam/prover/setting.ts';
import { kept } from '../../kernel/memo.ts';
import { type ActionGroups, actionGroups } from './workload.ts';

type Deed = 'reads' | 'writes' | 'deletes' | 'permissions';

/**
 * Actions of `s3` that stores have and Amazon has not.
 * Source: minio/pkg policy/action.go; Ceph source, rgw_iam_policy.cc (names of actions).
 */
const beyondAmazons: Readonly<Record<Deed, readonly string[]>> = {
  reads: [
    's3:ListenBucketNotification',
    's3:ListenNotification',
    's3:GetBucketEncryption',
    's3:GetBucketQOS',
    's3:GetObjectVersionTorrent',
    's3:GetPublicAccessBlock',
    's3:HeadBucket',
  ],
  writes: ['s3:PutObjectFanOut', 's3:PutBucketEncryption', 's3:PutBucketQOS'],
  deletes: ['s3:ForceDeleteBucket', 's3:DeleteBucketCors', 's3:DeleteReplicationConfiguration'],
  permissions: [
    's3:ResetBucketReplicationState',
    's3:PostBucketLogging',
    's3:PutPublicAccessBlock',
    's3:DeletePublicAccessBlock',
    's3:DeleteBucketPublicAccessBlock',
  ],
};

const names = new Set(Object.values(beyondAmazons).flat());

/** Whether an action is one of MinIO's or Ceph's and not Amazon's. */
export function isStoresAlone(name: string): boolean {
  return names.has(name);
}

const bucket = templatePattern('arn:aws:s3:::<segment>');
/** How MinIO writes a bucket, and the store as a whole, when it matches a Resource. Source: minio/pkg policy/statement.go, buildRequestResource. */
const [bucketInMinio, storeInMinio] = [templatePattern('arn:aws:s3:::<segment>/'), templatePattern('arn:aws:s3:::/')];
const object = templatePattern('arn:aws:s3:::<segment>/<any>');

/** With the resources that a store takes an action to be about. */
function asStoresMatch(range: ActionRange): ActionRange {
  const more = range.resources.flatMap((r) => (r.source === bucket.source ? [bucketInMinio] : r.source === '*' ? [storeInMinio] : []));
  return more.length === 0 ? range : { ...range, resources: [...range.resources, ...more] };
}

/** The actions that claims about keys of a store are about: those of `s3` that Amazon has, and those of the stores. */
export function storeActions(): ActionGroups {
  const groups = actionGroups('aws');
  const with_ = (list: readonly ActionRange[], more: readonly string[]): readonly ActionRange[] => [
    ...list.filter((a) => a.name.startsWith('s3:')).map(asStoresMatch),
    ...more.map((name): ActionRange => ({ name, resources: [bucket, bucketInMinio, storeInMinio, object], keys: none })),
  ];
  return {
    reads: with_(groups.reads, beyondAmazons.reads),
    writes: with_(groups.writes, beyondAmazons.writes),
    sessions: [],
    deletes: with_(groups.deletes, beyondAmazons.deletes),
    permissions: with_(groups.permissions, beyondAmazons.permissions),
    storage: with_(groups.storage, [...names]),
  };
}

const none: ReadonlySet<string> = new Set();
const catalogue = new Map<'lower', ReadonlySet<string>>();

/** What a policy allows of `s3` that is in no catalogue: what it opens is not known. */
export function strangeActions(policies: readonly Policy[]): readonly string[] {
  const known = kept(catalogue, 'lower', () => new Set([...knownActions(['s3'], 'aws').map((a) => a.range.name), ...names].map((name) => name.toLowerCase())));
  const allowed = policies.flatMap((p) => p.statements.filter((s) => s.effect === 'Allow' && !s.action.not));
  return allowed.flatMap((s) =>
    s.action.patterns.flatMap(({ source }) => {
      const lower = source.toLowerCase();
      if (!lower.startsWith('s3:')) return [];
      const wild = lower.search(/[*?]/);
      const isKnown = wild < 0 ? known.has(lower) : [...known].some((name) => name.startsWith(lower.slice(0, wild)));
      return isKnown ? [] : [`${source}, in ${s.policy}, is in no catalogue of the actions of MinIO and Ceph RGW: what it opens is not known`];
    }),
  );
}
