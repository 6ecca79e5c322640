import { directoryOf } from '../../engine/directory.ts';
import { labelOf, matchLabels, selects } from '../../model/labels.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import { emptyPod, type Workload, workloadTitle } from '../../model/workload.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { membersTitle } from './member-title.ts';
import { type NeededPath, podEnd } from './needed-path.ts';

const port = TransportSet.of('UDP', [[53, 53]]).union(TransportSet.of('TCP', [[53, 53]]));

/** Where clusters keep their DNS, and its label. Source: kubernetes/kubernetes cluster/addons/dns. */
const usual = { namespace: 'kube-system', selector: { 'k8s-app': 'kube-dns' } } as const;

/** Where the cluster's DNS is looked for. */
export interface DnsPlace {
  readonly namespace: string;
  readonly selector: Readonly<Record<string, string>>;
}

/** A cluster in which the DNS pods stand, and what had to be assumed for that; null where they were in the input. */
export interface WithDns {
  readonly snapshot: Snapshot;
  readonly place: DnsPlace;
  readonly assumed: string | null;
}

/**
 * The cluster with a stand-in for its DNS where the input has no pods of it: manifests of a team rarely hold them. `declared` is where a zone says that they
 * are; without one they are taken to be where clusters usually have them.
 */
export function withDns(snapshot: Snapshot, declared: DnsPlace | null): WithDns {
  const place = declared ?? placeOfResolvers(snapshot) ?? usual;
  if (resolversAt(snapshot, place).length > 0) return { snapshot, place, assumed: null };
  const { namespace, selector } = place;
  const origin = { document: { file: '(assumed)', index: 0 }, path: [] };
  const standIn: Workload = {
    id: `Pod/${namespace}/(cluster DNS)`,
    kind: 'Pod',
    namespace,
    name: '(cluster DNS)',
    role: null,
    labels: selector,
    perPodLabels: [],
    annotations: {},
    replicas: 1,
    serviceAccount: 'default',
    hostNetwork: false,
    node: null,
    ips: [],
    lifecycle: 'running',
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP', hostPort: null },
      { name: 'dns-tcp', port: 53, protocol: 'TCP', hostPort: null },
    ],
    interfaces: [],
    pod: emptyPod,
    origin,
    podOrigin: origin,
  };
  const namespaces = new Map(snapshot.namespaces);
  if (!namespaces.has(namespace))
    namespaces.set(namespace, { name: namespace, labels: { 'kubernetes.io/metadata.name': namespace }, annotations: {}, origin: null });
  const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  return {
    snapshot: { ...snapshot, namespaces, workloads: [...snapshot.workloads, standIn] },
    place,
    assumed: `The input holds no pods of the cluster's DNS: they are taken to be in namespace ${namespace} with the label ${labels.join(', ')}${declared === null ? '' : ', as the zone says'}.`,
  };
}

/** Where the input shows pods that carry the usual labels of a resolver. */
function placeOfResolvers(snapshot: Snapshot): DnsPlace | null {
  for (const w of snapshot.workloads) {
    const app = labelOf(w.labels, 'k8s-app');
    if (app === 'kube-dns' || app === 'coredns' || app === 'core-dns') return { namespace: w.namespace, selector: { 'k8s-app': app } };
    // OpenShift. Source: openshift/cluster-dns-operator assets/dns/daemonset.yaml.
    const owner = labelOf(w.labels, 'dns.operator.openshift.io/daemonset-dns');
    if (owner !== undefined) return { namespace: w.namespace, selector: { 'dns.operator.openshift.io/daemonset-dns': owner } };
  }
  return null;
}

function resolversAt(snapshot: Snapshot, { namespace, selector }: DnsPlace): readonly Workload[] {
  return directoryOf(snapshot)
    .inNamespace(namespace)
    .filter((w) => w.lifecycle !== 'finished' && selects(matchLabels(selector), w.labels));
}

/** DNS, for every pod of the job that asks the cluster: names of peers are looked up before anything else. */
export function dnsPath({ snapshot, place }: WithDns, job: TrainingJob): readonly NeededPath[] {
  // Source: kubernetes/api core/v1 DNSPolicy: Default takes the node's resolver, None what dnsConfig says.
  const asking = job.members.filter((m) => m.pod.dnsPolicy === 'ClusterFirst' || m.pod.dnsPolicy === 'ClusterFirstWithHostNet');
  if (asking.length === 0) return [];
  return [
    {
      id: 'dns',
      title: 'cluster DNS',
      from: asking,
      fromTitle: membersTitle(job, asking),
      toTitle: 'cluster DNS',
      ends: resolversAt(snapshot, place).map((w) => podEnd(w, port, workloadTitle(w))),
      picked: false,
      required: true,
      because: 'pods find each other, and everything else, by name',
      source: 'kubernetes.io, DNS for Services and Pods; RFC 7766: answers too long for UDP come over TCP',
      origin: job.origin,
      missing: [],
    },
  ];
}
