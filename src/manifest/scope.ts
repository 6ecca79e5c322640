/**
 * Kinds of the built-in API and of common extensions that live in no namespace; every other kind is taken to live in one.
 * Source: `kubectl api-resources --namespaced=false`, and the CRDs of Cilium, Calico, network-policy-api, Kueue and the GPU operator.
 */
const clusterScoped: ReadonlySet<string> = new Set([
  'APIService',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'CSIDriver',
  'CSINode',
  'CertificateSigningRequest',
  'CiliumCIDRGroup',
  'CiliumClusterwideNetworkPolicy',
  'CiliumIdentity',
  'CiliumNode',
  'ClusterNetworkPolicy',
  'ClusterPolicy',
  'ClusterQueue',
  'ClusterRole',
  'ClusterRoleBinding',
  'ClusterTrainingRuntime',
  'ClusterUserDefinedNetwork',
  'ComponentStatus',
  'CustomResourceDefinition',
  'DeviceClass',
  'FlowSchema',
  'GatewayClass',
  'GlobalNetworkPolicy',
  'GlobalNetworkSet',
  'HostEndpoint',
  'IPAddress',
  'IngressClass',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'MutatingWebhookConfiguration',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PriorityClass',
  'PriorityLevelConfiguration',
  'ResourceFlavor',
  'ResourceSlice',
  'RuntimeClass',
  'SelfSubjectReview',
  'ServiceCIDR',
  'StagedGlobalNetworkPolicy',
  'StorageClass',
  'Tier',
  'TrainingZone',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
  'VolumeAttachment',
]);

/** Whether objects of the kind live in a namespace. */
export function isNamespaced(kind: string): boolean {
  return !clusterScoped.has(kind);
}
