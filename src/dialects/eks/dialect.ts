import { shown } from '../../kernel/reader.ts';
import { failed, type Result } from '../../kernel/result.ts';
import { type Plain, Refusals } from '../../model/cannot-say.ts';
import { intendDomainName } from '../../model/domain-name-syntax.ts';
import type { Policy } from '../../model/policy.ts';
import type { RawObject } from '../../model/snapshot.ts';
import type { Dialect } from '../dialect.ts';
import { readApplicationNetworkPolicy, writeApplicationNetworkPolicy } from './application-network-policy.ts';
import { readClusterNetworkPolicy, writeClusterNetworkPolicy } from './cluster-network-policy.ts';

/**
 * `networking.k8s.aws/v1alpha1`, which the VPC CNI enforces: ApplicationNetworkPolicy and ClusterNetworkPolicy. PolicyEndpoints are what the controller
 * makes of them (and of NetworkPolicies) for the nodes: no policies, but what an audit compares with.
 */
export const dialect: Dialect = {
  id: 'eks',
  title: 'EKS network policy',
  kinds: [
    { group: 'networking.k8s.aws', kind: 'ApplicationNetworkPolicy' },
    { group: 'networking.k8s.aws', kind: 'ClusterNetworkPolicy' },
  ],
  supports: [
    { group: 'networking.k8s.aws', kind: 'PolicyEndpoint' },
    { group: 'networking.k8s.aws', kind: 'ClusterPolicyEndpoint' },
  ],
  read: (object: RawObject): Result<readonly Policy[]> =>
    object.kind === 'ClusterNetworkPolicy' ? readClusterNetworkPolicy(object) : readApplicationNetworkPolicy(object),
  emit,
  intend: intendDomainName,
};

function emit(policy: Policy): Result<Plain> {
  if (policy.dialect === 'eks' && policy.kind === 'ClusterNetworkPolicy') return writeClusterNetworkPolicy(policy);
  if (policy.dialect === 'eks' && policy.kind === 'ApplicationNetworkPolicy') return writeApplicationNetworkPolicy(policy);
  const { refuse, diagnostics } = new Refusals('networking.k8s.aws');
  refuse(policy.origin, `a policy of kind ${shown(policy.kind)} (${policy.dialect}).`);
  return failed(diagnostics);
}
