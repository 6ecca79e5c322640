import type { Origin } from '../kernel/origin.ts';
import type { IpSet } from '../space/ip-set.ts';
import type { Operator } from './operator.ts';
import type { Pattern } from './pattern.ts';

/**
 * What a policy is attached to, and so what it can do. `identity` grants to a role or user, `resource` to callers of a bucket or key, `trust` is the
 * resource policy of a role; the others are ceilings that grant nothing: a permissions boundary, a session policy, service and resource control
 * policies, and the policy of a VPC endpoint. Source: IAM user guide, "Policy evaluation logic".
 */
export type PolicyKind = 'identity' | 'resource' | 'trust' | 'boundary' | 'session' | 'scp' | 'rcp' | 'endpoint';

/** `2008-10-17` (also the default) knows no policy variables. Source: IAM user guide, IAM JSON policy elements: Version. */
export type PolicyVersion = '2012-10-17' | '2008-10-17';

/** One policy document. */
export interface Policy {
  /** What people call it: its name or ARN, else its file. */
  readonly name: string;
  readonly kind: PolicyKind;
  /** What a resource or trust policy is attached to, as an ARN without wildcards; null where the input does not say. */
  readonly resource: string | null;
  readonly version: PolicyVersion;
  readonly statements: readonly Statement[];
  readonly origin: Origin;
}

/** One statement. A part that is absent (no Principal in an identity policy, no Resource in a trust policy) is null and holds. */
export interface Statement {
  readonly policy: string;
  readonly sid: string | null;
  readonly index: number;
  readonly effect: 'Allow' | 'Deny';
  readonly principal: PrincipalPart | null;
  readonly action: PatternPart;
  readonly resource: PatternPart | null;
  readonly conditions: readonly Condition[];
  /** Why it is not known whether the statement is there at all; null: it is. */
  readonly unsure: string | null;
  readonly origin: Origin;
}

/** A list of patterns: it holds where one of them matches, or, with `not`, where none does. */
export interface PatternPart {
  readonly not: boolean;
  readonly patterns: readonly Pattern[];
}

/** Who a statement is about. */
export interface PrincipalPart {
  readonly not: boolean;
  /** A provider in it perhaps means sessions of roles that were assumed with it, too. */
  readonly perhapsSessions?: true;
  readonly principals: readonly Principal[];
}

/** `*` is everyone, signed in or not; an `account` is each of its principals; `id` elsewhere is compared whole. */
export type Principal =
  | { readonly type: 'everyone' }
  | { readonly type: 'account'; readonly id: string }
  | { readonly type: 'AWS' | 'session' | 'Federated' | 'Service' | 'CanonicalUser'; readonly id: string };

/** One key of one operator: the values are alternatives. */
export interface Condition {
  /** As written, with prefix and suffix. */
  readonly operatorText: string;
  readonly operator: Operator;
  /** `all`: ForAllValues; `any`: ForAnyValue. */
  readonly set: 'all' | 'any' | null;
  readonly ifExists: boolean;
  /** In lower case: keys are compared without case. */
  readonly key: string;
  readonly keyText: string;
  readonly values: readonly ConditionValue[];
  /** Why it is not known what this condition means; null: it is. */
  readonly opaque: string | null;
  readonly origin: Origin;
}

export type ConditionValue =
  | { readonly kind: 'pattern'; readonly pattern: Pattern }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'date'; readonly moment: number }
  | { readonly kind: 'address'; readonly addresses: IpSet }
  | { readonly kind: 'presence'; readonly absent: boolean };
