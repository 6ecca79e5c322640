import type { PolicySet } from '../../../iam/policy-set.ts';
import type { Prover } from '../../../iam/prover/prove.ts';
import type { Finding, Severity } from '../../../model/finding.ts';
import type { PoliciesRead } from '../read-policies.ts';

/** A role that policies are attached to, or the one that those belong to which do not say whose they are. */
export interface LintedRole {
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly partition: string;
  /** All that bears on what it may do. */
  readonly policies: PolicySet;
  readonly prover: Prover;
}

/** What a lint may look at: policies as they were read, and by role. */
export interface LintContext {
  readonly read: PoliciesRead;
  readonly roles: readonly LintedRole[];
}

/** Policies as JSON, several as documents of one YAML file. In `bad` the lint must fire, in `good` it must be silent; both are executed by the tests. */
export interface LintExample {
  readonly bad: string;
  readonly good: string;
}

/** One lint of policies. Its slug is its file name, its docs page, its SARIF rule id and the word in `ringfence ignore` comments. */
export interface Lint {
  readonly slug: string;
  /** A few words, for tables. */
  readonly title: string;
  readonly severity: Severity;
  readonly plane: 'identity';
  /** Why it matters, in Markdown: what breaks or leaks, and how. */
  readonly why: string;
  /** How to mend it, in Markdown. */
  readonly fix: string;
  /** What others call it: "parliament UNKNOWN_ACTION". Empty: nobody has it. */
  readonly alike: readonly string[];
  /** Where the facts come from: one line each. */
  readonly sources: readonly string[];
  readonly example: LintExample;
  run(context: LintContext): Iterable<Omit<Finding, 'check'>>;
}
