import type { Advice } from './advice.ts';
import type { Counterexample } from './claim.ts';
import type { PreflightPatch } from './preflight-report.ts';

/** A line of a log that tells something, with how often it, or one that says the same, was there. */
export interface Quote {
  readonly file: string;
  /** 1-based; of the first such line. */
  readonly line: number;
  /** The line without what log collectors put around it, cut to a length that can be read. */
  readonly text: string;
  readonly count: number;
}

/**
 * `certain`: the log shows the failure and the engine shows what stops it. `likely`: the log shows it, and nothing contradicts. `possible`: it would fit.
 */
export type Likelihood = 'certain' | 'likely' | 'possible';

/** When something was first seen in the logs, and on whom, as far as they tell. */
export interface FirstSeen {
  /** As the log has it where it says no zone, else in UTC. */
  readonly time: string;
  readonly pod: string | null;
}

/** What may be to blame. */
export interface Cause {
  /** Whether mending it is about the network, and about policies. */
  readonly blames: 'policy' | 'network' | 'fabric' | 'names' | 'setting' | 'program' | 'unsettled';
  readonly likelihood: Likelihood;
  /** In one sentence: who could not do what. */
  readonly title: string;
  /** How this was concluded, a sentence each. */
  readonly because: readonly string[];
  readonly quotes: readonly Quote[];
  /** Null where no line of it tells a time. */
  readonly first: FirstSeen | null;
  /** The packet that the engine was asked about, with what decides it. */
  readonly witness: Counterexample | null;
  readonly advice: Advice | null;
  readonly patch: PreflightPatch | null;
  /** What to do. */
  readonly fix: string;
}

/** What failed, and worked afterwards: no cause. */
export interface Passed {
  readonly title: string;
  readonly quotes: readonly Quote[];
  /** What worked, in a sentence without a full stop. */
  readonly means: string;
  /** The line that shows it. */
  readonly by: Quote;
}

/** What logs say about why a job does not go on. */
export interface Diagnosis {
  /** `network`: something on the way is to blame; `elsewhere`: what the logs show is not; `unsettled`: they show too little; `nothing`: no line was recognised. */
  readonly verdict: 'network' | 'elsewhere' | 'unsettled' | 'nothing';
  /** Most likely first; of those that are as likely, what was seen first, where the logs tell. */
  readonly causes: readonly Cause[];
  /** What failed at first, and worked afterwards. */
  readonly passed: readonly Passed[];
  /** Logs that were read, with their lines. */
  readonly logs: readonly { readonly file: string; readonly lines: number; readonly bytes: number }[];
  /** Lines that were recognised. */
  readonly recognised: number;
  /** What the logs tell about themselves: versions, interfaces. */
  readonly facts: readonly string[];
  readonly profile: string | null;
  readonly assumptions: readonly string[];
}
