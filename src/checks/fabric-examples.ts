/** Pieces that the examples of checks about fabrics share: manifests as YAML text. */

/** A pool of virtual functions that speak RDMA over Ethernet. */
export const railPool: string = `
apiVersion: sriovnetwork.openshift.io/v1
kind: SriovNetworkNodePolicy
metadata: {name: rail, namespace: sriov-network-operator}
spec:
  resourceName: rail
  numVfs: 8
  isRdma: true
  nicSelector: {pfNames: [ens1f0]}
  nodeSelector: {node-role: gpu-training}`;

/** A network of virtual functions in the training namespace; `settings` are more fields of its spec. */
export function railNetwork(settings: string): string {
  return `
apiVersion: sriovnetwork.openshift.io/v1
kind: SriovNetwork
metadata: {name: roce, namespace: sriov-network-operator}
spec: {resourceName: rail, networkNamespace: ai-training, ${settings}}`;
}

/** A GPU pod on the network `roce`. */
export const railTrainer: string = `
apiVersion: v1
kind: Pod
metadata: {name: trainer, namespace: ai-training, annotations: {k8s.v1.cni.cncf.io/networks: roce}}
spec:
  containers:
  - name: trainer
    image: registry.example.com/trainer:1
    resources: {limits: {nvidia.com/gpu: "8", openshift.io/rail: "1"}}`;

/** A pod, of which only what it is attached to matters. */
export function attachedPod(namespace: string, name: string, annotation: string, more = ''): string {
  return `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${namespace}${annotation === '' ? '' : `, annotations: {${annotation}}`}}
spec:
${more}  containers:
  - {name: main, image: "registry.example.com/app:1"}`;
}
