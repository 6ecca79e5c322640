/** Pieces that the examples of several checks share, so that each example shows only what it is about. All are manifests as YAML text. */

/** Documents of one file. */
export function documents(...texts: readonly string[]): string {
  return texts.map((t) => `${t.trim()}\n`).join('---\n');
}

/** The namespace that the examples' training runs in. */
export const trainingNamespace: string = `
apiVersion: v1
kind: Namespace
metadata: {name: ai-training}`;

/** One GPU pod named `trainer`. `spec` and `container` are more lines of the pod and its container, indented as in the result. */
export function trainer(more: { readonly spec?: string; readonly container?: string } = {}): string {
  return `
apiVersion: v1
kind: Pod
metadata: {name: trainer, namespace: ai-training, labels: {app: trainer}}
spec:
${more.spec === undefined ? '' : `${more.spec}\n`}  containers:
  - name: trainer
    image: registry.example.com/trainer:1
    resources: {limits: {nvidia.com/gpu: "8"}}${more.container === undefined ? '' : `\n${more.container}`}`;
}

/** A PyTorchJob named `pretrain` with one master and three workers. */
export const pretrain: string = `
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: {name: pretrain, namespace: ai-training}
spec:
  pytorchReplicaSpecs:
    Master:
      replicas: 1
      template:
        metadata: {labels: {app: pretrain}}
        spec: {containers: [{name: pytorch, image: "registry.example.com/train:1", resources: {limits: {nvidia.com/gpu: "8"}}}]}
    Worker:
      replicas: 3
      template:
        metadata: {labels: {app: pretrain}}
        spec: {containers: [{name: pytorch, image: "registry.example.com/train:1", resources: {limits: {nvidia.com/gpu: "8"}}}]}`;

/** A NetworkPolicy in the training namespace; `spec` is the body of its spec, indented by two. */
export function networkPolicy(name: string, spec: string): string {
  return `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: ai-training}
spec:
${spec}`;
}

/** A CiliumNetworkPolicy in the training namespace; `spec` is the body of its spec, indented by two. */
export function ciliumPolicy(name: string, spec: string): string {
  return `
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: ${name}, namespace: ai-training}
spec:
${spec}`;
}

/** Both directions shut for every pod of the training namespace. */
export const defaultDeny: string = networkPolicy('default-deny', '  podSelector: {}\n  policyTypes: [Ingress, Egress]');

/** The cluster's resolver: a Deployment of CoreDNS. */
export const coreDns: string = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: coredns, namespace: kube-system}
spec:
  replicas: 2
  selector: {matchLabels: {k8s-app: kube-dns}}
  template:
    metadata: {labels: {k8s-app: kube-dns}}
    spec:
      containers:
      - name: coredns
        image: registry.example.com/mirror/coredns:1.12.0
        ports: [{name: dns, containerPort: 53, protocol: UDP}, {name: dns-tcp, containerPort: 53, protocol: TCP}]`;

/** A rule list of a CiliumNetworkPolicy that lets the pods resolve exactly the given names. */
export function ciliumDnsRule(...names: readonly string[]): string {
  return `  - toEndpoints: [{matchLabels: {k8s:io.kubernetes.pod.namespace: kube-system, k8s-app: kube-dns}}]
    toPorts:
    - ports: [{port: "53", protocol: ANY}]
      rules: {dns: [${names.map((n) => `{matchName: ${n}}`).join(', ')}]}`;
}
