import type { Labels } from '../../model/labels.ts';
import type { NodePool } from '../../spec/zone.ts';

/** Prefixes of labels that clouds, provisioners, device operators and the kubelet write. */
const providerLabels: readonly string[] = [
  // Source: kubernetes.io, Well-Known Labels, Annotations and Taints.
  'kubernetes.io',
  'node.kubernetes.io',
  'topology.kubernetes.io',
  'beta.kubernetes.io',
  'failure-domain.beta.kubernetes.io',
  // Source: GKE, EKS and AKS documentation, labels of nodes.
  'cloud.google.com',
  'topology.gke.io',
  'eks.amazonaws.com',
  'k8s.amazonaws.com',
  'alpha.eksctl.io',
  'topology.k8s.aws',
  'kubernetes.azure.com',
  // Source: Karpenter documentation, Well-Known Labels.
  'karpenter.sh',
  'karpenter.k8s.aws',
  'karpenter.azure.com',
  // Source: NVIDIA/gpu-operator documentation; kubernetes-sigs/node-feature-discovery documentation.
  'nvidia.com',
  'feature.node.kubernetes.io',
];

/** AKS writes its node pool's name under this key without a prefix. Source: AKS documentation, Use labels in a node pool. */
const agentPool = 'agentpool';

/** The labels of a pool: those that whoever made the nodes wrote, and those that are ours to write. */
export function labelsByOwner({ labels }: NodePool): { readonly given: Labels; readonly own: Labels } {
  const isGiven = (key: string): boolean => key === agentPool || providerLabels.includes(key.slice(0, Math.max(0, key.lastIndexOf('/'))));
  const pick = (given: boolean): Labels => Object.fromEntries(Object.entries(labels).filter(([key]) => isGiven(key) === given));
  return { given: pick(true), own: pick(false) };
}
