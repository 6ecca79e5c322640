import { type KnownService, knownActions, storageServices } from '../../iam/catalogue.ts';
import { decide } from '../../iam/decide.ts';
import { endpointService } from '../../iam/endpoint-service.ts';
import type { Policy } from '../../iam/policy.ts';
import { noPolicies } from '../../iam/policy-set.ts';
import { Prover } from '../../iam/prover/prove.ts';
import { type CallerRange, freeKey, type KeyRange } from '../../iam/prover/region.ts';
import type { Caller, Request } from '../../iam/request.ts';
import type { IamClaim } from '../../model/iam-report.ts';
import { type LoadedZone, originIn } from '../../spec/zone.ts';
import type { PoliciesRead } from './read-policies.ts';
import { someAccount } from './roles.ts';
import { nothingAllowed } from './safety.ts';
import { awsOwned, imageLayers, throughAlone } from './through-endpoint.ts';
import { witnessOf } from './witness.ts';
import { type AwsWorkload, actionGroups, exactly } from './workload.ts';

/** Endpoints are a perimeter where they shut out whoever brings keys of his own, and one too many where they shut out what the cluster itself needs. */
export function endpointClaims(zone: LoadedZone, pod: AwsWorkload | undefined, read: PoliciesRead): readonly IamClaim[] {
  if (pod === undefined) return [];
  const of = { not: pod.account };
  const callers: readonly CallerRange[] = [
    { kind: 'roles', of },
    { kind: 'users', of },
  ];
  const others = (policy: Policy): readonly CallerRange[] =>
    accountsNamed(policy)
      .filter((id) => id !== pod.account)
      .flatMap((id) => [`arn:${pod.partition}:iam::${id}:root`, `arn:${pod.partition}:sts::${id}:federated-user/example`])
      .map((arn) => ({ kind: 'one', caller: { type: 'AWS', arn, session: null } }));
  const keys = new Map<string, KeyRange>([
    ['aws:principalorgid', { ...freeKey, range: { some: null, none: [] } }],
    ['aws:principalisawsservice', { kind: 'fixed', values: ['false'] }],
  ]);
  const endpoints = read.policies.flatMap(({ policy }) => (policy.kind === 'endpoint' ? [policy] : []));
  const organization = read.organization ?? zone.zone.spec.platform.organization;
  const perimeters = endpoints.flatMap((policy) => {
    const { region, service } = endpointService(policy.resource ?? '') ?? { region: '', service: '' };
    if (!isStorage(service)) return [];
    const actions = actionGroups(pod.partition).storage.filter((a) => a.name.startsWith(`${service}:`));
    const policies = { ...noPolicies, account: pod.account, identity: null, endpoints: [policy] };
    return [
      nothingAllowed(
        new Prover(policies),
        {
          id: `safety/iam-endpoint/${policy.name}`,
          title: `nobody who brings keys of another account, or none, reaches storage of another account through ${policy.name}`,
          fix: 'allow only with StringEquals on aws:PrincipalOrgID and aws:ResourceOrgID (or the accounts), and what AWS itself needs by bucket',
          evidence: [
            `${actions.length} actions of ${service}, by roles and users of any other account, by root and federated users of some, and unsigned`,
            'the layers of images that Amazon keeps for ECR may be read: nodes pull them through the same endpoint, and nobody else can write there',
          ],
          origin: originIn(zone, 'spec', 'platform'),
        },
        [
          {
            regions: [true, false].map((reading) => ({
              callers: [...callers, ...others(policy)],
              actions: actions.filter((a) => (a.name === 's3:GetObject') === reading),
              resources: { some: null, none: reading ? [imageLayers(pod.partition, region)] : [] },
              owner: of,
              keys: withOrganization(keys, organization),
              otherKeys: 'free',
              partition: pod.partition,
            })),
            means: ({ action, resource }) => `whoever has keys of his own in a pod may ${action} ${resource}: nothing of your policies is asked`,
          },
          {
            regions: [true, false].map((reading) => ({
              callers: [{ kind: 'one', caller: { type: 'Anonymous' } }],
              actions: actions.filter((a) => (a.name === 's3:GetObject') === reading),
              resources: { some: null, none: reading ? [imageLayers(pod.partition, region)] : [] },
              owner: of,
              keys: new Map([...withOrganization(keys, organization), ...nobodysKeys]),
              otherKeys: 'free',
              partition: pod.partition,
            })),
            means: ({ action, resource }) => `whoever asks without any key may ${action} ${resource}, where a bucket of his lets everybody in`,
          },
        ],
      ),
    ];
  });
  return [...perimeters, ...endpoints.flatMap((policy) => clusterNeeds(zone, pod, policy, organization))];
}

/** Endpoints that no claim is about. */
export function endpointsNotCovered(read: PoliciesRead): readonly string[] {
  return read.policies.flatMap(({ policy }) => {
    if (policy.kind !== 'endpoint') return [];
    const service = endpointService(policy.resource ?? '')?.service ?? '';
    if (isStorage(service) || service === 'sts') return [];
    return [`endpoint ${policy.name}${policy.resource === null ? '' : ` (${policy.resource})`}: whom its policy lets through to what is not asked`];
  });
}

function isStorage(service: string): boolean {
  return storageServices.includes(service as KnownService);
}

/** Accounts whose root and federated users are asked about: those that a policy names, and one that it does not. */
function accountsNamed({ statements }: Policy): readonly string[] {
  const texts = statements.flatMap((s) => [
    ...(s.principal?.principals ?? []).flatMap((p) => ('id' in p ? [p.id] : [])),
    ...s.conditions.flatMap((c) => c.values.flatMap((v) => (v.kind === 'pattern' ? [v.pattern.source] : []))),
  ]);
  return [...new Set([...texts.flatMap((text) => text.match(/(?<!\d)\d{12}(?!\d)/g) ?? []), someAccount])];
}

/** An attacker is of another organization, or of none. */
function withOrganization(keys: ReadonlyMap<string, KeyRange>, organization: string | null): ReadonlyMap<string, KeyRange> {
  if (organization === null) return keys;
  const none = [{ source: organization, parts: [{ kind: 'text' as const, text: organization }], ignoreCase: false }];
  const other: KeyRange = { ...freeKey, range: { some: null, none } };
  return new Map([...keys, ['aws:principalorgid', other], ['aws:resourceorgid', other]]);
}

/** What no request has that nobody signed. Source: IAM user guide, AWS global condition context keys (properties of the principal). */
const nobodysKeys: readonly (readonly [string, KeyRange])[] = [
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:userid',
  'aws:username',
].map((key) => [key, { kind: 'never' }]);

/** What the cluster needs through an endpoint: image layers through that of S3, tokens of service accounts through that of STS. */
function clusterNeeds(zone: LoadedZone, pod: AwsWorkload, policy: Policy, organization: string | null): readonly IamClaim[] {
  const { region, service } = endpointService(policy.resource ?? '') ?? { region: '', service: '' };
  const origin = originIn(zone, 'spec', 'platform');
  if (service === 's3')
    return [
      mustPass(pod, policy, {
        id: `liveness/iam-image-pull/${policy.name}`,
        title: `nodes pull image layers of ECR through ${policy.name}`,
        // Source: ECR user guide, "Minimum Amazon S3 bucket permissions for Amazon ECR"; the bucket is AWS's own.
        fix: `allow s3:GetObject on arn:${pod.partition}:s3:::prod-${region}-starport-layer-bucket/*, without a condition on the resource's account or organization`,
        origin,
        caller: { type: 'AWS', arn: `arn:${pod.partition}:iam::${pod.account}:role/node`, session: null },
        action: 's3:GetObject',
        resource: `arn:${pod.partition}:s3:::prod-${region}-starport-layer-bucket/example`,
        resourceAccount: awsOwned,
        keys: organization === null ? [] : [['aws:principalorgid', organization]],
      }),
    ];
  if (service !== 'sts' || pod.mechanism !== 'irsa') return [];
  return [
    mustPass(pod, policy, {
      id: `liveness/iam-web-identity/${policy.name}`,
      title: `pods get credentials for their ServiceAccount through ${policy.name}`,
      fix: 'allow sts:AssumeRoleWithWebIdentity in a statement of its own, without a condition on the caller: who calls it is not signed in yet, and is of no organization',
      origin,
      caller: { type: 'Federated', id: `arn:${pod.partition}:iam::${pod.account}:oidc-provider/oidc.eks.${region}.amazonaws.com/id/EXAMPLE` },
      action: 'sts:AssumeRoleWithWebIdentity',
      resource: pod.role,
      resourceAccount: pod.account,
      keys: organization === null ? [] : [['aws:resourceorgid', organization]],
    }),
  ];
}

interface Needed extends Pick<IamClaim, 'id' | 'title' | 'origin'> {
  readonly fix: string;
  readonly caller: Caller;
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount: string;
  readonly keys: readonly (readonly [string, string])[];
}

/** That the endpoint lets a request pass: with the keys that it has for certain, or, where others decide, perhaps. */
function mustPass(pod: AwsWorkload, policy: Policy, { id, title, origin, fix, caller, action, resource, resourceAccount, keys }: Needed): IamClaim {
  const policies = throughAlone(policy);
  const request: Request = { caller, action, resource, resourceAccount, context: new Map(keys.map(([key, value]) => [key, [value]])) };
  const verdict = decide(request, policies);
  const common = { id, group: 'liveness' as const, title, origin, evidence: [] };
  if (verdict.decision === 'allowed') return { ...common, status: 'holds', witnesses: [], reasons: [], fix: null };
  const actions = knownActions(['s3', 'sts'], pod.partition).flatMap(({ range }) =>
    range.name === action ? [{ ...range, resources: [exactly(resource)] }] : [],
  );
  const fixed = keys.map(([key, value]) => [key, { kind: 'fixed', values: [value] } as KeyRange] as const);
  // No organization is known of whoever is not signed in, nor of what is AWS's own.
  const never = [caller.type === 'AWS' ? 'aws:resourceorgid' : 'aws:principalorgid', 'aws:principalaccount'].map(
    (key) => [key, { kind: 'never' } as KeyRange] as const,
  );
  const perhaps = new Prover(policies).some({
    callers: [{ kind: 'one', caller }],
    actions,
    resources: { some: null, none: [] },
    owner: { is: resourceAccount },
    keys: new Map([...never, ...fixed]),
    otherKeys: 'free',
    partition: pod.partition,
  });
  const witness = witnessOf(request, verdict, [action], `${action} on ${resource} does not pass ${policy.name}`);
  if (perhaps.kind === 'none') return { ...common, status: 'fails', witnesses: [witness], reasons: [], fix };
  const more =
    perhaps.kind === 'some'
      ? [...perhaps.request.context].filter(([key]) => !request.context.has(key)).map(([key, values]) => `${key} ${values.join(', ')}`)
      : [];
  return {
    ...common,
    status: 'undecided',
    witnesses: [witness],
    reasons:
      verdict.decision === 'unknown'
        ? [verdict.because]
        : [`it passes only with ${more.join(' and ') || 'more than is known'}, and whether requests have that is not in the input`],
    fix,
  };
}
