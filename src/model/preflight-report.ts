import type { Origin } from '../kernel/origin.ts';
import type { Advice, AdviceEdit } from './advice.ts';
import type { Counterexample } from './claim.ts';
import type { Finding } from './finding.ts';
import type { PassagePurpose } from './passage.ts';

/** `blocked`: some packet that the job needs is certain to be stopped. `unknown`: whether one is cannot be told; unknown is never open. */
export type PathStatus = 'open' | 'blocked' | 'unknown';

/** One thing that a job needs of the network, and whether policies let it. */
export interface PreflightPath {
  /** Unique in a job: `nccl/collectives`, `dns`, `named/mlflow.tracking:5000`. */
  readonly id: string;
  /** Of what a framework does among the job's pods. */
  readonly purpose?: PassagePurpose;
  readonly title: string;
  /** Who dials, whom, and on what: for people. */
  readonly from: string;
  readonly to: string;
  readonly ports: string;
  /** Whether the job stands still without it. */
  readonly required: boolean;
  /** What shows that the job needs it. */
  readonly because: string;
  /** Where it is written that it dials so. */
  readonly source: string;
  /** The place in the job, or in the zone, that asks for it. */
  readonly origin: Origin;
  readonly status: PathStatus;
  /** Packets that are stopped, or may be, the most telling first. */
  readonly witnesses: readonly Counterexample[];
  /** Every pair of sorts of pods that is shut, or may be, with the ports: `master to worker (TCP 443)`. Says nothing of how many pods there are. */
  readonly shut: readonly string[];
  /** What is missing where the status is unknown, a line each. */
  readonly reasons: readonly string[];
  /** What opens the packet of the first witness where no policy that is added opens the path; null where the patch does, or nothing is shut. */
  readonly advice: Advice | null;
}

/** Policies that, added to the cluster, open what is blocked: carried out on the input, and every path asked again. */
export interface PreflightPatch {
  readonly edits: readonly AdviceEdit[];
  /** Paths that they open. */
  readonly opens: readonly string[];
  /** All other traffic that changes with them, and what else to know of them, a line each. */
  readonly also: readonly string[];
}

/** What shows a framework in a job. */
export interface DetectedFramework {
  readonly id: string;
  readonly title: string;
  readonly signs: readonly { readonly text: string; readonly origin: Origin }[];
}

/** Whether one job would run under the policies. */
export interface JobPreflight {
  /** `namespace/name[Kind]`. */
  readonly title: string;
  readonly origin: Origin;
  /** Pods that it makes, by sort: `8 pods: 1 master, 7 worker`. */
  readonly pods: string;
  readonly frameworks: readonly DetectedFramework[];
  readonly paths: readonly PreflightPath[];
  /** What else stands in its way, or will: selectors that miss it, admission, scheduling. */
  readonly problems: readonly Finding[];
  /** What its pods may do that others ought to know of, such as holding their node: no reason not to run. */
  readonly security: readonly Finding[];
  readonly patch: PreflightPatch | null;
}

export interface PreflightReport {
  readonly profile: string;
  readonly jobs: readonly JobPreflight[];
  /** What the answers rest on, a sentence each. */
  readonly assumptions: readonly string[];
}

/** Whether nothing that is known stops the job, and nothing that it needs is unknown. */
export function wouldRun({ paths, problems }: JobPreflight): boolean {
  return (
    paths.every((p) => p.status === 'open' || !p.required) && !problems.some((f) => f.severity === 'critical' || f.severity === 'high' || f.undecided === true)
  );
}

/** The patch of a job where it opens this path, else null. */
export function patchOpening({ patch }: JobPreflight, { id }: Pick<PreflightPath, 'id'>): PreflightPatch | null {
  return patch?.opens.includes(id) === true ? patch : null;
}

/** What to do with a patch, as a sentence: `Add NetworkPolicy ml/llm-dns.` */
export function patchSentence({ edits }: PreflightPatch): string {
  return `Add ${edits.map((e) => e.policy).join(' and ')}.`;
}
