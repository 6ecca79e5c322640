import { stableJson } from '../../kernel/stable.ts';
import type { Peer, Policy, Rule } from '../../model/policy.ts';
import { inDoubt } from '../in-doubt.ts';

/** The line of a profile that does not know the option. */
export const nodeSelectorsUnknown =
  'Whether rules on nodes (fromNodes, toNodes) are on is unknown: enable-node-selector-labels is off by default, and Cilium then refuses policies with them. Source: cilium pkg/option/config.go enable-node-selector-labels, pkg/policy/api/rule_validation.go.';

/** Cilium policies with rules on nodes, as they are taken where the option that such rules need is not known: refused as a whole, or as they stand. */
export function perhapsOnNodes(policies: readonly Policy[]): readonly Policy[] {
  const doubted = new Set(policies.filter((p) => p.dialect === 'cilium' && p.rules.some(onNodes)).map(objectOf));
  const why = 'whether rules on nodes are on in Cilium: enable-node-selector-labels in its ConfigMap cilium-config';
  return doubted.size === 0 ? policies : policies.map((p) => (doubted.has(objectOf(p)) ? inDoubt(p, [null], why) : p));
}

/** The object that a policy was read from: one with several specs is taken or refused as a whole. Source: cilium pkg/k8s/apis/cilium.io/v2/cnp_types.go Parse. */
export function objectOf({ dialect, kind, namespace, name }: Policy): string {
  return stableJson([dialect, kind, namespace, name]);
}

/** Whether a rule chooses nodes by their labels. */
export function onNodes(rule: Rule): boolean {
  return (rule.peers ?? []).some(isOnNodes);
}

function isOnNodes(peer: Peer): boolean {
  if (peer.kind === 'all-of') return peer.peers.some(isOnNodes);
  return peer.kind === 'not' ? isOnNodes(peer.peer) : peer.kind === 'nodes';
}
