import type { Advice } from './advice.ts';
import type { StagedPolicy } from './staged-policy.ts';
import type { Packet, Verdict } from './verdict.ts';

/** What `explain` answers. `asked` is the question in the user's words; one entry in `answers` for each packet that the question stands for (backends of a Service, ports). */
export interface Explanation {
  readonly asked: string;
  /** What all answers say; `ambiguous` when they differ (or when rules of equal priority contradict each other). */
  readonly verdict: Verdict['decision'];
  readonly answers: readonly {
    readonly packet: Packet;
    readonly from: string;
    readonly to: string;
    readonly verdict: Verdict;
    readonly tierWalk: string;
    readonly note: string | null;
    /** What would have to change; null for packets beyond the first few. */
    readonly advice: Advice | null;
  }[];
  readonly profile: string;
  /** Policies that decide nothing until they are promoted, and the verdict if all of them were; null without any. */
  readonly staged: { readonly policies: readonly StagedPolicy[]; readonly verdict: Verdict['decision'] } | null;
}
