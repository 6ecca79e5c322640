import { compareText } from '../../kernel/stable.ts';
import type { ClusterNode } from '../../model/cluster.ts';
import { type Labels, labelOf, matchLabels, selects } from '../../model/labels.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';
import { ipUnionAll, parseCidr, toCidrs } from '../../space/ip-set.ts';
import { trainingWorkloads } from '../training.ts';
import { emptyAnswers, type InitAnswers } from './answers.ts';
import { commonPairs } from './common-pairs.ts';
import { detectData } from './detect-data.ts';
import { detectIdentity } from './detect-identity.ts';
import { detectPodSecurity } from './detect-pod-security.ts';
import { commonSelector } from './detect-selector.ts';

/** Namespaces of the cluster itself: training needs some of them, and none is worth a claim of its own. */
const systemNamespaces: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease', 'default']);

/** Kinds of training operators, by framework. Source: kubeflow/training-operator pkg/apis/kubeflow.org/v1; ray-project/kuberay. */
const frameworks: Readonly<Record<string, string>> = {
  PyTorchJob: 'pytorch',
  TFJob: 'tensorflow',
  JAXJob: 'jax',
  XGBoostJob: 'xgboost',
  PaddleJob: 'paddle',
  MPIJob: 'mpi',
  RayJob: 'ray',
  RayCluster: 'ray',
};

/** What the manifests say. The zone is made for the namespace that trains most; whatever cannot be told stays at its default. */
export function detect(snapshot: Snapshot): InitAnswers {
  const training = mainTraining(snapshot);
  const [first] = training;
  const cluster = clusterAnswers(snapshot, training);
  if (first === undefined) return { ...emptyAnswers, ...cluster };
  const { data, storeNamespaces } = detectData(snapshot, training);
  const pool = commonPairs(training.map((workload) => nodeLabels(workload)));
  return {
    ...emptyAnswers,
    ...cluster,
    ...detectIdentity(snapshot, training),
    ...detectPodSecurity(snapshot, training),
    name: first.namespace,
    namespace: first.namespace,
    workload:
      first.name
        .slice(0, 50)
        .replace(/[^a-z0-9-]/g, '-')
        .replace(/^-+|-+$/g, '') || emptyAnswers.workload,
    selector: pairsText(commonSelector(training)) || emptyAnswers.selector,
    framework: frameworks[training.find((workload) => Object.hasOwn(frameworks, workload.kind))?.kind ?? ''] ?? '',
    transport: transport(training),
    nodeLabels: pairsText(pool),
    taint: pool.length === 0 ? '' : taint(snapshot, Object.fromEntries(pool)),
    ...quota(snapshot, training),
    data: data.join(', '),
    protected: protectedNamespaces(snapshot, first.namespace, storeNamespaces).join(', '),
  };
}

/** Training workloads of the namespace with the most training pods; jobs of operators count before anything else that asks for a GPU. */
function mainTraining(snapshot: Snapshot): readonly Workload[] {
  const found = trainingWorkloads(snapshot);
  const candidates = snapshot.workloads.filter((workload) => found.has(workload.id) && !workload.hostNetwork && workload.kind !== 'DaemonSet');
  const score = (namespace: string): number =>
    candidates
      .filter((workload) => workload.namespace === namespace)
      .reduce((sum, workload) => sum + Math.max(1, workload.replicas) * (Object.hasOwn(frameworks, workload.kind) ? 1000 : 1), 0);
  const namespaces = [...new Set(candidates.map((workload) => workload.namespace))].sort((a, b) => score(b) - score(a) || compareText(a, b));
  const jobs = candidates.filter((workload) => workload.namespace === namespaces[0]);
  const operated = jobs.filter((workload) => Object.hasOwn(frameworks, workload.kind));
  return operated.length > 0 ? operated : jobs;
}

function clusterAnswers(snapshot: Snapshot, training: readonly Workload[]): Pick<InitAnswers, 'cni' | 'cloud' | 'region' | 'podRanges' | 'somePodRanges'> {
  const cilium =
    snapshot.objects.some((object) => object.apiVersion.startsWith('cilium.io/')) ||
    snapshot.workloads.some((workload) => (workload.kind === 'DaemonSet' && workload.name === 'cilium') || labelOf(workload.labels, 'k8s-app') === 'cilium');
  const annotated = (key: string): boolean => snapshot.serviceAccounts.some((account) => labelOf(account.annotations, key) !== undefined);
  const noded = (prefix: string): boolean => snapshot.nodes.some((node) => Object.keys(node.labels).some((key) => key.startsWith(prefix)));
  const cloud =
    annotated('eks.amazonaws.com/role-arn') || noded('eks.amazonaws.com/')
      ? 'aws'
      : annotated('iam.gke.io/gcp-service-account') || noded('cloud.google.com/gke-')
        ? 'gcp'
        : annotated('azure.workload.identity/client-id') || noded('kubernetes.azure.com/')
          ? 'azure'
          : 'none';
  const environment = training.flatMap((workload) =>
    workload.pod.containers.flatMap((container) =>
      ['AWS_REGION', 'AWS_DEFAULT_REGION'].map((name) => (Object.hasOwn(container.env, name) ? container.env[name] : null)),
    ),
  );
  const region = [...snapshot.nodes.map((node) => labelOf(node.labels, 'topology.kubernetes.io/region')), ...environment].find(
    (text) => text !== undefined && text !== null && /^[a-z0-9-]{2,40}$/.test(text),
  );
  return { cni: cilium ? 'cilium' : 'kubernetes', cloud, region: region ?? '', ...podRanges(snapshot) };
}

/** The nodes' pod CIDRs joined. Only when every node of the input has one are they the cluster's: a node without would put its pods outside. */
function podRanges({ nodes }: Snapshot): Pick<InitAnswers, 'podRanges' | 'somePodRanges'> {
  const all = ipUnionAll(nodes.flatMap((node) => node.podCidrs.flatMap((cidr) => parseCidr(cidr)?.set ?? [])));
  const text = toCidrs(all).join(', ');
  return nodes.every((node) => node.podCidrs.length > 0) ? { podRanges: text, somePodRanges: '' } : { podRanges: '', somePodRanges: text };
}

function nodeLabels(workload: Workload): Labels {
  const [term, other] = workload.pod.nodeAffinity;
  const single =
    term !== undefined && other === undefined
      ? term.labels.flatMap((one) => (one.operator === 'In' && one.values.length === 1 ? [[one.key, one.values[0] ?? ''] as const] : []))
      : [];
  return { ...workload.pod.nodeSelector, ...Object.fromEntries(single) };
}

/** A taint that every node of the pool carries and that keeps pods away. */
function taint(snapshot: Snapshot, pool: Labels): string {
  const nodes: readonly ClusterNode[] = snapshot.nodes.filter((node) => selects(matchLabels(pool), node.labels));
  const common = (nodes[0]?.taints ?? []).find(
    (one) =>
      one.effect !== 'PreferNoSchedule' &&
      nodes.every((node) => node.taints.some((other) => other.key === one.key && other.value === one.value && other.effect === one.effect)),
  );
  return common === undefined ? '' : `${common.key}=${common.value}:${common.effect}`;
}

/** Source: k8s-rdma-shared-dev-plugin README (rdma/…); eks-charts aws-efa-k8s-device-plugin (vpc.amazonaws.com/efa). */
function transport(training: readonly Workload[]): string {
  const resources = training.flatMap((workload) =>
    workload.pod.containers.flatMap((container) => [...Object.keys(container.requests), ...Object.keys(container.limits)]),
  );
  if (resources.includes('vpc.amazonaws.com/efa')) return 'efa';
  return resources.some((name) => name.startsWith('rdma/')) ? 'infiniband' : 'tcp';
}

/** The quota that is there, else what training uses now. */
function quota(snapshot: Snapshot, training: readonly Workload[]): Pick<InitAnswers, 'gpus' | 'pods'> {
  const hard = Object.assign({}, ...snapshot.quotas.filter((one) => one.namespace === training[0]?.namespace).map((one) => one.hard)) as Readonly<
    Record<string, string>
  >;
  const whole = (text: string | undefined): number => (text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : 0);
  const used = training.reduce(
    (sum, workload) => sum + workload.replicas * workload.pod.containers.reduce((inner, container) => inner + whole(container.requests['nvidia.com/gpu']), 0),
    0,
  );
  const gpus = whole(hard['requests.nvidia.com/gpu']) || used;
  return { gpus: gpus === 0 ? '' : String(gpus), pods: whole(hard.pods) === 0 ? '' : String(whole(hard.pods)) };
}

function protectedNamespaces(snapshot: Snapshot, own: string, stores: ReadonlySet<string>): readonly string[] {
  return [...snapshot.namespaces.keys()].filter((name) => name !== own && !stores.has(name) && !systemNamespaces.has(name)).sort(compareText);
}

function pairsText(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([key, value]) => `${key}=${value}`).join(',');
}
