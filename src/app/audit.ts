import { policyEndpointCount, policyEndpointDifferences } from '../dialects/eks/policy-endpoints.ts';
import { type Diagnostic, failed, ok, type Result } from '../kernel/result.ts';
import type { AuditReport, Drift } from '../model/audit-report.ts';
import type { Snapshot } from '../model/snapshot.ts';

const order: readonly Drift['drift'][] = ['wide', 'missing', 'narrow', 'stale'];

/**
 * Holds the PolicyEndpoints of a snapshot against what its policies, pods and Services ask for: what is open comes first. Fails where one cannot be read:
 * no report says then that all is as it should be. What the input does not tell is a warning. Pure.
 */
export function audit(snapshot: Snapshot): Result<AuditReport> {
  const found = policyEndpointDifferences(snapshot);
  const unknown = found.unknown.map(({ message, fix, origin }): Diagnostic => ({ code: 'not-known', severity: 'warning', message, hint: fix, origin }));
  const diagnostics = [...found.diagnostics, ...unknown];
  if (found.diagnostics.length > 0) return failed(diagnostics);
  const drifts = order.flatMap((drift) => found.differences.filter((d) => d.drift === drift));
  const policies = snapshot.policies.filter((p) => p.dialect === 'kubernetes' || p.dialect === 'eks').length;
  return ok({ endpoints: policyEndpointCount(snapshot), policies, drifts, unknown: unknown.length }, diagnostics);
}
