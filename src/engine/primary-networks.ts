import { kept } from '../kernel/memo.ts';
import type { Service } from '../model/cluster.ts';
import { labelOf } from '../model/labels.ts';
import { openPortsAnnotation, type PrimaryNetwork, primaryNetworkLabel } from '../model/primary-network.ts';
import type { Profile, Tri } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Gap } from '../model/verdict.ts';
import type { Workload } from '../model/workload.ts';
import { isOwnNode, type Resolved } from './match.ts';
import { and, type Match, maybe, no, yes } from './matching.ts';
import { matchNamespace } from './namespaces.ts';

/** The networks that the pods of a namespace may have for their primary one; null is the cluster's default network. One of them is the one. */
interface Candidates {
  readonly networks: readonly (PrimaryNetwork | null)[];
  readonly gaps: readonly Gap[];
}

/** Services of the default network that pods of every network reach. Source: ovn-kubernetes go-controller/pkg/config/config.go udn-allowed-default-services; OpenShift calls its DNS Service dns-default. */
const doors: readonly string[] = ['kube-system/kube-dns', 'openshift-dns/dns-default'];

/** Whether primary networks keep pods apart under this profile. */
export function separates(snapshot: Snapshot, profile: Profile): Tri {
  if (snapshot.primaryNetworks.length === 0) return 'no';
  return profile.primaryNetworks ?? (profile.foreignPolicies === 'unknown' ? 'unknown' : 'no');
}

/**
 * Is there a way between two ends, as far as primary networks go? A pod reaches pods of its own network alone. Across networks lead the DNS Service of the
 * default network, ports that a pod keeps open there, and objects that join networks; the API server and nodes are reached somehow, and kubelet reaches
 * the pods of its own node. Source: ovn-kubernetes docs/features/user-defined-networks, docs/okeps/okep-5193-user-defined-networks.md, pkg/ovn/udn_isolation.go.
 */
export function wayBetween(snapshot: Snapshot, profile: Profile, from: Resolved, to: Resolved, via: Service | null): Match {
  const effect = separates(snapshot, profile);
  if (effect === 'no') return yes;
  const way = wayOf(snapshot, from, to, via);
  if (effect === 'yes' || way.is === 'yes') return way;
  return maybe('primary-networks', 'whether the CNI keeps user-defined networks apart', 'name the CNI with --profile');
}

function wayOf(snapshot: Snapshot, from: Resolved, to: Resolved, via: Service | null): Match {
  const [source, target] = [podOf(from), podOf(to)];
  if (source !== null && target !== null) return betweenPods(snapshot, source, target, via);
  const [pod, node] = source === null ? [target, nodeOf(from)] : [source, nodeOf(to)];
  if (pod === null || node === undefined || isDefault(primaryNetworksOf(snapshot, pod.namespace))) return yes;
  // Kubelet reaches the pods of its node on the default network.
  const own = target === null ? no : isOwnNode(snapshot, to, node);
  if (own.is === 'yes') return yes;
  return maybe(
    'network-and-nodes',
    `whether nodes and pods of ${named(snapshot, pod.namespace)} reach each other`,
    'ask about the API server by its address, or test it',
  );
}

function betweenPods(snapshot: Snapshot, source: Workload, target: Workload, via: Service | null): Match {
  const same = sameNetwork(snapshot, source.namespace, target.namespace);
  if (same.is === 'yes') return yes;
  const theirs = primaryNetworksOf(snapshot, target.namespace);
  const door = doors.find((d) => d.startsWith(`${target.namespace}/`));
  if (door !== undefined && theirs.networks.includes(null)) {
    if (via === null) return maybe('network-door', `whether it is dialled through Service ${door}, which every network reaches`, `dial Service ${door}`);
    if (`${via.namespace}/${via.name}` === door)
      return isDefault(theirs) ? yes : maybe('network-door', 'the primary network of the DNS pods', 'give their Namespace');
  }
  if (opens(target))
    return maybe(
      'network-open-ports',
      `which ports ${target.namespace}/${target.name} keeps open on the default network (${openPortsAnnotation})`,
      'remove the annotation',
    );
  if (same.is === 'no' && [source, target].every((w) => primaryNetworksOf(snapshot, w.namespace).networks.some((n) => n?.joined === true)))
    return maybe('network-joined', 'which networks a ClusterNetworkConnect joins', 'remove it, or read the verdict as possible');
  return same;
}

function sameNetwork(snapshot: Snapshot, a: string, b: string): Match {
  if (a === b) return yes;
  const [mine, theirs] = [primaryNetworksOf(snapshot, a), primaryNetworksOf(snapshot, b)];
  if (!mine.networks.some((n) => theirs.networks.includes(n))) return no;
  return mine.networks.length === 1 && theirs.networks.length === 1 ? yes : { is: 'maybe', gaps: [...mine.gaps, ...theirs.gaps] };
}

const known = new WeakMap<Snapshot['primaryNetworks'], WeakMap<Snapshot['namespaces'], Map<string, Candidates>>>();

/** What the pods of a namespace may have for their primary network. */
export function primaryNetworksOf(snapshot: Snapshot, namespace: string): Candidates {
  const ofNetworks = known.get(snapshot.primaryNetworks) ?? new WeakMap<Snapshot['namespaces'], Map<string, Candidates>>();
  known.set(snapshot.primaryNetworks, ofNetworks);
  const ofNamespaces = ofNetworks.get(snapshot.namespaces) ?? new Map<string, Candidates>();
  ofNetworks.set(snapshot.namespaces, ofNamespaces);
  return kept(ofNamespaces, namespace, () => candidates(snapshot, namespace));
}

function candidates(snapshot: Snapshot, namespace: string): Candidates {
  const labelled = matchNamespace(
    snapshot,
    { kind: 'labelled', selector: { requirements: [{ key: primaryNetworkLabel, operator: 'Exists', values: [] }] } },
    namespace,
  );
  const found = snapshot.primaryNetworks
    .map((network) => ({ network, match: and(labelled, matchNamespace(snapshot, network.namespaces, namespace)) }))
    .filter(({ match }) => match.is !== 'no');
  const [only, second] = found;
  if (only === undefined) return { networks: [null], gaps: [] };
  if (second === undefined && only.match.is === 'yes') return { networks: [only.network], gaps: [] };
  // A namespace has one primary network: which of several that fit is a race.
  const sure = found.some(({ match }) => match.is === 'yes');
  const gap: Gap = {
    code: 'primary-network',
    text: `the primary network of namespace ${namespace} (${found.map(({ network }) => network.id).join(' or ')}${sure ? '' : ', or the default one'})`,
    mend: `give the Namespace object of ${namespace}, and one primary network for it`,
  };
  return { networks: [...found.map(({ network }) => network), ...(sure ? [] : [null])], gaps: [gap] };
}

/** How a sentence calls the network of a namespace. */
export function named(snapshot: Snapshot, namespace: string): string {
  return primaryNetworksOf(snapshot, namespace)
    .networks.map((n) => n?.id ?? 'the default network')
    .join(' or ');
}

function isDefault({ networks }: Candidates): boolean {
  return networks.length === 1 && networks[0] === null;
}

/** The workload of an ordinary pod: one on the host network is on no pod network. */
function podOf(end: Resolved): Workload | null {
  return end.kind === 'pod' && !end.workload.hostNetwork ? end.workload : null;
}

function nodeOf(end: Resolved): string | null | undefined {
  if (end.kind === 'node') return end.node;
  return end.kind === 'pod' && end.workload.hostNetwork ? end.workload.node : undefined;
}

/** All of a workload that primary networks look at, as text: pods with the same are alike to them. */
export function networkKey(workload: Workload): string {
  return `${workload.namespace} ${opens(workload)} ${workload.hostNetwork ? workload.id : ''}`;
}

/** Whether a workload keeps ports open on the default network. */
export function opens(workload: Workload): boolean {
  return labelOf(workload.annotations, openPortsAnnotation) !== undefined;
}
