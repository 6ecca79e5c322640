import { knownActions } from '../../iam/catalogue.ts';
import type { Policy } from '../../iam/policy.ts';
import type { CallerRange, KeyRange, Region } from '../../iam/prover/region.ts';
import type { Caller } from '../../iam/request.ts';
import { exactly } from './workload.ts';

export const podService = 'pods.eks.amazonaws.com';
/** Source: EKS user guide, "IAM roles for service accounts": the audience of the token that the webhook mounts. */
export const audience = 'sts.amazonaws.com';

/** Requests by which some callers become a role. */
export function becoming(
  { role, account, partition }: { readonly role: string; readonly account: string; readonly partition: string },
  callers: readonly CallerRange[],
  action: string,
  keys: readonly (readonly [string, KeyRange])[],
): Region {
  return {
    callers,
    actions: knownActions(['sts'], partition).flatMap(({ range }) => (range.name === action ? [{ ...range, resources: [exactly(role)], keys: null }] : [])),
    resources: { some: null, none: [] },
    owner: { is: account },
    keys: new Map(keys),
    otherKeys: 'free',
    partition,
  };
}

/** The name under which a provider's claims are keys: its ARN without all that stands before the host. Source: IAM user guide, keys of OIDC federation. */
export function issuerOf(provider: string): string {
  const slash = provider.indexOf('/');
  return (slash < 0 ? provider : provider.slice(slash + 1)).toLowerCase();
}

/** Sessions of roles and federated users that policies name one by one: questions about the roles and users of an account are not about them. */
export function sessionsNamed(policies: readonly Policy[]): readonly Caller[] {
  const ids = policies.flatMap((t) => t.statements.flatMap((s) => (s.principal?.principals ?? []).flatMap((p) => ('id' in p ? [p.id] : []))));
  return [...new Set(ids)].flatMap((id): readonly Caller[] => {
    if (!/^arn:[a-z-]{1,20}:sts::\d{12}:/.test(id)) return [];
    const [, partition, account, role, session] = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\/(.+)$/.exec(id) ?? [];
    if (session === undefined) return [{ type: 'AWS', arn: id, session: null }];
    return [{ type: 'AWS', arn: `arn:${partition}:iam::${account}:role/${role}`, session }];
  });
}
