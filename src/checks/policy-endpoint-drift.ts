import { policyEndpointCount, policyEndpointDifferences } from '../dialects/eks/policy-endpoints.ts';
import { driftSeverity } from '../model/audit-report.ts';
import type { Check } from './check.ts';
import { documents, trainingNamespace } from './example-parts.ts';

const pod = `
apiVersion: v1
kind: Pod
metadata: {name: trainer, namespace: ai-training, labels: {app: trainer}, ownerReferences: [{apiVersion: batch/v1, kind: Job, name: train, uid: u, controller: true}]}
spec: {containers: [{name: trainer, image: "registry.example.com/trainer:1"}]}
status: {phase: Running, podIP: 10.0.1.1, podIPs: [{ip: 10.0.1.1}]}`;
const policy = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: fence, namespace: ai-training}
spec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.9.0.0/16}}]}]}`;
const endpoint = (cidr: string): string => `
apiVersion: networking.k8s.aws/v1alpha1
kind: PolicyEndpoint
metadata: {name: fence-x7k2p, namespace: ai-training}
spec:
  policyRef: {name: fence, namespace: ai-training}
  podIsolation: [Egress]
  podSelectorEndpoints: [{podIP: 10.0.1.1, hostIP: 192.168.1.1, name: trainer, namespace: ai-training}]
  egress: [{cidr: ${cidr}}]`;

export const check: Check = {
  slug: 'policy-endpoint-drift',
  title: 'Nodes enforce something else than the policy says',
  severity: 'high',
  plane: 'network',
  why: 'The VPC CNI enforces what its controller wrote into PolicyEndpoints. These are resolved addresses, and they drift: pods and Services are missing from them, or stay in them after they are gone. Every proof that reads policies is then about another cluster than the one that runs.',
  fix: 'Let the controller write the PolicyEndpoint again (change the policy, or restart the controller), and ask again: `ringfence audit`.',
  sources: ['amazon-network-policy-controller-k8s pkg/resolvers, api/v1alpha1/policyendpoint_types.go', 'aws/amazon-network-policy-controller-k8s#222'],
  example: {
    bad: documents(trainingNamespace, pod, policy, endpoint('10.0.0.0/8')),
    good: documents(trainingNamespace, pod, policy, endpoint('10.9.0.0/16')),
    profile: 'eks',
  },
  *run({ snapshot }) {
    // Manifests in a repository hold none: then nothing can be compared.
    if (policyEndpointCount(snapshot) === 0) return;
    const found = policyEndpointDifferences(snapshot);
    for (const { drift, policy: id, message, origin, meant, fix } of found.differences)
      yield {
        severity: driftSeverity(drift),
        confidence: 'certain',
        message,
        primary: origin,
        related: meant === null ? [] : [{ origin: meant, message: 'what is asked for' }],
        fix,
        subjects: [id],
      };
    for (const { policy: id, message, origin, fix } of found.unknown)
      yield { severity: 'low', confidence: 'possible', message, primary: origin, related: [], fix, subjects: [id] };
  },
};
