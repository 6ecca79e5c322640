import { nameMatch } from '../../dialects/cilium/fqdn.ts';
import { cidrSet } from '../../engine/addresses.ts';
import { decide } from '../../engine/decide.ts';
import { directoryOf } from '../../engine/directory.ts';
import { matchesName } from '../../engine/match.ts';
import type { Reachability } from '../../engine/reach.ts';
import { wordsOf } from '../../frameworks/command-line.ts';
import type { Service } from '../../model/cluster.ts';
import { labelOf, matchLabels, selects } from '../../model/labels.ts';
import type { NameMatch } from '../../model/policy.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import { barePod, type Workload, workloadTitle } from '../../model/workload.ts';
import { hostCidr, parseIp } from '../../space/ip-set.ts';
import { type Protocol, TransportSet } from '../../space/transport-set.ts';
import { isNodeLocalCache } from '../claims/liveness.ts';
import { judgePath } from './judge-path.ts';
import { membersTitle } from './member-title.ts';
import { type NeededPath, type PathEnd, podEnd } from './needed-path.ts';

function both(number: number): TransportSet {
  return TransportSet.of('UDP', [[number, number]]).union(TransportSet.of('TCP', [[number, number]]));
}

/** What a resolver answers on. */
export const dnsPort = both(53);

/** Where clusters keep their DNS, and its label. Source: kubernetes/kubernetes cluster/addons/dns. */
const usual = { namespace: 'kube-system', selector: { 'k8s-app': 'kube-dns' } } as const;

/** Where the cluster's DNS is looked for. */
export interface DnsPlace {
  readonly namespace: string;
  readonly selector: Readonly<Record<string, string>>;
  /** Address of a resolver on each node, where a zone says it. */
  readonly nodeLocal?: string | null;
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
    ...barePod(namespace, '(cluster DNS)', origin),
    labels: selector,
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP', hostPort: null },
      { name: 'dns-tcp', port: 53, protocol: 'TCP', hostPort: null },
    ],
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

/** Label of the DNS pods of OpenShift, which stand in one namespace. Sources: openshift/cluster-dns-operator pkg/operator/controller/names.go controllerDaemonSetLabel; its ports: assets/dns/daemonset.yaml. */
const openShift = { namespace: 'openshift-dns', label: 'dns.operator.openshift.io/daemonset-dns' } as const;

/**
 * Where the input shows pods that carry the usual labels of a resolver, in the namespaces where clusters keep their DNS. Elsewhere anybody may write the labels:
 * such pods count only behind a Service on port 53.
 */
function placeOfResolvers(snapshot: Snapshot): DnsPlace | null {
  const found = snapshot.workloads.flatMap((w): readonly DnsPlace[] => {
    const app = labelOf(w.labels, 'k8s-app');
    if (app === 'kube-dns' || app === 'coredns' || app === 'core-dns') return [{ namespace: w.namespace, selector: { 'k8s-app': app } }];
    const owner = labelOf(w.labels, openShift.label);
    return owner === undefined ? [] : [{ namespace: w.namespace, selector: { [openShift.label]: owner } }];
  });
  const served = (place: DnsPlace): boolean => resolversAt(snapshot, place).some((w) => serviceBefore(snapshot, w) !== undefined);
  return found.find((p) => p.namespace === usual.namespace) ?? found.find((p) => p.namespace === openShift.namespace) ?? found.find(served) ?? null;
}

function serviceBefore(snapshot: Snapshot, pod: Workload): Service | undefined {
  return snapshot.services.find(
    (s) => s.namespace === pod.namespace && s.selector !== null && selects(s.selector, pod.labels) && s.ports.some((p) => p.port === 53),
  );
}

/** What a DNS pod listens on: where port 53 of the Service before it leads. Without one it is 53, but for OpenShift. */
export function dnsPortsAt(snapshot: Snapshot, pod: Workload): TransportSet {
  const service = serviceBefore(snapshot, pod);
  if (service === undefined) return labelOf(pod.labels, openShift.label) === undefined ? dnsPort : both(5353);
  if (service.headless) return dnsPort;
  return TransportSet.unionAll(
    service.ports
      .filter((p) => p.port === 53)
      .map(({ protocol, targetPort }) => {
        const at = typeof targetPort === 'number' ? targetPort : pod.ports.find((p) => p.name === targetPort && p.protocol === protocol)?.port;
        return at === undefined ? TransportSet.empty : TransportSet.of(protocol, [[at, at]]);
      }),
  );
}

/** The pods that answer for the cluster's DNS. */
export function resolversAt(snapshot: Snapshot, { namespace, selector }: DnsPlace): readonly Workload[] {
  return directoryOf(snapshot)
    .inNamespace(namespace)
    .filter((w) => w.lifecycle !== 'finished' && selects(matchLabels(selector), w.labels));
}

/** DNS, for every pod of the job that asks the cluster: names of peers are looked up before anything else. */
export function dnsPaths(reach: Reachability, dns: WithDns, job: TrainingJob): readonly NeededPath[] {
  return dnsPath(dns, job).flatMap((asked) =>
    overEachProtocol(reach, {
      ...asked,
      missing: [...asked.missing, ...nodeLocalFaults(reach, dns, asked.from)],
      refused: { by: (now: Reachability) => filteredNames(now, asked), names: namesInside },
    }),
  );
}

/** Questions to a resolver. Where it is open over UDP alone, TCP is a path of its own: the job stands still only if an answer is too long. */
export function overEachProtocol(reach: Reachability, path: NeededPath): readonly NeededPath[] {
  const over = (protocol: Protocol): readonly PathEnd[] =>
    path.ends.map((end) => ({ ...end, ports: TransportSet.of(protocol).intersect(end.ports) })).filter((end) => !end.ports.isEmpty);
  const udp = { ...path, ends: over('UDP') };
  const open = (p: NeededPath): boolean => judgePath(reach, p, (m) => m.name).status === 'open';
  if (udp.ends.length < path.ends.length || open(path) || !open(udp)) return [path];
  const tcp = {
    ...path,
    id: `${path.id}/tcp`,
    title: `${path.title} over TCP`,
    ends: over('TCP'),
    required: false,
    because: 'answers too long for UDP come over TCP: many pods behind one name',
  };
  return [udp, tcp];
}

/**
 * Caches on the nodes that the input shows take the questions of pods: a rule for the DNS pods alone then admits nothing. They are no fault where every
 * address that they listen at is open, or a zone says which it is. Source: kubernetes.io, Using NodeLocal DNSCache; kubernetes/dns cmd/node-cache/main.go, -localip.
 */
export function nodeLocalFaults(reach: Reachability, { snapshot, place }: WithDns, from: readonly Workload[]): readonly string[] {
  if (typeof place.nodeLocal === 'string') return [];
  return snapshot.workloads
    .filter((w) => w.lifecycle !== 'finished' && isNodeLocalCache(w))
    .flatMap((cache) => {
      const at = localAddresses(cache);
      const opens = (pod: Workload, ip: string): boolean =>
        dnsPort.subsetOf(reach.between({ kind: 'workload', id: pod.id }, { kind: 'external', addresses: cidrSet([hostCidr(ip)]) }, 'every').allowed);
      if (at.length > 0 && from.every((pod) => at.every((ip) => opens(pod, ip)))) return [];
      const where = at.length === 0 ? 'its address' : at.slice(0, 4).join(' and ');
      return [
        `${workloadTitle(cache)} may answer for the cluster DNS on each node: allow UDP and TCP 53 to ${where}, or give a zone with platform.dns.nodeLocal`,
      ];
    });
}

/** Domain of nearly every cluster. Source: kubernetes.io, DNS for Services and Pods. */
const clusterDomain = 'cluster.local';

/** Names of Services, and of pods behind one: what pods ask the cluster for. A star is one label. Source: cilium Documentation/security/policy/layer7.rst, matchPattern. */
const namesInside: readonly NameMatch[] = ['*.*', '*.*.*'].map((stars) => nameMatch(`${stars}.svc.${clusterDomain}`));

/**
 * Filters of DNS names that let none of the cluster's own through: pods then find no Service and no peer, whatever port 53 says. A filter that lists some of
 * them is taken to list those that the job asks for.
 */
function filteredNames({ snapshot, profile }: Reachability, { from, ends }: NeededPath): readonly string[] {
  const [end] = ends;
  if (end === undefined) return [];
  const told = from.flatMap((pod) => {
    const packet = { from: { kind: 'pod' as const, workload: pod.id, replica: 0 }, to: end.endpoint, protocol: 'UDP' as const, port: 53 };
    const lets = decide(snapshot, profile, packet).egress.steps.filter((s) => s.outcome === 'allow');
    const rules = directoryOf(snapshot)
      .policiesFor([pod.namespace])
      .flatMap((p) => p.rules)
      .filter((r) => lets.some((s) => s.origin === r.origin));
    // A plain rule beside a filter undoes it. Source: cilium Documentation/security/policy/layer7.rst.
    const open = rules.some((r) => r.application?.dns == null || r.application.dns.some(isInside(pod.namespace)));
    if (rules.length === 0 || open) return [];
    const names = [...new Set(lets.map((s) => s.policy))].join(', ');
    return [`${names} lets pods ask for no name of the cluster: its proxy refuses them, so the pods find neither each other nor a Service`];
  });
  return [...new Set(told)];
}

function isInside(namespace: string): (match: NameMatch) => boolean {
  return (match) => {
    const text = match.kind === 'exact' ? match.name : match.text;
    return !text.includes('.') || text.includes(`.${clusterDomain}`) || text.includes('.svc.') || matchesName(match, `a.${namespace}.svc.${clusterDomain}`);
  };
}

function localAddresses({ pod }: Workload): readonly string[] {
  const said = pod.containers.flatMap(wordsOf).join(' ');
  const [, list = ''] = /(?:^| )--?localip[= ]([0-9a-fA-F.:,]{2,400})/.exec(said) ?? [];
  return list.split(',').filter((ip) => parseIp(ip) !== undefined);
}

function dnsPath({ snapshot, place }: WithDns, job: TrainingJob): readonly NeededPath[] {
  // Source: kubernetes/api core/v1 DNSPolicy: Default takes the node's resolver, as does ClusterFirst on the node's network; None what dnsConfig says.
  const asking = job.members.filter(
    ({ hostNetwork, pod: { dnsPolicy } }) => dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && !hostNetwork),
  );
  if (asking.length === 0) return [];
  const all = resolversAt(snapshot, place).map((w) => podEnd(w, dnsPortsAt(snapshot, w), workloadTitle(w)));
  const ends = all.filter((end) => !end.ports.isEmpty);
  return [
    {
      id: 'dns',
      title: 'cluster DNS',
      from: asking,
      fromTitle: membersTitle(job, asking),
      toTitle: 'cluster DNS',
      ends,
      picked: false,
      required: true,
      because: 'pods find each other, and everything else, by name',
      source: 'kubernetes.io, DNS for Services and Pods; RFC 7766: answers too long for UDP come over TCP',
      origin: job.origin,
      missing: ends.length > 0 ? [] : ['the Service of the cluster DNS leads to a port that none of its pods has'],
    },
  ];
}
