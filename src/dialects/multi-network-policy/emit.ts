import { shown } from '../../kernel/reader.ts';
import { failed, ok, type Result } from '../../kernel/result.ts';
import { type Plain, Refusals } from '../../model/cannot-say.ts';
import { writeNetworkPolicySpec } from '../../model/network-policy-writing.ts';
import type { Policy } from '../../model/policy.ts';
import { policyFor } from './policy-for.ts';

/** A MultiNetworkPolicy that reads back as this policy; refuses, with one error a reason, what the language cannot say. */
export function emit(policy: Policy): Result<Plain> {
  const { refuse, diagnostics } = new Refusals('MultiNetworkPolicy');
  if (policy.dialect !== 'multi-network-policy' || policy.kind !== 'MultiNetworkPolicy')
    refuse(policy.origin, `a policy of kind ${shown(policy.kind)} (${policy.dialect}).`);
  const { networks = [] } = policy;
  if (networks.length === 0) refuse(policy.origin, 'a policy for no network, or for the pod network.', 'Write a NetworkPolicy.');
  const spec = writeNetworkPolicySpec(policy, refuse);
  if (diagnostics.length > 0) return failed(diagnostics);
  const ranged = policy.rules.some((r) => (r.ports ?? []).some((p) => p.endPort !== null));
  return ok({
    apiVersion: `k8s.cni.cncf.io/${ranged ? 'v1beta2' : 'v1beta1'}`,
    kind: 'MultiNetworkPolicy',
    metadata: { name: policy.name, namespace: policy.namespace, annotations: { [policyFor]: networks.join(',') } },
    spec,
  });
}
