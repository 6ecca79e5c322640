import type { Policy } from '../../iam/policy.ts';
import { noPolicies, type PolicySet } from '../../iam/policy-set.ts';
import { Prover } from '../../iam/prover/prove.ts';
import type { KeyRange } from '../../iam/prover/region.ts';
import { withoutResource } from '../../iam/read-policy.ts';
import type { IamClaim } from '../../model/iam-report.ts';
import type { LoadedZone, ZoneWorkload } from '../../spec/zone.ts';
import { needClaims } from './needs.ts';
import type { PoliciesRead } from './read-policies.ts';
import { policiesOfRole } from './role-policies.ts';
import { safetyClaims } from './safety.ts';
import { storeActions, strangeActions } from './store-actions.ts';
import { administration } from './store-administration.ts';
import type { DataUser, OwnData } from './workload.ts';

/** A store has no accounts: all that it holds is of one, which no other has. */
const theStore = '000000000000';

/**
 * Condition keys that MinIO and Ceph RGW both know; all others leave it open what a statement means there.
 * Source: minio/pkg policy/condition/keyname.go; Ceph documentation, radosgw bucket policies, condition keys.
 */
const known = new Set([
  'aws:currenttime',
  'aws:epochtime',
  'aws:referer',
  'aws:securetransport',
  'aws:sourceip',
  'aws:useragent',
  'aws:username',
  's3:delimiter',
  's3:max-keys',
  's3:prefix',
]);

/** Access keys of an S3-compatible store as a caller: a user of the store, called by the Secret that holds the keys; null where the workload has none. */
export function storeWorkload(zone: LoadedZone, index: number): DataUser | null {
  const workload = zone.zone.spec.workloads[index] as ZoneWorkload;
  const { identity } = workload;
  if (identity?.keys == null) return null;
  const data = workload.data.flatMap((d, i): readonly OwnData[] => {
    const place = d.objectStore ?? (d.s3?.endpoint == null ? null : d.s3);
    if (place === null || place.bucket === null) return [];
    const arn = `arn:aws:s3:::${place.bucket}`;
    return [
      {
        index: i,
        name: d.name,
        access: d.access,
        bucket: place.bucket,
        prefix: place.prefix ?? '',
        bucketArn: arn,
        objectsArn: `${arn}/`,
        directory: false,
        owner: theStore,
      },
    ];
  });
  return {
    zone,
    index,
    workload,
    role: `arn:aws:iam::${theStore}:user/${identity.keys.secret}`,
    account: theStore,
    partition: 'aws',
    data,
  };
}

/** What the policy of a store's keys lets them do. No account, organization or endpoint is asked there. */
export function storeClaims(pod: DataUser, read: PoliciesRead): readonly IamClaim[] {
  const policies: PolicySet = {
    ...noPolicies,
    account: theStore,
    identity: (policiesOfRole(read, pod.role, { account: theStore, need: false }).identity ?? []).map(asTheStoreReads),
  };
  const prover = new Prover(policies);
  const strange = strangeActions(policies.identity ?? []);
  const claims = safetyClaims(pod, prover, storeKeys, storeActions())
    .filter((claim) => !claim.id.startsWith('safety/iam-foreign/'))
    .map(
      (claim): IamClaim =>
        strange.length === 0 || claim.status === 'fails'
          ? claim
          : { ...claim, status: 'undecided', reasons: [...claim.reasons, ...strange], fix: claim.fix ?? 'name actions that the store has' },
    );
  const all = [...claims, administration(pod, policies.identity ?? [], storeKeys), ...needClaims(pod, policies, storeKeys)];
  if ((policies.identity ?? []).length > 0) return all;
  return all.map((claim) => ({
    ...claim,
    status: 'undecided',
    witnesses: [],
    reasons: [`no policy of the keys in Secret ${pod.workload.identity?.keys?.secret} is in the input`],
    fix: 'give the policy that is attached to the keys, with the name of the Secret as its role in a list of policies',
  }));
}

/** What requests with keys of a store have for certain, or never. */
const storeKeys: ReadonlyMap<string, KeyRange> = new Map([['aws:currenttime', { kind: 'free', always: true, list: false, range: { some: null, none: [] } }]]);

/** Statements under a condition that the store may not know are perhaps not there; those without a Resource, which IAM refuses, are. */
function asTheStoreReads(policy: Policy): Policy {
  return {
    ...policy,
    statements: policy.statements.map((s) => {
      const strange = s.conditions.find((c) => !known.has(c.key));
      return strange === undefined
        ? { ...s, unsure: s.unsure === withoutResource ? null : s.unsure }
        : { ...s, unsure: `what a store makes of ${strange.keyText}, in ${s.policy}, is not known: it is Amazon's, or only some stores have it` };
    }),
  };
}

/** Data sets that the keys of a store do not open, or of which that cannot be told. */
export function notInStore({ workload, data }: DataUser): readonly string[] {
  return workload.data.flatMap((d, i) => {
    if (data.some((one) => one.index === i)) return [];
    const inStore = d.objectStore !== null || (d.s3 !== null && d.s3.endpoint !== null);
    return [`data set ${d.name} of ${workload.name}: ${inStore ? 'the zone does not name its bucket' : 'it lies in no store that the keys are for'}`];
  });
}
