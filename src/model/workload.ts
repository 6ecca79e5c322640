import { type Origin, type Path, within } from '../kernel/origin.ts';
import type { Protocol } from '../space/transport-set.ts';
import type { Labels } from './labels.ts';
import type { MadeUpLabel } from './made-up-label.ts';
import type { NodeTerm } from './node-term.ts';

/** Unique in a snapshot: `Kind/namespace/name` and, where one object makes several sorts of pod, `/role` (lower case): `PyTorchJob/ml/llm/worker`. */
export type WorkloadId = string;

/**
 * Where pods are in their life, as far as the network sees it.
 * `finished` (Succeeded, Failed, evicted) pods hold no network identity; `terminating` ones keep theirs until they are gone;
 * `pending` ones have no address yet but will. Templates (a Deployment read from a file) count as `running`.
 */
export type Lifecycle = 'running' | 'pending' | 'terminating' | 'finished';

/** A port that a container declares. `native` sidecars (init containers with restartPolicy Always) contribute ports, plain init containers do not. */
export interface ContainerPort {
  readonly name: string | null;
  readonly port: number;
  readonly protocol: Protocol;
  /** The same port on the node, or null. */
  readonly hostPort: number | null;
}

/** A label whose value differs from pod to pod of one workload (index and pod-name labels): pod `i` of 0..replicas-1 has `prefix + (start + i)`. */
export interface PerPodLabel {
  readonly key: string;
  readonly prefix: string;
  readonly start: number;
}

/** A network interface beside eth0 (Multus, SR-IOV …). No NetworkPolicy governs it. `network` is `namespace/name` of the attachment, or the annotation's own word. */
export interface SecondaryInterface {
  readonly network: string;
  readonly origin: Origin;
}

/** Variables that a container takes whole from an object, with what is put before their names. Source: kubernetes/api core/v1 EnvFromSource. */
export interface EnvSource {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly prefix: string;
}

/** One key of an object that a variable takes its value from. Source: kubernetes/api core/v1 ConfigMapKeySelector, SecretKeySelector. */
export interface ValueSource {
  readonly kind: EnvSource['kind'];
  readonly name: string;
  readonly key: string;
  /** Without the key the variable is not set; else the container does not start. */
  readonly optional: boolean;
  /** Whether the object is in the input, and has no such key. */
  readonly lacksKey?: true;
}

/** Devices that a pod claims under a name of its own. `classes` are those that the claim asks for, with the driver of each as far as known; null where the claim is not in the input. */
export interface DeviceClaim {
  readonly name: string;
  readonly from: 'ResourceClaim' | 'ResourceClaimTemplate';
  readonly object: string;
  readonly classes: readonly { readonly name: string; readonly driver: string | null }[] | null;
}

/** One container as checks look at it. Resource quantities are the raw text of the manifest; requests default to limits, as the API server does. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly sort: 'container' | 'init' | 'sidecar';
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** Literal values; a value that comes from elsewhere (valueFrom) is null. */
  readonly env: Readonly<Record<string, string | null>>;
  /** Where further variables come from that nobody can tell: Secrets, and ConfigMaps that are not in the input. */
  readonly envFrom: readonly EnvSource[];
  /** Variables without a value whose value is a key of a Secret, or of a ConfigMap that is not in the input or has no such key. */
  readonly valueFrom: Readonly<Record<string, ValueSource>>;
  readonly requests: Readonly<Record<string, string>>;
  /** Names of the claims of its pod that it uses. */
  readonly claims: readonly string[];
  readonly limits: Readonly<Record<string, string>>;
  readonly capabilities: { readonly add: readonly string[]; readonly drop: readonly string[] };
  readonly privileged: boolean;
  readonly runAsUser: number | null;
  readonly runAsNonRoot: boolean | null;
  readonly allowPrivilegeEscalation: boolean | null;
  readonly seccompProfile: string | null;
  /** Ports that its kubelet connects to: numbers, or names of its ports. Source: kubernetes/api core/v1 ProbeHandler. */
  readonly probes: readonly { readonly sort: string; readonly port: number | string }[];
  /** Ports of the node that it asks for, in any sort of container; on the host network only those that are written down. */
  readonly hostPorts: readonly number[];
  /** The way to it from the pod spec: `containers`, 0. Pods that are alike share what is read of them, wherever they stand. */
  readonly path: Path;
}

/** Source: kubernetes/api core/v1 Toleration. An absent key tolerates every taint; an absent effect every effect. Gt and Lt compare values as numbers. */
export interface Toleration {
  readonly key: string | null;
  readonly operator: 'Equal' | 'Exists' | 'Gt' | 'Lt';
  readonly value: string;
  readonly effect: string | null;
}

/** What one way to admit a job puts on its pods beside what their template says. `title` names the flavours. */
export interface FlavorChoice {
  readonly title: string;
  readonly nodeLabels: Labels;
  readonly tolerations: readonly Toleration[];
}

/** A job that a queue of Kueue starts: until then it is suspended. */
export interface Admission {
  /** Name of the LocalQueue in the job's namespace. */
  readonly queue: string;
  /** The ClusterQueue behind it, where the input holds the LocalQueue. */
  readonly clusterQueue: string | null;
  /** Every way in which its flavours may be given; null where the input does not hold them all, or they are too many. */
  readonly choices: readonly FlavorChoice[] | null;
  /** Whether all pods of the object are admitted together, in full. */
  readonly whole: boolean;
}

/** A security setting that only Pod Security looks at, by its path in securityContext; `container` is null for the pod's own. */
export interface Confinement {
  readonly container: string | null;
  readonly setting: string;
  readonly value: string;
}

/** Resolvers of a pod's own, as far as they are read. Source: kubernetes/api core/v1 PodDNSConfig. */
export interface DnsConfig {
  /** Addresses, in the order in which they are asked. */
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
}

/** What matters of a pod template beyond the network: scheduling, volumes, security. */
export interface PodFacts {
  readonly containers: readonly Container[];
  /** hostPath volumes, by path on the node. */
  readonly hostPaths: readonly string[];
  /** What it claims of devices. */
  readonly claims: readonly DeviceClaim[];
  /** What each volume is, in the words of the API: `emptyDir`, `nfs`, `hostPath` … */
  readonly volumeTypes: readonly string[];
  /** Drivers of its inline CSI volumes. */
  readonly csiDrivers: readonly string[];
  readonly hostPID: boolean;
  readonly hostIPC: boolean;
  /** Settings for SELinux, AppArmor, procMount and Windows, where the manifest has them. */
  readonly confinement: readonly Confinement[];
  readonly nodeSelector: Labels;
  /** requiredDuringScheduling node affinity terms (any one must match); empty when there is none. */
  readonly nodeAffinity: readonly NodeTerm[];
  readonly tolerations: readonly Toleration[];
  readonly automountServiceAccountToken: boolean | null;
  readonly runAsUser: number | null;
  readonly runAsNonRoot: boolean | null;
  readonly seccompProfile: string | null;
  readonly sysctls: Readonly<Record<string, string>>;
  readonly dnsPolicy: string;
  /** In place of what the policy says under dnsPolicy None, beside it under others. */
  readonly dnsConfig?: DnsConfig;
  /** Whether it says what it asks for as a whole, in place of its containers. Source: kubernetes/api core/v1 PodSpec.resources. */
  readonly wholeResources?: true;
  /** Null: the one that the cluster has for all pods. */
  readonly schedulerName: string | null;
  /** What runs its containers: a RuntimeClass, which may also say on which nodes. */
  readonly runtimeClass: string | null;
}

/** Text of an object that its pods act by, and the field that has it. */
export interface Told {
  readonly field: string;
  readonly text: string;
  readonly origin: Origin;
}

/**
 * What DNS knows pods by behind a Service named `subdomain`: `hostname`, or `hostname` with the number of the pod, which are counted from `start`. Without
 * either it knows no pod. Source: kubernetes.io, DNS for Services and Pods: Pod's hostname and subdomain fields.
 */
export interface HostNames {
  readonly hostname: string | null;
  readonly start: number | null;
  readonly subdomain: string | null;
}

/**
 * Pods that one object makes from one template, alike but for their names and index labels. A bare Pod is a workload of one.
 * `replicas` counts pods (0 is legal: none now, but the template stands). `labels` are the pods' own labels, never the owner's.
 */
export interface Workload {
  /** What their object tells these pods to run or fetch outside of the pod template; absent where it says nothing. */
  readonly told?: readonly Told[];
  readonly id: WorkloadId;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly role: string | null;
  /** Pods to come of a template, beside live ones of its role that were made from another. */
  readonly beside?: true;
  readonly labels: Labels;
  readonly perPodLabels: readonly PerPodLabel[];
  /** Labels whose value is not known yet; `labels` has what stands for them. */
  readonly madeUp?: readonly MadeUpLabel[];
  /** Where a queue starts the pods: what it will put on them. */
  readonly admission?: Admission;
  readonly annotations: Labels;
  /** Absent where an operator gives them, and it is not known how. */
  readonly hosts?: HostNames;
  readonly replicas: number;
  /** How many of them run at a time, where that is fewer: a Job ends some before it makes others. */
  readonly atOnce?: number;
  readonly serviceAccount: string;
  readonly hostNetwork: boolean;
  /** spec.nodeName, or status.hostIP when no name is known; null when the scheduler has yet to choose. */
  readonly node: string | null;
  /** Whether its template names that node, so that every pod of it goes there. */
  readonly named?: true;
  /** Pod addresses known from status; empty for templates. */
  readonly ips: readonly string[];
  readonly lifecycle: Lifecycle;
  /** A pod without an owner: its metadata.ownerReferences name nothing. */
  readonly unowned?: true;
  readonly ports: readonly ContainerPort[];
  readonly interfaces: readonly SecondaryInterface[];
  readonly pod: PodFacts;
  /** The object; `podOrigin` is where the pod spec starts in it. */
  readonly origin: Origin;
  readonly podOrigin: Origin;
}

/** A pod template that says nothing, with the defaults of the API server. */
export const emptyPod: PodFacts = {
  containers: [],
  hostPaths: [],
  claims: [],
  volumeTypes: [],
  csiDrivers: [],
  hostPID: false,
  hostIPC: false,
  confinement: [],
  nodeSelector: {},
  nodeAffinity: [],
  tolerations: [],
  automountServiceAccountToken: null,
  runAsUser: null,
  runAsNonRoot: null,
  seccompProfile: null,
  sysctls: {},
  dnsPolicy: 'ClusterFirst',
  schedulerName: null,
  runtimeClass: null,
};

/** One running pod of which nothing is known but its name: what stands in for pods that no input has. */
export function barePod(namespace: string, name: string, origin: Origin): Workload {
  return {
    id: `Pod/${namespace}/${name}`,
    kind: 'Pod',
    namespace,
    name,
    role: null,
    labels: {},
    perPodLabels: [],
    annotations: {},
    replicas: 1,
    serviceAccount: 'default',
    hostNetwork: false,
    node: null,
    ips: [],
    lifecycle: 'running',
    ports: [],
    interfaces: [],
    pod: emptyPod,
    origin,
    podOrigin: origin,
  };
}

/** The labels whose values are known. */
export function knownLabels({ labels, madeUp }: Pick<Workload, 'labels' | 'madeUp'>): Labels {
  return madeUp === undefined ? labels : Object.fromEntries(Object.entries(labels).filter(([key]) => !madeUp.some((l) => l.key === key)));
}

/** Why the value of a variable is not in sight: what comes after `the value of NAME` or `NAME, whose value`. */
export function whyWithoutValue({ valueFrom }: Pick<Container, 'valueFrom'>, variable: string): string {
  const source = Object.hasOwn(valueFrom, variable) ? valueFrom[variable] : undefined;
  if (source === undefined) return 'comes from elsewhere (valueFrom)';
  const { kind, name, key, lacksKey } = source;
  const why = kind === 'Secret' ? 'is not read' : lacksKey === true ? 'has no such key: its container does not start' : 'is not in the input';
  return `comes from key ${key} of ${kind} ${name}, which ${why}`;
}

/** Where something in a container of a workload stands. */
export function inContainer(workload: Pick<Workload, 'podOrigin'>, container: Pick<Container, 'path'>, ...path: Path): Origin {
  return within(workload.podOrigin, ...container.path, ...path);
}

/** How people name a workload: `namespace/name[Kind]`, with the role where there is one. */
export function workloadTitle(w: Pick<Workload, 'namespace' | 'name' | 'kind' | 'role' | 'beside'>): string {
  return `${w.namespace}/${w.name}[${w.kind}${w.role === null ? '' : ` ${w.role}`}${w.beside === true ? ' template' : ''}]`;
}
