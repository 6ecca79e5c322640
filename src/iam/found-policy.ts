import type { Reader } from '../kernel/reader.ts';
import type { Doubt } from './doubtful.ts';
import type { PolicyKind } from './policy.ts';

/** A policy document that was found in some input, not yet read. */
export interface FoundPolicy {
  readonly kind: PolicyKind;
  readonly name: string;
  /** What a resource, trust or endpoint policy is attached to; null where the input does not say. */
  readonly resource: string | null;
  /** Name or ARN of the role that an identity policy or boundary is attached to; null where the input does not say. */
  readonly role: string | null;
  /** What it was taken for, and why, for people. */
  readonly taken: string;
  readonly at: Reader;
  /** Left out: all that counts of it is known. */
  readonly doubt?: Doubt;
  /** Of a resource policy whose text is in doubt: the service that the resource is of. */
  readonly service?: string;
}

/** Reads the text of a policy that stands in a string of another document; faults go to the place of the string. */
export type Embedded = (at: Reader, text: string) => Reader;
