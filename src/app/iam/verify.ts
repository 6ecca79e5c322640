import { actionData } from '../../iam/actions.gen.ts';
import { Prover } from '../../iam/prover/prove.ts';
import type { IamClaim, IamReport } from '../../model/iam-report.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { endpointClaims, endpointsNotCovered } from './endpoints.ts';
import { keyNeedClaims } from './key-needs.ts';
import { keyClaim } from './keys.ts';
import { needClaims } from './needs.ts';
import type { PoliciesRead } from './read-policies.ts';
import { limitsAnother, policiesOfRole, trustOfRole } from './role-policies.ts';
import { safetyClaims } from './safety.ts';
import { notInStore, storeClaims, storeWorkload } from './store-keys.ts';
import { trustClaims } from './trust.ts';
import { type AwsWorkload, actionGroups, awsWorkload, podKeys } from './workload.ts';

/** What holds of the identities of zones under some policies: every claim over all requests, not over samples. Pure. */
export function verifyIdentities(zones: readonly LoadedZone[], read: PoliciesRead): IamReport {
  return {
    zones: zones.map((zone) => {
      const stores = zone.zone.spec.workloads.flatMap((_, i) => storeWorkload(zone, i) ?? []);
      const workloads = zone.zone.spec.workloads.flatMap((w, i) => (w.identity?.keys == null ? [awsWorkload(zone, i)] : []));
      const pods = workloads.filter((w): w is AwsWorkload => typeof w !== 'string');
      return {
        zone: zone.zone.metadata.name,
        claims: [...pods.flatMap((pod) => claimsOf(pod, read)), ...stores.flatMap((user) => storeClaims(user, read)), ...endpointClaims(zone, pods[0], read)],
        notCovered: [
          ...workloads.filter((w) => typeof w === 'string'),
          ...pods.flatMap(notCovered),
          ...stores.flatMap(notInStore),
          ...endpointsNotCovered(read),
        ],
      };
    }),
    taken: read.taken,
    assumptions: [...assumptionsOf(read), ...zones.flatMap((zone) => [...otherAccounts(zone, read), ...zoneAssumptions(zone)])],
  };
}

function claimsOf(pod: AwsWorkload, read: PoliciesRead): readonly IamClaim[] {
  const keys = podKeys(pod, read.organization ?? pod.zone.zone.spec.platform.organization);
  const without = policiesOfRole(read, pod.role, { account: pod.account, need: false, handedSessions: pod.mechanism === 'podIdentity' });
  const groups = actionGroups(pod.partition);
  const prover = new Prover(without);
  const claims = [...safetyClaims(pod, prover, keys, groups), keyClaim(pod, prover, keys), ...trustClaims(pod, trustOfRole(read, pod.role))];
  const policies = policiesOfRole(read, pod.role, { account: pod.account, need: true });
  const needs = [...needClaims(pod, policies, keys), ...keyNeedClaims(pod, policies, keys)];
  // Of a role without policies nothing is allowed; that is no proof of anything.
  if ((without.identity ?? []).length === 0)
    return [...claims, ...needs].map((claim) =>
      claim.id.includes('/iam-assum') || (claim.group === 'safety' && claim.status === 'fails')
        ? claim
        : { ...claim, status: 'undecided', witnesses: [], reasons: [`no policy of ${pod.role} is in the input`], fix: 'give the policies of the role' },
    );
  return [...claims, ...needs];
}

function notCovered({ workload }: AwsWorkload): readonly string[] {
  return workload.data.flatMap((d) => {
    if (d.s3 !== null && d.s3.endpoint === null) return [];
    return [
      `data set ${d.name} of ${workload.name}: ${d.s3 === null ? 'its store is not Amazon’s' : 'another endpoint answers for it'}, and has policies of its own`,
    ];
  });
}

/** Ceilings in the input that are not about the roles of the zone, for a list says that they are of another account. */
function otherAccounts(zone: LoadedZone, read: PoliciesRead): readonly string[] {
  const pods = zone.zone.spec.workloads.flatMap((_, i) => {
    const pod = awsWorkload(zone, i);
    return typeof pod === 'string' ? [] : [pod];
  });
  return [...new Set(pods.map((p) => p.account))].flatMap((own) => {
    const left = read.policies.filter((p) => limitsAnother(p, own));
    if (left.length === 0) return [];
    const [names, accounts] = [left.map((p) => p.policy.name), left.map((p) => p.account)].map((list) => [...new Set(list)].join(', '));
    return [
      `${names} is given for account ${accounts}, and the roles of zone ${zone.zone.metadata.name} are in ${own}: it is counted against what must be possible and not for what must not. If it is about ${own}, correct spec.account of the list.`,
    ];
  });
}

/** What is taken from the word of a zone. */
function zoneAssumptions({ zone }: LoadedZone): readonly string[] {
  const secrets = zone.spec.workloads.flatMap((w) => w.identity?.keys?.secret ?? []);
  const { organization, vpcEndpoints } = zone.spec.platform;
  return [
    ...(secrets.length === 0
      ? []
      : [
          `Policies of the keys in ${[...new Set(secrets)].join(', ')} are read as MinIO and Ceph RGW read them. A store has no accounts: of its other buckets the policy of the keys alone tells, policies of its buckets are not asked, and against keys and signed URLs that somebody else brings there is the network rule alone.`,
        ]),
    ...(organization === null
      ? []
      : [`Roles of zone ${zone.metadata.name}, and buckets in their account, are of organization ${organization}, as the zone says.`]),
    ...(vpcEndpoints?.s3 == null
      ? []
      : [`What must be possible in zone ${zone.metadata.name} is asked through ${vpcEndpoints.s3}, the endpoint of S3 that the zone names.`]),
  ];
}

function assumptionsOf(read: PoliciesRead): readonly string[] {
  const has = (kind: string): boolean => read.policies.some((p) => p.policy.kind === kind);
  return [
    `Actions, their resources and the keys of their own service are those of the Service Authorization Reference, as in iam-data ${actionData.version}; actions of other services than object storage, iam, kms and sts are in no claim.`,
    'Keys that the input does not fix may be absent or have any value: what holds, holds whatever they are.',
    'Pods call AWS themselves with their role; what resource policies let a session of the role do is perhaps so, and access points and services that call on behalf of the role are not followed.',
    'The policies that are given are taken to be all that a role has: what is attached to it and not in the input, no claim has seen.',
    ...(has('scp') ? [] : ['No service control policy is given: none is counted on.']),
    ...(has('rcp') ? [] : ['No resource control policy is given: none is counted on.']),
    // Source: AWS Organizations user guide, "Service control policies" and "Resource control policies", tasks and entities that they do not restrict.
    ...(has('scp') || has('rcp')
      ? [
          'Control policies are counted on as they bind a member of the organization: none binds the management account or a service-linked role, so where the role or a bucket is in the management account, what rests on them does not hold.',
        ]
      : []),
    ...(has('resource') ? [] : ['No bucket policy is given: buckets of the account are taken to deny nothing and to grant nothing of their own.']),
    'Keys whose policy is not in the input leave all to the policies of the account, and grant nothing of their own.',
    ...(read.policies.some((p) => p.role === null && p.policy.kind === 'identity')
      ? ['Identity policies that do not say whose they are count as those of each role.']
      : []),
    'Pods may have another way to AWS than the VPC endpoints, so endpoint policies count against what must be possible, and not for what must not.',
  ];
}
