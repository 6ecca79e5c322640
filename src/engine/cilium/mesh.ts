import type { Peer, Policy, Rule } from '../../model/policy.ts';
import { privateBlocks } from '../../model/private-blocks.ts';
import type { Profile } from '../../model/profile.ts';
import type { CiliumSettings } from './settings.ts';

/** Whether selectors that name no cluster also match pods of the other clusters of a mesh. */
export function selectsOtherClusters({ clusterId, localClusterOnly }: CiliumSettings, profile: Profile): boolean {
  return clusterId !== '0' && !(localClusterOnly ?? profile.readsAs !== 'cilium@1.18');
}

/** The line of a profile about that. */
export function meshLine(settings: CiliumSettings, profile: Profile, source: string): string {
  if (selectsOtherClusters(settings, profile))
    return `Selectors without a cluster match pods of every cluster of the mesh: those are not among the manifests, and whether a private address is one of them is unknown. ${source}`;
  return settings.clusterId === '0'
    ? `The cluster is in no mesh of clusters: its cluster-id is 0. ${source}`
    : `Selectors without a cluster match the local cluster only. ${source}`;
}

const elsewhere: readonly Peer[] = privateBlocks.map((cidr): Peer => ({ kind: 'cidr', cidr, except: [] }));

const condition = 'whether that address is a pod of another cluster of the mesh, which the rule then matches';

/**
 * Every rule on pods may match a private address, which may be a pod of another cluster. The same when asked again.
 * Source: cilium 1.18 to 1.20 pkg/k8s/apis/cilium.io/utils/utils.go addClusterFilterByDefault, pkg/clustermesh/types/option.go PolicyDefaultLocalCluster.
 */
export function withOtherClusters(policies: readonly Policy[]): readonly Policy[] {
  return policies.map((policy) => {
    const done = policy.rules.some((r) => r.condition === condition);
    const more = done ? [] : policy.rules.filter(onPods).map((rule): Rule => ({ ...rule, peers: elsewhere, condition }));
    return more.length === 0 ? policy : { ...policy, rules: [...policy.rules, ...more] };
  });
}

function onPods(rule: Rule): boolean {
  const isPods = (peer: Peer): boolean => peer.kind === 'pods' || (peer.kind === 'all-of' && peer.peers.some(isPods));
  return (rule.peers ?? []).some(isPods);
}
