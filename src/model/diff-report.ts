import type { Origin } from '../kernel/origin.ts';
import type { Party } from './scan-report.ts';
import type { Packet, Verdict } from './verdict.ts';
import type { WorkloadId } from './workload.ts';

/** What becomes of packets, ambiguous ones counted as unknown. */
export type FlowState = 'allowed' | 'unknown' | 'denied';

/** Many parties at one end of a change. `summary` names them all in a few words; `pods` counts the pods among them. */
export interface DiffEnd {
  readonly summary: string;
  readonly parties: readonly Party[];
  readonly pods: number;
}

/** What made traffic change: a rule, a policy, a workload or a Namespace on one of the two sides. */
export interface ChangeCause {
  readonly side: 'before' | 'after';
  readonly text: string;
  readonly origin: Origin | null;
}

/**
 * A rectangle of traffic that changed: every party of `from` to every party of `to`, on `ports`. Rectangles are disjoint, and all else is as before, but for `UndecidedTraffic`.
 * `effect` gained: towards allowed; lost: towards denied. `certainty` certain when both states are known.
 * `because` workloads: one end exists on one side only; rules: everything else.
 */
export interface TrafficChange {
  readonly effect: 'gained' | 'lost';
  readonly certainty: 'certain' | 'possible';
  readonly because: 'rules' | 'workloads';
  readonly before: FlowState;
  readonly after: FlowState;
  readonly from: DiffEnd;
  readonly to: DiffEnd;
  readonly ports: string;
  /** One packet of the rectangle, decided on both sides; null on the side where an end of it does not exist. */
  readonly example: { readonly packet: Packet; readonly before: Verdict | null; readonly after: Verdict | null };
  /** Most telling first. */
  readonly causes: readonly ChangeCause[];
}

/** Traffic that is unknown on both sides and that a change bears on: whether it passes now as it did cannot be told. Its example says what is not known. */
export type UndecidedTraffic = Pick<TrafficChange, 'from' | 'to' | 'ports' | 'example' | 'causes'>;

/** An object that came, went or reads differently. */
export interface ChangedObject {
  readonly title: string;
  readonly how: 'added' | 'removed' | 'changed';
  readonly origin: Origin | null;
}

/** What `diff` answers. */
export interface DiffReport {
  readonly before: { readonly title: string; readonly profile: string };
  readonly after: { readonly title: string; readonly profile: string };
  readonly changes: readonly TrafficChange[];
  readonly undecided: readonly UndecidedTraffic[];
  readonly policies: readonly ChangedObject[];
  /** Policies whose filters above layer 4 differ; `changes` is about layers 3 and 4 and does not show them. */
  readonly filters: readonly ChangedObject[];
  /** Workloads that came or went; those that stay are not listed. */
  readonly workloads: readonly (ChangedObject & { readonly id: WorkloadId })[];
  readonly assumptions: readonly string[];
}

/** Whether nothing differs, and nothing that may differ is left open. */
export function isSame({ changes, undecided, filters }: Pick<DiffReport, 'changes' | 'undecided' | 'filters'>): boolean {
  return changes.length === 0 && undecided.length === 0 && filters.length === 0;
}
