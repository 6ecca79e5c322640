import { sortedBy } from '../../kernel/stable.ts';
import type { Labels } from '../../model/labels.ts';
import { podSecurityOf, usesRdma } from '../../spec/pod-security.ts';
import { roleArn } from '../../spec/role.ts';
import type { Identity, TrainingZone } from '../../spec/zone.ts';

type Plain = Readonly<Record<string, unknown>>;

/** An object to be written: its file, what it is for, and its body with keys in the order in which people read them. */
export interface DraftObject {
  readonly file: string;
  readonly about: readonly string[];
  readonly body: Plain;
}

/** Labels that every object of a zone carries. Source: Kubernetes documentation, recommended labels. */
export function zoneLabels(zone: TrainingZone): Labels {
  return { 'app.kubernetes.io/managed-by': 'ringfence', 'ringfence.dev/zone': zone.metadata.name };
}

/** Namespace, quota and service accounts. */
export function draftObjects(zone: TrainingZone): readonly DraftObject[] {
  return [namespace(zone), ...quota(zone), ...serviceAccounts(zone)];
}

/** `kubernetes.io/metadata.name` is set by the control plane and left to it. */
function namespace(zone: TrainingZone): DraftObject {
  const level = podSecurityOf(zone.spec);
  const rdma = zone.spec.workloads.some(usesRdma);
  const why =
    level === 'privileged' && rdma
      ? 'RDMA pods add IPC_LOCK, which baseline and restricted forbid: privileged is enforced, and the rest still warns.'
      : `Pod Security ${level} is enforced.`;
  return {
    file: '00-namespace.yaml',
    about: ['Where training runs.', why],
    body: {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: zone.spec.namespace.name,
        labels: sorted({
          ...zone.spec.namespace.labels,
          ...zoneLabels(zone),
          'pod-security.kubernetes.io/audit': 'restricted',
          'pod-security.kubernetes.io/enforce': level,
          'pod-security.kubernetes.io/warn': 'restricted',
        }),
      },
    },
  };
}

function quota(zone: TrainingZone): readonly DraftObject[] {
  const wanted = zone.spec.namespace.quota;
  if (wanted === null) return [];
  const hard = {
    ...wanted.extra,
    ...(wanted.pods === null ? {} : { pods: String(wanted.pods) }),
    ...(wanted.gpus === null ? {} : { [`requests.${wanted.resource}`]: String(wanted.gpus) }),
  };
  if (Object.keys(hard).length === 0) return [];
  return [
    {
      file: '10-quota.yaml',
      about: ['What all pods of the namespace may use together. Extended resources have a requests quota only.'],
      body: { apiVersion: 'v1', kind: 'ResourceQuota', metadata: metadata(zone, 'training-quota'), spec: { hard: sorted(hard) } },
    },
  ];
}

function serviceAccounts(zone: TrainingZone): readonly DraftObject[] {
  const byName = new Map<string, Identity>();
  for (const { identity } of zone.spec.workloads) if (identity !== null && !byName.has(identity.serviceAccount)) byName.set(identity.serviceAccount, identity);
  return sortedBy(byName, ([name]) => name).map(([name, identity]) => {
    const annotations = sorted(identityAnnotations(zone, identity));
    return {
      file: '70-service-account.yaml',
      about: ['Who the pods are. Training needs no Kubernetes API token; cloud identities bring a token of their own.'],
      body: {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { ...metadata(zone, name), ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
        automountServiceAccountToken: false,
      },
    };
  });
}

/**
 * Source: aws/amazon-eks-pod-identity-webhook (role-arn, sts-regional-endpoints); GKE documentation, Workload Identity Federation;
 * Azure/azure-workload-identity documentation, labels and annotations.
 */
function identityAnnotations(zone: TrainingZone, identity: Identity): Labels {
  const { platform } = zone.spec;
  return {
    ...(identity.irsa === null
      ? {}
      : { 'eks.amazonaws.com/role-arn': roleArn(identity.irsa.role, platform) ?? identity.irsa.role, 'eks.amazonaws.com/sts-regional-endpoints': 'true' }),
    ...(identity.gke === null ? {} : { 'iam.gke.io/gcp-service-account': identity.gke.serviceAccount }),
    ...(identity.azure === null ? {} : { 'azure.workload.identity/client-id': identity.azure.clientId }),
  };
}

/** Metadata of a namespaced object of the zone. */
export function metadata(zone: TrainingZone, name: string): Plain {
  return { name, namespace: zone.spec.namespace.name, labels: zoneLabels(zone) };
}

function sorted(map: Labels): Labels {
  return Object.fromEntries(sortedBy(Object.entries(map), ([key]) => key));
}
