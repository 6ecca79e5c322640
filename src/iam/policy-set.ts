import { endpointService } from './endpoint-service.ts';
import type { Truth } from './kleene.ts';
import type { Policy } from './policy.ts';

/** All policies that bear on a question, by what they do. */
export interface PolicySet {
  /** The account that the control policies below are about; null: that of every caller and resource. */
  readonly account: string | null;
  /** Of the caller. Null: not in the input, as with callers of another account; they count as allowing all. */
  readonly identity: readonly Policy[] | null;
  /** Empty: none is set. */
  readonly boundary: readonly Policy[];
  /** Empty: none was passed. */
  readonly session: readonly Policy[];
  /** Service control policies by level (root, unit, account): each level must allow. */
  readonly scps: readonly (readonly Policy[])[];
  readonly rcps: readonly Policy[];
  /** Policies of the endpoints that every request goes through; `resource` is the endpoint's service. */
  readonly endpoints: readonly Policy[];
  /** Resource and trust policies. */
  readonly resources: readonly Policy[];
  /** A resource of another account whose policy is not in the input lets every caller in, as an attacker's would. */
  readonly foreignIsOpen: boolean;
  /** A key or role of the caller's account whose policy is not in the input leaves all to the policies of the account. Otherwise it is not known. */
  readonly unseenHandsOn: boolean;
}

export const noPolicies: PolicySet = {
  account: null,
  identity: [],
  boundary: [],
  session: [],
  scps: [],
  rcps: [],
  endpoints: [],
  resources: [],
  foreignIsOpen: true,
  unseenHandsOn: false,
};

/** Whether a resource policy is that of the resource: attached to it, or to the bucket that it lies in. One that does not say where it is attached is. */
export function governs(policy: Policy, resource: string): boolean {
  return policy.resource === null || policy.resource === resource || (holdsOthers(policy.resource) && resource.startsWith(`${policy.resource}/`));
}

/** Whether other resources lie in one, as objects do in a bucket. In a key none do. */
export function holdsOthers(resource: string): boolean {
  return resource.split(':')[2] !== 'kms';
}

/** Whether a resource policy is of a resource that cannot be told: it may be about any, and none goes without a policy for that. */
export function isUnplaced({ resource, statements }: Policy): boolean {
  return resource === null && statements.every((s) => s.unsure !== null);
}

/** Whether calls of the action go through an endpoint for `com.amazonaws.REGION.SERVICE`. Source: AWS PrivateLink guide, services that integrate. */
export function carries(endpoint: Policy, action: string): boolean {
  if (endpoint.resource === null) return true;
  const service = endpointService(endpoint.resource)?.service;
  return service !== undefined && action.toLowerCase().startsWith(`${service}:`);
}

/**
 * Whether resource control policies bear on an action. Unknown: of siblings of S3, which the list does not name apart.
 * Source: AWS Organizations user guide, "List of AWS services that support RCPs"; AWS Control Tower control reference, RCPs.
 */
export function underRcps(action: string): Truth {
  const [service = ''] = action.toLowerCase().split(':');
  return ['s3', 'sts', 'kms'].includes(service) ? 'yes' : service === 'iam' ? 'no' : 'unknown';
}

/** Keys and roles are closed until their own policy opens them. Source: KMS developer guide, "Key policies"; IAM user guide, role trust policies. */
export function needsOwnPolicy(action: string, resource: string): boolean {
  const service = resource.split(':')[2];
  const path = resource.split(':').slice(5).join(':');
  return (service === 'kms' && path.startsWith('key/')) || (service === 'iam' && path.startsWith('role/') && action.toLowerCase().startsWith('sts:'));
}
