import type { Finding, Severity } from './finding.ts';
import type { FlowCoverage } from './flow-coverage.ts';

/** One number that a finding about flows rests on, and the limit that it is held against (null: none). */
export interface FlowMeasure {
  readonly name: string;
  readonly value: number;
  readonly unit: 'bytes' | 'count' | 'seconds' | 'score' | 'bytes per hour';
  readonly limit: number | null;
}

/** A finding about flows: the numbers it rests on, when it was seen, and a few of the flows. */
export interface FlowFinding extends Finding {
  readonly measures: readonly FlowMeasure[];
  /** RFC 3339. */
  readonly window: { readonly from: string; readonly to: string } | null;
  /** Flows in a line each, at most three. */
  readonly samples: readonly string[];
}

/** What findings about flows are of: one sort of signal, or one way in which flows and policies disagree. `severity`: at the most. */
export interface FlowRule {
  readonly slug: string;
  readonly title: string;
  readonly severity: Severity;
  readonly why: string;
  readonly fix: string;
}

/** What an answer could not say: what, how often, and what input would tell. */
export interface FlowGap {
  readonly what: string;
  readonly count: number;
  readonly mend: string;
}

/** The answer of a verb about flows. `findings` come worst first; `omitted` counts those that were cut. */
export interface FlowReport {
  readonly verb: 'check' | 'detect' | 'replay' | 'suggest';
  readonly coverage: FlowCoverage;
  readonly tallies: readonly { readonly name: string; readonly count: number }[];
  readonly findings: readonly FlowFinding[];
  readonly omitted: number;
  readonly cannotTell: readonly FlowGap[];
  /** What the answer rests on and leaves out, in sentences. */
  readonly notes: readonly string[];
  /** The profile that policies were judged by; null: none were. */
  readonly profile: string | null;
  /** What the profile takes as given. */
  readonly assumptions: readonly string[];
}
