import { decide, type IamVerdict } from '../../iam/decide.ts';
import type { Pattern } from '../../iam/pattern.ts';
import type { Policy } from '../../iam/policy.ts';
import { noPolicies, type PolicySet } from '../../iam/policy-set.ts';
import { Prover } from '../../iam/prover/prove.ts';
import type { CallerRange, KeyRange, Region } from '../../iam/prover/region.ts';
import { freeKey } from '../../iam/prover/region.ts';
import type { Caller, Request } from '../../iam/request.ts';
import type { IamClaim } from '../../model/iam-report.ts';
import { originIn } from '../../spec/zone.ts';
import { type Forbidden, nothingAllowed } from './safety.ts';
import { audience, becoming, issuerOf, podService, sessionsNamed } from './trust-region.ts';
import { witnessOf } from './witness.ts';
import { type AwsWorkload, exactly } from './workload.ts';

/** Who becomes the workload's role: nobody but its service account, and that one can. */
export function trustClaims(pod: AwsWorkload, trusts: readonly Policy[]): readonly IamClaim[] {
  const { workload, role, zone, index, serviceAccount } = pod;
  const subject = `system:serviceaccount:${zone.zone.spec.namespace.name}:${serviceAccount}`;
  const about = { origin: originIn(zone, 'spec', 'workloads', index, 'identity') };
  const safety = {
    ...about,
    id: `safety/iam-assumed/${workload.name}`,
    title: `nothing but ServiceAccount ${zone.zone.spec.namespace.name}/${serviceAccount} assumes ${role}`,
  };
  const liveness = {
    ...about,
    id: `liveness/iam-assumable/${workload.name}`,
    title: `ServiceAccount ${zone.zone.spec.namespace.name}/${serviceAccount} can assume ${role}`,
  };
  const inDoubt = trusts.flatMap((t) => t.statements.flatMap((s) => s.unsure ?? []));
  if (trusts.length === 0 || inDoubt.length > 0) {
    const missing = {
      status: 'undecided' as const,
      witnesses: [],
      reasons: trusts.length === 0 ? [`the trust policy of ${role} is not in the input`] : [...new Set(inDoubt)],
      evidence: [],
      fix: 'give the output of aws iam get-role',
    };
    return [
      { ...safety, ...missing, group: 'safety' },
      { ...liveness, ...missing, group: 'liveness' },
    ];
  }
  // Callers of other roles and accounts bring policies of their own, which count as allowing all.
  const policies: PolicySet = { ...noPolicies, account: pod.account, identity: null, resources: trusts };
  const providers = [
    ...new Set(trusts.flatMap((t) => t.statements.flatMap((s) => (s.principal?.principals ?? []).flatMap((p) => (p.type === 'Federated' ? [p.id] : []))))),
  ];
  const services = [
    ...new Set(trusts.flatMap((t) => t.statements.flatMap((s) => (s.principal?.principals ?? []).flatMap((p) => (p.type === 'Service' ? [p.id] : []))))),
  ];
  const claim = nothingAllowed(
    new Prover(policies),
    {
      ...safety,
      fix: fixes[pod.mechanism],
      evidence: [`trusted: ${[...providers, ...services].join(', ') || 'no provider and no service'}`, ...taken(pod, providers)],
    },
    forbiddenCallers(pod, { providers, services, subject, named: sessionsNamed(trusts) }),
  );
  const own = providers.filter((p) => p.includes(':oidc-provider/') && isOurs(pod, p));
  const several = pod.mechanism === 'irsa' && own.length > 1 && claim.status === 'holds';
  return [
    several
      ? {
          ...claim,
          status: 'undecided',
          reasons: [
            `the role trusts ${own.length} providers, and which of them is this cluster's is not in the input: the same ServiceAccount of the other cluster assumes it too`,
          ],
          fix: 'trust the provider of one cluster',
        }
      : claim,
    assumable(pod, policies, own, subject, liveness),
  ];
}

const fixes = {
  irsa: `trust the cluster's OIDC provider alone, for sts:AssumeRoleWithWebIdentity, with StringEquals on its :sub and its :aud`,
  podIdentity: `trust the service ${podService} alone, for sts:AssumeRole and sts:TagSession, with StringEquals on aws:RequestTag/kubernetes-namespace and aws:RequestTag/kubernetes-service-account and ArnEquals on aws:SourceArn (the cluster)`,
} as const;

interface Trusted {
  readonly providers: readonly string[];
  readonly services: readonly string[];
  readonly subject: string;
  readonly named: readonly Caller[];
}

function forbiddenCallers(pod: AwsWorkload, { providers, services, subject, named }: Trusted): readonly Forbidden[] {
  const { role, account, partition, mechanism } = pod;
  const region = (callers: readonly CallerRange[], action: string, keys: readonly (readonly [string, KeyRange])[] = []): Region =>
    becoming({ role, account, partition }, callers, action, keys);
  const one = (caller: Caller): readonly CallerRange[] => [{ kind: 'one', caller }];
  const but = (pattern: Pattern): KeyRange => ({ ...freeKey, always: true, range: { some: null, none: [pattern] } });
  const web = providers
    .filter((p) => !p.includes(':saml-provider/'))
    .flatMap((id): readonly Forbidden[] => {
      const host = issuerOf(id);
      const means: Forbidden['means'] = () =>
        mechanism === 'irsa' && !isOurs(pod, id)
          ? `a token of ${id} becomes the role, and the provider of the zone's cluster is another: ${pod.zone.zone.spec.platform.oidcIssuer ?? `one of account ${account}`}`
          : `a token of ${id} that is not for ${subject} becomes the role`;
      // With Pod Identity no provider is needed at all.
      if (mechanism === 'podIdentity' || !id.includes(':oidc-provider/') || !isOurs(pod, id))
        return [{ regions: [region(one({ type: 'Federated', id }), 'sts:AssumeRoleWithWebIdentity')], means }];
      return [
        {
          regions: [
            region(one({ type: 'Federated', id }), 'sts:AssumeRoleWithWebIdentity', [
              [`${host}:sub`, but(exactly(subject))],
              [`${host}:aud`, { ...freeKey, always: true }],
            ]),
          ],
          means,
        },
        {
          regions: [
            region(one({ type: 'Federated', id }), 'sts:AssumeRoleWithWebIdentity', [
              [`${host}:sub`, { ...freeKey, always: true }],
              [`${host}:aud`, but(exactly(audience))],
            ]),
          ],
          means: () => `a token that ${id} made for another audience than ${audience} becomes the role`,
        },
      ];
    });
  const strangers: readonly Caller[] = [{ type: 'Federated', id: 'accounts.example.com' }, { type: 'Anonymous' }];
  const means: Forbidden['means'] = ({ caller }) => `${caller} becomes the role`;
  const used = mechanism === 'podIdentity' ? [podService] : [];
  return [
    ...web,
    ...(used.length === 0 ? [] : associations(pod)),
    ...named.map((caller) => ({ regions: [region(one(caller), 'sts:AssumeRole')], means })),
    ...providers
      .filter((p) => p.includes(':saml-provider/'))
      .map((id) => ({ regions: [region(one({ type: 'Federated', id }), 'sts:AssumeRoleWithSAML')], means })),
    ...strangers.map((caller) => ({ regions: [region(one(caller), 'sts:AssumeRoleWithWebIdentity')], means })),
    ...[...services.filter((s) => !used.includes(s)), 'other.amazonaws.com'].map((id) => ({
      regions: [region(one({ type: 'Service', id }), 'sts:AssumeRole')],
      means,
    })),
    ...[{ is: account }, { not: account }].flatMap((of) =>
      (['roles', 'users'] as const).map((kind) => ({ regions: [region([{ kind, of }], 'sts:AssumeRole')], means })),
    ),
  ];
}

/**
 * Requests of Pod Identity for other pods than those of the zone. They carry tags of whom an association names, which may be turned off.
 * Source: EKS user guide, Pod Identity (trust policy; session tags).
 */
function associations({ role, account, partition, serviceAccount, zone }: AwsWorkload): readonly Forbidden[] {
  const { namespace, platform } = zone.zone.spec;
  const none = (text: string): KeyRange => ({ ...freeKey, range: { some: null, none: [exactly(text)] } });
  const own = clusterArn(account, partition, platform);
  const other = (key: 'aws:sourcearn' | 'aws:requesttag/eks-cluster-arn'): readonly [string, KeyRange] => [
    key,
    own === null ? { kind: 'fixed', values: [`arn:${partition}:eks:${platform.region ?? 'us-east-1'}:${account}:cluster/example-of-another`] } : none(own),
  ];
  const asked: readonly (readonly [string, readonly (readonly [string, KeyRange])[]])[] = [
    ['of other namespaces', [['aws:requesttag/kubernetes-namespace', none(namespace.name)]]],
    ['of other ServiceAccounts', [['aws:requesttag/kubernetes-service-account', none(serviceAccount)]]],
    ['of other clusters', [other('aws:sourcearn'), other('aws:requesttag/eks-cluster-arn')]],
  ];
  return asked.map(([whose, keys]) => ({
    regions: [becoming({ role, account, partition }, [{ kind: 'one', caller: { type: 'Service', id: podService } }], 'sts:AssumeRole', keys)],
    means: () => `pods ${whose} become the role where an association of EKS Pod Identity says so: whoever may create associations decides`,
  }));
}

function clusterArn(
  account: string,
  partition: string,
  { cluster, region }: { readonly cluster: string | null; readonly region: string | null },
): string | null {
  return cluster === null || region === null ? null : `arn:${partition}:eks:${region}:${account}:cluster/${cluster}`;
}

/**
 * Whether a provider is that of the zone's cluster: in the role's account, for STS knows no others, and with the zone's issuer; where the zone does not say which
 * that is, it is taken to be. Source: IAM user guide, "Create a role for OpenID Connect federation": the provider is one of the account.
 */
function isOurs({ zone, account }: AwsWorkload, provider: string): boolean {
  const { oidcIssuer } = zone.zone.spec.platform;
  if (provider.startsWith('arn:') && provider.split(':')[4] !== account) return false;
  return (
    oidcIssuer === null ||
    issuerOf(provider) ===
      oidcIssuer
        .replace(/^https:\/\//, '')
        .replace(/\/$/, '')
        .toLowerCase()
  );
}

/** What the claim takes from nowhere but the trust policy. */
function taken({ mechanism, zone }: AwsWorkload, providers: readonly string[]): readonly string[] {
  const { oidcIssuer, cluster, region } = zone.zone.spec.platform;
  if (mechanism === 'podIdentity')
    return cluster !== null && region !== null
      ? []
      : ['the cluster that the trust policy names is taken to be this one: the zone does not name platform.cluster and platform.region'];
  return oidcIssuer !== null
    ? []
    : providers.filter((p) => p.includes(':oidc-provider/')).map((p) => `${p} is taken to be this cluster's: the zone names no platform.oidcIssuer`);
}

/** Whether requests that name no cluster would each be allowed with that of some cluster. */
function ofSomeCluster(answered: readonly { readonly request: Request; readonly verdict: IamVerdict }[], policies: PolicySet, partition: string): boolean {
  const prover = new Prover(policies);
  return answered.every(({ request: { caller, action, resource, resourceAccount, context }, verdict }) => {
    if (verdict.decision === 'allowed') return true;
    const fixed = [...context].map(([key, values]) => [key, { kind: 'fixed', values }] as const);
    const open = ['aws:sourcearn', 'aws:requesttag/eks-cluster-arn', 'aws:requesttag/eks-cluster-name'].map(
      (key) => [key, { ...freeKey, always: true }] as const,
    );
    const region = becoming({ role: resource, account: resourceAccount ?? '', partition }, [{ kind: 'one', caller }], action, [...fixed, ...open]);
    return prover.some({ ...region, otherKeys: 'never' }).kind === 'some';
  });
}

/** The requests by which pods get the role, one for each provider: one of them must be allowed. */
function assumable(
  pod: AwsWorkload,
  policies: PolicySet,
  providers: readonly string[],
  subject: string,
  about: Pick<IamClaim, 'id' | 'title' | 'origin'>,
): IamClaim {
  const { role, account, mechanism, zone } = pod;
  const ask = (caller: Caller, action: string, keys: readonly (readonly [string, string])[]): Request => ({
    caller,
    action,
    resource: role,
    resourceAccount: account,
    context: new Map([...keys].map(([k, v]) => [k, [v]])),
  });
  const service: Caller = { type: 'Service', id: podService };
  const { cluster } = zone.zone.spec.platform;
  const arn = clusterArn(account, pod.partition, zone.zone.spec.platform);
  const tags = [
    ['aws:requesttag/kubernetes-namespace', zone.zone.spec.namespace.name],
    ['aws:requesttag/kubernetes-service-account', pod.serviceAccount],
    ['aws:sourceaccount', account],
    ...(cluster === null || arn === null
      ? []
      : [['aws:sourcearn', arn] as const, ['aws:requesttag/eks-cluster-arn', arn] as const, ['aws:requesttag/eks-cluster-name', cluster] as const]),
  ] as const;
  const ways: readonly (readonly Request[])[] =
    mechanism === 'podIdentity'
      ? [[ask(service, 'sts:AssumeRole', tags), ask(service, 'sts:TagSession', tags)]]
      : providers.map((id) => [
          ask({ type: 'Federated', id }, 'sts:AssumeRoleWithWebIdentity', [
            [`${issuerOf(id)}:sub`, subject],
            [`${issuerOf(id)}:aud`, audience],
          ]),
        ]);
  const answered = ways.map((way) => way.map((request) => ({ request, verdict: decide(request, policies) })));
  const common = { ...about, group: 'liveness' as const, evidence: [] };
  if (answered.some((way) => way.every(({ verdict }) => verdict.decision === 'allowed')))
    return { ...common, status: 'holds', witnesses: [], reasons: [], fix: null };
  const needsCluster = mechanism === 'podIdentity' && arn === null && ofSomeCluster(answered.flat(), policies, pod.partition);
  if (needsCluster)
    return {
      ...common,
      status: 'undecided',
      witnesses: [],
      reasons: ['the trust policy asks for the cluster, and the zone does not name it'],
      fix: 'give platform.cluster and platform.region',
    };
  const witnesses = answered.flatMap((way) =>
    way
      .filter(({ verdict }) => verdict.decision !== 'allowed')
      .map(({ request, verdict }) => witnessOf(request, verdict, [request.action], `${request.action} by the pod's ServiceAccount is refused`)),
  );
  const reasons =
    witnesses.length > 0
      ? []
      : [
          zone.zone.spec.platform.oidcIssuer === null
            ? `the trust policy names no OIDC provider of account ${account}`
            : `the trust policy does not name the provider of the zone's cluster, ${zone.zone.spec.platform.oidcIssuer}`,
        ];
  const status = witnesses.length > 0 && witnesses.every((w) => w.decision === 'unknown') ? 'undecided' : 'fails';
  return {
    ...common,
    status,
    witnesses,
    reasons,
    fix:
      mechanism === 'irsa'
        ? `allow sts:AssumeRoleWithWebIdentity to the cluster's OIDC provider for ${subject}`
        : `allow ${podService} both sts:AssumeRole and sts:TagSession`,
  };
}
