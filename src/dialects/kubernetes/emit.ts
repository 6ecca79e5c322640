import { shown } from '../../kernel/reader.ts';
import { failed, ok, type Result } from '../../kernel/result.ts';
import { type Plain, Refusals } from '../../model/cannot-say.ts';
import { writeNetworkPolicySpec } from '../../model/network-policy-writing.ts';
import type { Policy } from '../../model/policy.ts';
import { gkeNetworkAnnotation } from './read.ts';

/** A NetworkPolicy that reads back as this policy; refuses, with one error a reason, what the language cannot say. */
export function emit(policy: Policy): Result<Plain> {
  const { refuse, diagnostics } = new Refusals('NetworkPolicy');
  if (policy.dialect !== 'kubernetes' || policy.kind !== 'NetworkPolicy') refuse(policy.origin, `a policy of kind ${shown(policy.kind)} (${policy.dialect}).`);
  const spec = writeNetworkPolicySpec(policy, refuse);
  if (diagnostics.length > 0) return failed(diagnostics);
  return ok({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      name: policy.name,
      namespace: policy.namespace,
      ...(policy.gkeNetwork === undefined ? {} : { annotations: { [gkeNetworkAnnotation]: policy.gkeNetwork } }),
    },
    spec,
  });
}
