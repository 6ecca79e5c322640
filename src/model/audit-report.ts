import type { Origin } from '../kernel/origin.ts';
import type { Severity } from './finding.ts';

/** One way in which what nodes enforce is not what policies ask for. */
export interface Drift {
  /** `missing`: not enforced where it should be. `stale`: of another time. `wide`: nodes let through more than the policy, `narrow`: less. */
  readonly drift: 'missing' | 'stale' | 'wide' | 'narrow';
  /** What differs, finer: `pod-missing`, `rule-extra`, … */
  readonly kind: string;
  readonly policy: string;
  readonly direction: 'ingress' | 'egress' | null;
  readonly message: string;
  /** What is enforced, or the policy where nothing is. */
  readonly origin: Origin;
  /** The policy, or the pod that it misses; null without. */
  readonly meant: Origin | null;
  readonly fix: string;
}

/** Open where it should be shut is worse than the reverse. */
export function driftSeverity(drift: Drift['drift']): Severity {
  return drift === 'wide' || drift === 'missing' ? 'high' : 'medium';
}

/** What `audit` answers: what nodes enforce, held against what policies, pods and Services ask for. */
export interface AuditReport {
  readonly endpoints: number;
  readonly policies: number;
  readonly drifts: readonly Drift[];
  /** Things about what nodes enforce that the input does not tell: nobody knows then whether there is more drift. */
  readonly unknown: number;
}
