import { type IamVerdict, titleOf } from '../../iam/decide.ts';
import { kindName } from '../../iam/read-policy.ts';
import { accountOf, type Caller, type Request, sessionArn } from '../../iam/request.ts';
import type { IamWitness } from '../../model/iam-witness.ts';

/** A request and its verdict for people. */
export function witnessOf(request: Request, verdict: IamVerdict, actions: readonly string[], story: string): IamWitness {
  const account = accountOf(request.caller);
  return {
    caller: callerText(request.caller),
    action: request.action,
    resource: request.resource,
    foreignAccount: account !== null && account !== request.resourceAccount ? request.resourceAccount : null,
    keys: [...request.context].map(([key, values]) => ({ key, values })),
    decision: verdict.decision,
    because: verdict.because,
    steps: verdict.involved.map((i) => ({
      title: titleOf(i),
      effect: i.statement.effect,
      policy: kindName[i.kind],
      certain: i.is === 'yes',
      origin: i.statement.origin,
    })),
    actions,
    story,
  };
}

export function callerText(caller: Caller): string {
  switch (caller.type) {
    case 'AWS':
      return caller.session === null ? caller.arn : sessionArn(caller.arn, caller.session);
    case 'Anonymous':
      return 'anyone, without signing in';
    case 'Federated':
      return `whoever ${caller.id} vouches for`;
    case 'Service':
      return `the service ${caller.id}`;
    case 'CanonicalUser':
      return `the S3 user ${caller.id}`;
  }
}
