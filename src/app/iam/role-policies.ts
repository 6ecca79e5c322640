import type { PolicyKind } from '../../iam/policy.ts';
import { isUnplaced, noPolicies, type PolicySet } from '../../iam/policy-set.ts';
import type { AttachedPolicy, PoliciesRead } from './read-policies.ts';

/**
 * The policies that bear on a role. Those that do not say whose they are count as its own. What is in no input counts against the question: for what must be
 * possible (`need`), requests go through the endpoints that are given, and keys without a policy are not known; for what must not, neither is counted on.
 * So does a ceiling that a list gives for another account: it limits what must be possible, for the list may err, and not what must not.
 * Session policies are a ceiling only where somebody else starts the sessions (`handedSessions`): who starts one himself starts it without.
 */
export function policiesOfRole(
  read: PoliciesRead,
  role: string,
  { account, need, handedSessions = false }: { readonly account: string; readonly need: boolean; readonly handedSessions?: boolean },
): PolicySet {
  const mine = read.policies.filter((p) => (p.role === null || isRole(p.role, role)) && (need || !limitsAnother(p, account)));
  const of = (kind: string): PolicySet['rcps'] => mine.flatMap(({ policy }) => (policy.kind === kind ? [policy] : []));
  const levels = new Set(mine.flatMap((p) => (p.policy.kind === 'scp' ? [p.level] : [])));
  return {
    ...noPolicies,
    account,
    identity: of('identity'),
    boundary: of('boundary'),
    session: need || handedSessions ? of('session') : [],
    scps: [...levels].map((level) => mine.flatMap((p) => (p.policy.kind === 'scp' && p.level === level ? [p.policy] : []))),
    rcps: of('rcp'),
    endpoints: need ? of('endpoint') : [],
    resources: read.policies.flatMap(({ policy }) => (policy.kind === 'resource' || (policy.kind === 'trust' && policy.resource !== null) ? [policy] : [])),
    foreignIsOpen: true,
    unseenHandsOn: !need,
  };
}

const ceilings: readonly PolicyKind[] = ['scp', 'rcp', 'boundary', 'session'];

/** Whether a policy limits what another account does: a list names it for that account, and it is not attached to a role by ARN. */
export function limitsAnother({ policy, role, account }: AttachedPolicy, own: string): boolean {
  return ceilings.includes(policy.kind) && account !== null && account !== own && role?.startsWith('arn:') !== true;
}

/** The role's trust policy alone, attached to it: what decides who becomes the role. */
export function trustOfRole(read: PoliciesRead, role: string): PolicySet['resources'] {
  const trusts = read.policies.flatMap(({ policy }) => (policy.kind === 'trust' ? [policy] : []));
  const own = trusts.filter((p) => p.resource !== null && isRole(p.resource, role));
  // A role has one: where it is here, those of which it is not known whose they are belong to others.
  const unsaid = trusts.filter((p) => p.resource === null && (own.length === 0 || !isUnplaced(p)));
  return [...own, ...unsaid].map((policy) => ({ ...policy, resource: role }));
}

/** Whether a name or an ARN is that of the role. */
function isRole(text: string, role: string): boolean {
  return text === role || (!text.startsWith('arn:') && role.slice(role.lastIndexOf('/') + 1) === text);
}
