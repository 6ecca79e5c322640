import { groupOf } from './metadata.ts';
import type { RawObject } from './snapshot.ts';

/** Kinds that make no pods and open no path; any other kind that nothing reads may do either. Source: `kubectl api-resources` of the built-in groups. */
const harmless: ReadonlySet<string> = new Set([
  ...[
    'ConfigMap',
    'Secret',
    'Role',
    'RoleBinding',
    'ClusterRole',
    'ClusterRoleBinding',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'StorageClass',
    'Event',
    'Lease',
  ],
  ...[
    'LimitRange',
    'PodDisruptionBudget',
    'HorizontalPodAutoscaler',
    'PriorityClass',
    'RuntimeClass',
    'Endpoints',
    'EndpointSlice',
    'ControllerRevision',
    'PodTemplate',
  ],
  ...['CustomResourceDefinition', 'APIService', 'CSIDriver', 'CSINode', 'VolumeAttachment', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'],
  ...[
    'ValidatingWebhookConfiguration',
    'Kustomization',
    'PrometheusRule',
    'ServiceMonitor',
    'PodMonitor',
    'LocalQueue',
    'ClusterQueue',
    'ResourceFlavor',
    'PodGroup',
    'IngressClass',
  ],
  // They refuse or let pass what others ask for.
  ...['ValidatingPolicy', 'ImageValidatingPolicy', 'ConstraintTemplate'],
  // They make nodes: Karpenter and its clouds, eksctl.
  ...['NodePool', 'NodeClaim', 'EC2NodeClass', 'AKSNodeClass', 'ClusterConfig'],
]);

/** Kinds that send traffic elsewhere than where it was dialled, wherever they live. */
const redirects = /RedirectPolicy$/;

/** Words in the name of a kind that decides about traffic. */
const decides = /Policy$|PolicyEndpoint$|Firewall$|^AuthorizationPolicy|^Egress|NetworkSet$|^Tier$|UserDefinedNetwork$/;

/** Lists and spellings of NetworkPolicy that no API server knows: somebody means a policy by them. */
const misspelt = /^network_?polic(?:y|ies)(?:list)?$/i;

type Kind = Pick<RawObject, 'apiVersion' | 'kind'>;

/** Whether a kind that nothing reads makes no pods and opens no path. */
export function isHarmless({ kind }: Kind): boolean {
  return harmless.has(kind);
}

/** Whether a kind that nothing reads sends traffic elsewhere than where it was dialled, wherever it lives. */
export function redirectsTraffic({ apiVersion, kind }: Kind): boolean {
  return groupOf(apiVersion) !== '' && redirects.test(kind);
}

/** Whether a kind that nothing reads may decide about traffic. */
export function decidesTraffic({ apiVersion, kind }: Kind): boolean {
  if (harmless.has(kind)) return false;
  return misspelt.test(kind) || (groupOf(apiVersion) !== '' && (decides.test(kind) || redirects.test(kind)));
}
