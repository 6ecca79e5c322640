import type { Origin, Path } from '../kernel/origin.ts';
import { within } from '../kernel/origin.ts';
import type { Labels } from '../model/labels.ts';
import type { NameIntent } from '../model/name-intent.ts';
import type { TenantControl } from '../model/tenant-control.ts';
import type { GoogleVip } from '../services/gcs.ts';
import type { Cni } from './cni.ts';
import type { ZoneFabric } from './fabric.ts';
import type { ZoneMonitoring } from './monitoring.ts';

/**
 * A TrainingZone as read: every default filled in, every absent optional field null. Field paths are those of the YAML document, so that
 * `originIn(zone, 'spec', 'workloads', 0, 'data', 1)` is where the user wrote it. The schema with ranges and descriptions is `zoneSchema`.
 */
export interface TrainingZone {
  readonly apiVersion: 'ringfence.dev/v1alpha1';
  readonly kind: 'TrainingZone';
  readonly metadata: { readonly name: string; readonly labels: Labels; readonly annotations: Labels };
  readonly spec: ZoneSpec;
}

export interface ZoneSpec {
  readonly platform: Platform;
  readonly namespace: ZoneNamespace;
  readonly nodes: NodePool | null;
  readonly admission: Admission;
  readonly workloads: readonly ZoneWorkload[];
  readonly protected: readonly ProtectedZone[];
  readonly fabric: ZoneFabric | null;
  readonly monitoring: ZoneMonitoring | null;
}

/** What enforces admission rules: the API server itself, or an engine that is installed beside it. */
export type AdmissionEngine = 'kubernetes' | 'kyverno' | 'gatekeeper';

/** What new pods may ask for is decided by `engine`. */
export interface Admission {
  readonly engine: AdmissionEngine;
  readonly images: 'any' | 'by-digest';
}

export type Cloud = 'aws' | 'gcp' | 'azure' | 'oci' | 'none';

export interface Platform {
  readonly cni: Cni;
  readonly cloud: Cloud;
  readonly region: string | null;
  readonly cluster: string | null;
  /** AWS account id, 12 digits; completes a role that is given by name. */
  readonly account: string | null;
  /** AWS organization. */
  readonly organization: string | null;
  /** Issuer of service account tokens, a URL, exactly as tokens say it. */
  readonly oidcIssuer: string | null;
  readonly vpcEndpoints: { readonly s3: string | null; readonly sts: string | null } | null;
  /** Google Cloud. */
  readonly project: { readonly id: string } | null;
  /** Azure. */
  readonly resourceGroup: { readonly subscription: string; readonly name: string } | null;
  /** OCI. */
  readonly compartment: { readonly name: string; readonly clusterId: string } | null;
  /** CIDRs of this cluster, where known; empty means not known. */
  readonly ranges: { readonly pods: readonly string[]; readonly nodes: readonly string[]; readonly services: readonly string[] };
  readonly dns: ClusterDns;
}

export interface ClusterDns {
  readonly namespace: string;
  readonly selector: Labels;
  /** Address of a node-local DNS cache, or of a resolver that is not a pod (GKE Cloud DNS: 169.254.169.254). */
  readonly nodeLocal: string | null;
  /** The cluster's domain. */
  readonly domain: string;
  /** Search domains that pods inherit from their node; null: derived from cloud and region. */
  readonly searchDomains: readonly string[] | null;
}

export type PodSecurityLevel = 'restricted' | 'baseline' | 'privileged';

export interface ZoneNamespace {
  readonly name: string;
  readonly labels: Labels;
  /** Null: no ResourceQuota is made. */
  readonly quota: Quota | null;
  /** Null: derived from the transport of the collectives. */
  readonly podSecurity: PodSecurityLevel | null;
}

export interface Quota {
  readonly gpus: number | null;
  readonly pods: number | null;
  /** The extended resource that counts GPUs. */
  readonly resource: string;
  /** Further `hard` entries, as the API takes them. */
  readonly extra: Readonly<Record<string, string>>;
}

export interface NodePool {
  readonly labels: Labels;
  readonly taint: ZoneTaint | null;
  /** Nothing but this zone may run there. */
  readonly exclusive: boolean;
  /** Namespaces of node software that runs there all the same. */
  readonly sharedWith: readonly string[];
}

export interface ZoneTaint {
  readonly key: string;
  readonly value: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** The id of a framework of `src/frameworks`, or `other`. */
export type Framework = string;
export type CollectiveBackend = 'nccl' | 'gloo' | 'mpi' | 'other';
export type Transport = 'tcp' | 'infiniband' | 'roce' | 'efa';
export type PeerScope = 'same-job' | 'same-workload' | 'namespace';

export interface Collectives {
  readonly backend: CollectiveBackend;
  readonly transport: Transport;
  /** Null: every TCP port; otherwise the range that `net.ipv4.ip_local_port_range` is pinned to, both ends included. */
  readonly ports: PortSpan | null;
}

export interface PortSpan {
  readonly low: number;
  readonly high: number;
}

export interface ZoneWorkload {
  readonly name: string;
  readonly selector: Labels;
  /** Null: detected from the job. */
  readonly framework: Framework | null;
  readonly collectives: Collectives;
  readonly peers: PeerScope;
  /** Names of the jobs, for `same-job`: NetworkPolicy cannot compare two pods' labels, so each job needs a policy of its own. */
  readonly jobs: readonly string[];
  /** The label by which the job operator names the job on its pods. */
  readonly jobLabel: string;
  readonly identity: Identity | null;
  readonly data: readonly DataSet[];
  readonly services: readonly ServiceNeed[];
  readonly clients: readonly ZoneClient[];
}

/** Pods outside the namespace that may connect to the workload, such as its operator. */
export interface ZoneClient {
  readonly name: string;
  readonly namespace: string;
  readonly selector: Labels;
  readonly port: number;
}

/** Who the workload is. At most one of the mechanisms. */
export interface Identity {
  readonly serviceAccount: string;
  readonly irsa: { readonly role: string; readonly cidrs: readonly string[] } | null;
  readonly podIdentity: { readonly role: string | null } | null;
  readonly gke: { readonly serviceAccount: string; readonly dataplane: 'v2' | 'v1' } | null;
  readonly azure: { readonly clientId: string; readonly cidrs: readonly string[] } | null;
  readonly oke: { readonly cidrs: readonly string[] } | null;
  /** Access keys of an S3-compatible store, in a Secret. */
  readonly keys: { readonly secret: string } | null;
}

export type Access = 'read' | 'write-once' | 'write-resume' | 'rotate';

/** Who opens the connection to the store: the training process, a container beside it, a pod of a CSI driver, or the node. */
export type DataPath = 'sdk' | 'sidecar' | 'csi-pod' | 'node';

/** One data set. Exactly one of s3, gcs, azureBlob, oci, objectStore and mount, or none of them and `cidrs` alone. */
export interface DataSet {
  readonly name: string;
  readonly access: Access;
  readonly s3: S3Location | null;
  readonly gcs: { readonly bucket: string; readonly prefix: string | null; readonly vip: GoogleVip } | null;
  readonly azureBlob: { readonly account: string; readonly container: string; readonly prefix: string | null } | null;
  readonly oci: OciLocation | null;
  /** A file system that the node mounts. */
  readonly mount: { readonly filesystem: 'nfs' | 'lustre' | 'smb' | 'other'; readonly server: string } | null;
  readonly objectStore: ObjectStore | null;
  readonly through: DataPath;
  /** The zone's word; null: nothing is said to decide. */
  readonly tenantControl: TenantControl | null;
  /** Addresses of the store's front end, for a CNI that knows no names, or on their own. */
  readonly cidrs: readonly string[];
  /** TCP port of `cidrs`. */
  readonly port: number;
}

export interface OciLocation {
  /** Object Storage namespace of the tenancy. */
  readonly namespace: string;
  readonly bucket: string;
  readonly prefix: string | null;
  /** Null: the platform's region. */
  readonly region: string | null;
  readonly api: 'native' | 's3' | 'shared';
}

export interface S3Location {
  readonly bucket: string;
  readonly prefix: string | null;
  /** Null: the platform's region. */
  readonly region: string | null;
  /** Host name of another S3-compatible or private front end, without scheme; null: Amazon's. */
  readonly endpoint: string | null;
  /** `path` opens the shared front-end name, and with it every tenant's buckets. */
  readonly style: 'virtual-hosted' | 'path';
  readonly dualStack: boolean;
  readonly fips: boolean;
  readonly accessPoint: { readonly name: string; readonly account: string } | null;
  /** Id of an interface endpoint, as in its DNS names. */
  readonly interfaceEndpoint: string | null;
  /** AWS account that owns the bucket; null: not said. */
  readonly account: string | null;
  /** ARN of the KMS key that encrypts its objects; null: none that a role needs leave to use. */
  readonly kmsKey: string | null;
}

/** A store in the cluster. `port` is the port the pods listen on (the Service's target port), because rules are judged after Service translation. */
export interface ObjectStore {
  readonly namespace: string;
  readonly selector: Labels;
  readonly port: number;
  readonly bucket: string | null;
  readonly prefix: string | null;
}

/** A named egress profile, or an endpoint of the user's own: pods in the cluster, outside names (with addresses for a CNI that knows no names), or addresses. */
export type ServiceNeed = ProfileService | CustomService;

/** A profile by its id; `hosts` for one that has none of its own. */
export interface ProfileService {
  readonly profile: string;
  readonly hosts: readonly string[];
  readonly cidrs: readonly string[];
}

export interface CustomService {
  readonly name: string;
  readonly pods: { readonly namespace: string; readonly selector: Labels } | null;
  readonly hosts: readonly NameIntent[];
  readonly cidrs: readonly string[];
  readonly port: number;
}

export interface ProtectedZone {
  readonly name: string;
  /** Namespaces by label or by name; null: only addresses are given. */
  readonly namespaces: { readonly labels: Labels } | { readonly names: readonly string[] } | null;
  readonly cidrs: readonly string[];
}

/** A zone and where it stands. */
export interface LoadedZone {
  readonly zone: TrainingZone;
  /** The document (its root). */
  readonly origin: Origin;
}

/** Where a field of the zone stands. */
export function originIn(loaded: LoadedZone, ...path: Path): Origin {
  return within(loaded.origin, ...path);
}
