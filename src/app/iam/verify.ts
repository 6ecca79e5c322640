import { actionData } from '../../iam/actions.gen.ts';
import { type Pattern, readPattern } from '../../iam/pattern.ts';
import { noPolicies } from '../../iam/policy-set.ts';
import { Prover } from '../../iam/prover/prove.ts';
import { type CallerRange, freeKey, type KeyRange } from '../../iam/prover/region.ts';
import type { IamClaim, IamReport } from '../../model/iam-report.ts';
import { type LoadedZone, originIn } from '../../spec/zone.ts';
import { needClaims } from './needs.ts';
import type { PoliciesRead } from './read-policies.ts';
import { policiesOfRole, trustOfRole } from './role-policies.ts';
import { nothingAllowed, safetyClaims } from './safety.ts';
import { trustClaims } from './trust.ts';
import { type AwsWorkload, actionGroups, awsWorkload, podKeys } from './workload.ts';

/** What holds of the identities of zones under some policies: every claim over all requests, not over samples. Pure. */
export function verifyIdentities(zones: readonly LoadedZone[], read: PoliciesRead): IamReport {
  return {
    zones: zones.map((zone) => {
      const workloads = zone.zone.spec.workloads.map((_, i) => awsWorkload(zone, i));
      const pods = workloads.filter((w): w is AwsWorkload => typeof w !== 'string');
      return {
        zone: zone.zone.metadata.name,
        claims: [...pods.flatMap((pod) => claimsOf(pod, read)), ...endpointClaims(zone, pods[0], read)],
        notCovered: [...workloads.filter((w) => typeof w === 'string'), ...pods.flatMap(notCovered)],
      };
    }),
    taken: read.taken,
    assumptions: [...assumptionsOf(read), ...zones.flatMap(zoneAssumptions)],
  };
}

function claimsOf(pod: AwsWorkload, read: PoliciesRead): readonly IamClaim[] {
  const keys = podKeys(pod, read.organization ?? pod.zone.zone.spec.platform.organization);
  const without = policiesOfRole(read, pod.role, { account: pod.account, need: false });
  const groups = actionGroups(pod.partition);
  const claims = [...safetyClaims(pod, new Prover(without), keys, groups), ...trustClaims(pod, trustOfRole(read, pod.role))];
  const needs = needClaims(pod, policiesOfRole(read, pod.role, { account: pod.account, need: true }), keys);
  // Of a role without policies nothing is allowed; that is no proof of anything.
  if ((without.identity ?? []).length === 0 && without.resources.length === 0)
    return [...claims, ...needs].map((claim) =>
      claim.id.includes('/iam-assum')
        ? claim
        : { ...claim, status: 'undecided', witnesses: [], reasons: [`no policy of ${pod.role} is in the input`], fix: 'give the policies of the role' },
    );
  return [...claims, ...needs];
}

/** Endpoints are a perimeter where they shut out whoever brings keys of his own. */
function endpointClaims(zone: LoadedZone, pod: AwsWorkload | undefined, read: PoliciesRead): readonly IamClaim[] {
  if (pod === undefined) return [];
  const of = { not: pod.account };
  const callers: readonly CallerRange[] = [
    { kind: 'roles', of },
    { kind: 'users', of },
  ];
  const keys = new Map<string, KeyRange>([
    ['aws:principalorgid', { ...freeKey, range: { some: null, none: [] } }],
    ['aws:principalisawsservice', { kind: 'fixed', values: ['false'] }],
  ]);
  return read.policies.flatMap(({ policy }) => {
    if (policy.kind !== 'endpoint' || !/\.s3(?:express)?$/.test(policy.resource ?? '')) return [];
    const service = (policy.resource ?? '').split('.')[3] ?? '';
    const actions = actionGroups(pod.partition).storage.filter((a) => a.name.startsWith(`${service}:`));
    const policies = { ...noPolicies, account: pod.account, identity: null, endpoints: [policy] };
    return [
      nothingAllowed(
        new Prover(policies),
        {
          id: `safety/iam-endpoint/${policy.name}`,
          title: `nobody who brings keys of another account reaches storage of another account through ${policy.name}`,
          fix: 'allow only with StringEquals on aws:PrincipalOrgID and aws:ResourceOrgID (or the accounts), and what AWS itself needs by bucket',
          evidence: [
            `${actions.length} actions of ${service}, by roles and users of any other account`,
            'the layers of images that Amazon keeps for ECR may be read: nodes pull them through the same endpoint, and nobody else can write there',
          ],
          origin: originIn(zone, 'spec', 'platform'),
        },
        [
          {
            regions: [true, false].map((reading) => ({
              callers,
              actions: actions.filter((a) => (a.name === 's3:GetObject') === reading),
              resources: { some: null, none: reading ? [layersOfImages(pod)] : [] },
              owner: of,
              keys: withOrganization(keys, read.organization ?? zone.zone.spec.platform.organization),
              otherKeys: 'free',
              partition: pod.partition,
            })),
            means: ({ action, resource }) => `whoever has keys of his own in a pod may ${action} ${resource}: nothing of your policies is asked`,
          },
        ],
      ),
    ];
  });
}

/** Source: Amazon ECR user guide, interface VPC endpoints: the policy of the S3 gateway endpoint. */
function layersOfImages({ partition }: AwsWorkload): Pattern {
  return readPattern(`arn:${partition}:s3:::prod-*-starport-layer-bucket/*`, { wildcards: 'anywhere', variables: false, ignoreCase: false });
}

/** An attacker is of another organization, or of none. */
function withOrganization(keys: ReadonlyMap<string, KeyRange>, organization: string | null): ReadonlyMap<string, KeyRange> {
  if (organization === null) return keys;
  const none = [{ source: organization, parts: [{ kind: 'text' as const, text: organization }], ignoreCase: false }];
  const other: KeyRange = { ...freeKey, range: { some: null, none } };
  return new Map([...keys, ['aws:principalorgid', other], ['aws:resourceorgid', other]]);
}

function notCovered({ workload }: AwsWorkload): readonly string[] {
  return workload.data.flatMap((d) => {
    if (d.s3 !== null && d.s3.endpoint === null) return [];
    return [
      `data set ${d.name} of ${workload.name}: ${d.s3 === null ? 'its store is not Amazon’s' : 'another endpoint answers for it'}, and has policies of its own`,
    ];
  });
}

/** What is taken from the word of a zone. */
function zoneAssumptions({ zone }: LoadedZone): readonly string[] {
  const { organization, vpcEndpoints } = zone.spec.platform;
  return [
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
    'Pods call AWS themselves with their role; sessions named in resource policies, access points and services that call on behalf of the role are not followed.',
    ...(has('scp') ? [] : ['No service control policy is given: none is counted on.']),
    ...(has('rcp') ? [] : ['No resource control policy is given: none is counted on.']),
    ...(has('resource') ? [] : ['No bucket policy is given: buckets of the account are taken to deny nothing and to grant nothing of their own.']),
    'Keys whose policy is not in the input leave all to the policies of the account, and grant nothing of their own.',
    ...(read.policies.some((p) => p.role === null && p.policy.kind === 'identity')
      ? ['Identity policies that do not say whose they are count as those of each role.']
      : []),
    'Pods may have another way to AWS than the VPC endpoints, so endpoint policies count against what must be possible, and not for what must not.',
  ];
}
