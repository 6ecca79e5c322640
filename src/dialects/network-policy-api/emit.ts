import { shown } from '../../kernel/reader.ts';
import { failed, ok, type Result } from '../../kernel/result.ts';
import { type Plain, Refusals, type Refuse } from '../../model/cannot-say.ts';
import { isPlainPort, writeClusterPolicySpec } from '../../model/cluster-policy-writing.ts';
import type { Policy, PortMatch, Rule } from '../../model/policy.ts';
import { kinds, protocolFields } from './shapes.ts';

/** A ClusterNetworkPolicy v1alpha2 that reads back as this policy; refuses, with one error a reason, what the language cannot say. */
export function emit(policy: Policy): Result<Plain> {
  const { refuse, diagnostics } = new Refusals('ClusterNetworkPolicy');
  if (policy.dialect !== 'network-policy-api' || policy.kind !== 'ClusterNetworkPolicy') {
    const older = policy.dialect === 'network-policy-api' ? 'Migrate it first: v1alpha1 is only read.' : undefined;
    refuse(policy.origin, `a policy of kind ${shown(policy.kind)} (${policy.dialect}).`, older);
  }
  if (policy.id !== `${policy.kind} ${policy.name}`) refuse(policy.origin, `the id ${shown(policy.id)}.`);
  const spec = writeClusterPolicySpec(policy, kinds.ClusterNetworkPolicy.shape, writeProtocol, refuse);
  if (diagnostics.length > 0) return failed(diagnostics);
  return ok({ apiVersion: 'policy.networking.k8s.io/v1alpha2', kind: 'ClusterNetworkPolicy', metadata: { name: policy.name }, spec });
}

function writeProtocol(port: PortMatch, rule: Rule, refuse: Refuse): Plain {
  if (typeof port.port === 'string') {
    if (port.protocol !== 'ANY')
      refuse(rule.origin, `the port name ${shown(port.port)} for ${port.protocol} alone; a name stands for the port whatever its protocol.`);
    return { destinationNamedPort: port.port };
  }
  if (!isPlainPort(port, rule, refuse)) return {};
  const [field] = protocolFields.find(([, protocol]) => protocol === port.protocol) ?? ['tcp'];
  const single = port.endPort === null || port.endPort === port.port;
  return { [field]: { destinationPort: single ? { number: port.port } : { range: { start: port.port, end: port.endPort } } } };
}
