import type { Pattern } from '../../../iam/pattern.ts';
import type { Policy } from '../../../iam/policy.ts';
import { noPolicies } from '../../../iam/policy-set.ts';
import { Prover } from '../../../iam/prover/prove.ts';
import { freeKey, type KeyRange } from '../../../iam/prover/region.ts';
import type { Request } from '../../../iam/request.ts';
import type { Origin } from '../../../kernel/origin.ts';
import type { PoliciesRead } from '../read-policies.ts';
import { someAccount } from '../roles.ts';
import { becoming, issuerOf } from '../trust-region.ts';
import { allowedBy } from './questions.ts';
import type { Placed } from './statements.ts';

/** A trust policy that a token passes whose claim no condition names. `any`: not even a pattern of one. */
interface OpenTrust {
  readonly policy: Policy;
  readonly provider: string;
  readonly request: Request;
  readonly any: boolean;
  /** The statement that lets it in. */
  readonly place: Origin;
}

/** The role of a trust policy, to ask about it; where it does not say whose it is, one stands for it. */
export function trustedRole(policy: Policy): { readonly role: string; readonly account: string; readonly partition: string } {
  const arn = policy.resource ?? `arn:aws:iam::${someAccount}:role/role`;
  const [, partition = 'aws', , , account = someAccount] = arn.split(':');
  return { role: arn, account, partition };
}

export function trustProver(policy: Policy): Prover {
  const { role, account } = trustedRole(policy);
  return new Prover({ ...noPolicies, account, identity: null, resources: [{ ...policy, resource: role }] });
}

/** Trust policies that let tokens in with a claim (`sub`, `aud`) that they do not pin. */
export function openTrusts(read: PoliciesRead, claim: 'sub' | 'aud'): readonly OpenTrust[] {
  return read.policies.flatMap(({ policy }): readonly OpenTrust[] => {
    if (policy.kind !== 'trust') return [];
    const providers = new Set(
      policy.statements.flatMap((s) =>
        (s.principal?.principals ?? []).flatMap((p) => (p.type === 'Federated' && p.id.includes(':oidc-provider/') ? [p.id] : [])),
      ),
    );
    const prover = trustProver(policy);
    return [...providers].flatMap((provider): readonly OpenTrust[] => {
      const key = `${issuerOf(provider)}:${claim}`;
      const named = policy.statements.flatMap((statement) => valuesOf({ policy, statement }, key));
      const ask = (none: readonly Pattern[]): ReturnType<Prover['some']> => {
        const range: KeyRange = { ...freeKey, always: true, range: { some: null, none } };
        return prover.some(
          becoming(trustedRole(policy), [{ kind: 'one', caller: { type: 'Federated', id: provider } }], 'sts:AssumeRoleWithWebIdentity', [[key, range]]),
        );
      };
      const answer = ask(named.filter((p) => p.parts.every((part) => part.kind === 'text')));
      return answer.kind === 'some'
        ? [{ policy, provider, request: answer.request, any: ask(named).kind === 'some', place: allowedBy(answer)?.origin ?? policy.origin }]
        : [];
    });
  });
}

function valuesOf({ statement }: Placed, key: string): readonly Pattern[] {
  return statement.conditions.flatMap((c) => (c.key === key && !c.operator.negated ? c.values.flatMap((v) => (v.kind === 'pattern' ? [v.pattern] : [])) : []));
}
