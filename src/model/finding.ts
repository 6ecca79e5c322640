import type { Origin } from '../kernel/origin.ts';

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';

export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

export type Confidence = 'certain' | 'likely' | 'possible';

/** One thing that is wrong with the cluster (as opposed to with the user's input: that is a Diagnostic). */
export interface Finding {
  /** Slug of the check that made it. */
  readonly check: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** One sentence: who can do what, or what will break. */
  readonly message: string;
  /** Where to look first; null only when the fault is that something is absent. */
  readonly primary: Origin | null;
  readonly related: readonly { readonly origin: Origin; readonly message: string }[];
  /** What to do about it, in the imperative. */
  readonly fix: string;
  /** A manifest fragment that does it, where one does. */
  readonly patch?: string;
  /** Whether the input does not tell if it stops a job from running. */
  readonly undecided?: true;
  /** Workloads, namespaces or nodes it is about, for filtering: `ai-training/pretrain`. */
  readonly subjects: readonly string[];
}
