import { policyEndpointCount, policyEndpointDifferences } from '../dialects/eks/policy-endpoints.ts';
import { ok, type Result } from '../kernel/result.ts';
import type { AuditReport, Drift } from '../model/audit-report.ts';
import type { Snapshot } from '../model/snapshot.ts';

const order: readonly Drift['drift'][] = ['wide', 'missing', 'narrow', 'stale'];

/** Holds the PolicyEndpoints of a snapshot against what its policies, pods and Services ask for: what is open comes first. Pure. */
export function audit(snapshot: Snapshot): Result<AuditReport> {
  const found = policyEndpointDifferences(snapshot);
  const drifts = found.ok ? order.flatMap((drift) => found.value.filter((d) => d.drift === drift)) : [];
  const policies = snapshot.policies.filter((p) => p.dialect === 'kubernetes' || p.dialect === 'eks').length;
  return ok({ endpoints: policyEndpointCount(snapshot), policies, drifts }, found.diagnostics);
}
