import type { Truth } from './kleene.ts';
import type { Principal, PrincipalPart } from './policy.ts';
import { accountOf, type Caller, sessionArn, sessionPrefix } from './request.ts';

/**
 * How a resource policy names its caller, from weak to strong. `account`: the account may hand on what is granted, and the caller's own policies must too.
 * `named`: a role, a service, a provider or everyone. `beyond`: a user, or one session, whom no ceiling of their own account limits.
 * Source: IAM user guide, "Policy evaluation logic: Evaluating identity-based policies with resource-based policies" (single account).
 */
export type Grant = 'account' | 'named' | 'beyond';

/** Whether a Principal or NotPrincipal is about the caller, and how. `perhapsBeyond`: it names a session of the caller's role, and of the caller no name is known. */
export interface WhoMatch {
  readonly is: Truth;
  readonly grant: Grant;
  readonly perhapsBeyond: boolean;
}

export function matchesPrincipal(part: PrincipalPart, caller: Caller): WhoMatch {
  const forms = part.principals.flatMap((p) => grantOf(p, caller) ?? []);
  if (!part.not) {
    // A session chooses its name: that of a policy may be the caller's, whom no ceiling of its own account then limits.
    const perhapsBeyond = !forms.includes('beyond') && part.principals.some((p) => mayBeSession(p, caller));
    if (forms.length === 0 && perhapsBeyond) return { is: 'unknown', grant: 'beyond', perhapsBeyond };
    if (forms.length === 0 && part.perhapsSessions && caller.type === 'AWS' && caller.arn.includes(':role/'))
      return { is: 'unknown', grant: 'named', perhapsBeyond: false };
    const grant = forms.includes('beyond') ? 'beyond' : forms.includes('named') ? 'named' : 'account';
    return { is: forms.length > 0 ? 'yes' : 'no', grant, perhapsBeyond };
  }
  if (forms.length === 0) return { is: 'yes', grant: 'named', perhapsBeyond: false };
  const everyone = part.principals.some((p) => p.type === 'everyone');
  return { is: everyone || ownForms(caller).every((own) => part.principals.some((p) => own(p))) ? 'no' : 'unknown', grant: 'named', perhapsBeyond: false };
}

/**
 * Everything that NotPrincipal must list before it leaves the caller out: account, role and session. With fewer of them the caller may be meant.
 * Source: IAM user guide, IAM JSON policy elements: NotPrincipal.
 */
function ownForms(caller: Caller): readonly ((p: Principal) => boolean)[] {
  if (caller.type !== 'AWS') return [(p) => grantOf(p, caller) !== null];
  const session = caller.session === null ? null : sessionArn(caller.arn, caller.session);
  return [
    (p) => p.type === 'account' && p.id === accountOf(caller),
    (p) => p.type === 'AWS' && p.id === caller.arn,
    ...(session === null ? [] : [(p: Principal): boolean => p.type === 'session' && p.id === session]),
  ];
}

/** Whether a session is one of the caller's role, of whom no name is known. */
function mayBeSession(principal: Principal, caller: Caller): boolean {
  return principal.type === 'session' && caller.type === 'AWS' && caller.session === null && principal.id.startsWith(sessionPrefix(caller.arn));
}

function grantOf(principal: Principal, caller: Caller): Grant | null {
  switch (principal.type) {
    case 'everyone':
      return 'named';
    case 'account':
      return accountOf(caller) === principal.id ? 'account' : null;
    case 'AWS':
      if (caller.type !== 'AWS' || caller.arn !== principal.id) return null;
      return caller.arn.includes(':user/') ? 'beyond' : 'named';
    case 'session':
      return caller.type === 'AWS' && caller.session !== null && sessionArn(caller.arn, caller.session) === principal.id ? 'beyond' : null;
    default:
      return caller.type === principal.type && caller.id === principal.id ? 'named' : null;
  }
}
