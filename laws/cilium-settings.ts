import type { Snapshot } from '../src/model/snapshot.ts';

/** Settings of Cilium that change what policies mean, as its ConfigMap says them. */
export const settings: readonly Readonly<Record<string, string>>[] = [
  { 'enable-policy': 'always', 'enable-host-firewall': 'true' },
  {
    'enable-k8s-cluster-network-policy': 'true',
    'policy-cidr-match-mode': 'nodes pods',
    'enable-node-selector-labels': 'true',
    'enable-host-firewall': 'true',
  },
  { 'enable-k8s-cluster-network-policy': 'true', 'enable-policy': 'always', labels: 'app !team' },
  { 'cluster-id': '3', 'policy-default-local-cluster': 'false', 'enable-non-default-deny-policies': 'false', 'kube-proxy-replacement': 'true' },
  { 'enable-l7-proxy': 'false', 'enable-icmp-rules': 'false' },
  { 'allow-localhost': 'policy', 'enable-policy': 'what' },
];

/** The cluster with that ConfigMap among its objects. */
export function withConfig(snapshot: Snapshot, data: Readonly<Record<string, string>>): Snapshot {
  const origin = { document: { file: 'cilium.yaml', index: 0 }, path: [] };
  const metadata = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'cilium-config' };
  return { ...snapshot, objects: [...snapshot.objects, { ...metadata, body: { data }, origin }] };
}
