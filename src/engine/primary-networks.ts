import { kept } from '../kernel/memo.ts';
import type { Namespace, Service } from '../model/cluster.ts';
import { type Labels, labelOf, selects } from '../model/labels.ts';
import { openPortsAnnotation, type PrimaryNetwork, primaryNetworkLabel } from '../model/primary-network.ts';
import type { Profile, Tri } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Gap } from '../model/verdict.ts';
import type { Workload } from '../model/workload.ts';
import { isOwnNode, type Resolved } from './match.ts';
import { and, type Match, maybe, no, yes } from './matching.ts';
import { matchNamespace } from './namespaces.ts';

/** The networks that the pods of a namespace may have for their primary one; null is the cluster's default network. One of them is the one, or, where `unread`, one that no input holds: none of those that are read. */
interface Candidates {
  readonly networks: readonly (PrimaryNetwork | null)[];
  readonly unread: boolean;
  readonly gaps: readonly Gap[];
}

/** Services of the default network that pods of every network reach. Source: ovn-kubernetes go-controller/pkg/config/config.go udn-allowed-default-services; OpenShift calls its DNS Service dns-default. */
const doors: readonly string[] = ['kube-system/kube-dns', 'openshift-dns/dns-default'];

/** Whether primary networks keep pods apart under this profile. */
export function separates(snapshot: Snapshot, profile: Profile): Tri {
  if (!actsOn(snapshot)) return 'no';
  return profile.primaryNetworks ?? (profile.foreignPolicies === 'unknown' ? 'unknown' : 'no');
}

const labelledAmong = new WeakMap<Snapshot['namespaces'], boolean>();

/** Whether the input speaks of primary networks: by one, or by a namespace that says it has one. */
function actsOn({ primaryNetworks, namespaces }: Snapshot): boolean {
  if (primaryNetworks.length > 0) return true;
  const found = labelledAmong.get(namespaces) ?? [...namespaces.values()].some(saysItHasOne);
  labelledAmong.set(namespaces, found);
  return found;
}

/** Whether the labels of a namespace say that its pods have a primary network of their own. */
export function saysItHasOne({ labels }: Pick<Namespace, 'labels'>): boolean {
  return labelOf(labels, primaryNetworkLabel) !== undefined;
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
  if (source !== null && target !== null) return betweenPods(snapshot, source.workload, target, via);
  const [pod, node] = source === null ? [target?.workload ?? null, nodeOf(from)] : [source.workload, nodeOf(to)];
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

function betweenPods(snapshot: Snapshot, source: Workload, { workload: target, labels }: Pod, via: Service | null): Match {
  const same = sameNetwork(snapshot, source.namespace, target.namespace);
  if (same.is === 'yes') return yes;
  const theirs = primaryNetworksOf(snapshot, target.namespace);
  const door = doorTo(snapshot, target.namespace, labels);
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
  if (same.is === 'no' && [source, target].every((w) => mayBeJoined(snapshot, w.namespace)))
    return maybe('network-joined', 'which networks a ClusterNetworkConnect joins', 'remove it, or read the verdict as possible');
  return same;
}

function mayBeJoined(snapshot: Snapshot, namespace: string): boolean {
  const { networks, unread } = primaryNetworksOf(snapshot, namespace);
  return unread || networks.some((n) => n?.joined === true);
}

/** The DNS Service that may lead to pods with these labels. One that is not given may lead to any pod of its namespace. */
function doorTo(snapshot: Snapshot, namespace: string, labels: Labels): string | undefined {
  const door = doors.find((d) => d.startsWith(`${namespace}/`));
  const selector = door === undefined ? null : (snapshot.services.find((s) => `${s.namespace}/${s.name}` === door)?.selector ?? null);
  return selector === null || selects(selector, labels) ? door : undefined;
}

/** Services whose selectors primary networks look at. */
export function doorServices(snapshot: Snapshot): readonly Service[] {
  return actsOn(snapshot) ? snapshot.services.filter((s) => doors.includes(`${s.namespace}/${s.name}`)) : [];
}

function sameNetwork(snapshot: Snapshot, a: string, b: string): Match {
  if (a === b) return yes;
  const [mine, theirs] = [primaryNetworksOf(snapshot, a), primaryNetworksOf(snapshot, b)];
  if (!(mine.unread && theirs.unread) && !mine.networks.some((n) => theirs.networks.includes(n))) return no;
  return !mine.unread && !theirs.unread && mine.networks.length === 1 && theirs.networks.length === 1
    ? yes
    : { is: 'maybe', gaps: [...mine.gaps, ...theirs.gaps] };
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
  if (only === undefined && labelled.is !== 'yes') return { networks: [null], unread: false, gaps: [] };
  if (only === undefined) return { networks: [null], unread: true, gaps: [unreadGap(namespace)] };
  if (second === undefined && only.match.is === 'yes') return { networks: [only.network], unread: false, gaps: [] };
  // A namespace has one primary network: which of several that fit is a race.
  const sure = found.some(({ match }) => match.is === 'yes');
  const gap: Gap = {
    code: 'primary-network',
    text: `the primary network of namespace ${namespace} (${found.map(({ network }) => network.id).join(' or ')}${sure ? '' : ', or the default one'})`,
    mend: `give the Namespace object of ${namespace}, and one primary network for it`,
  };
  const unread = !sure && labelled.is === 'yes';
  return { networks: [...found.map(({ network }) => network), ...(sure ? [] : [null])], unread, gaps: unread ? [gap, unreadGap(namespace)] : [gap] };
}

/** The label says that there is a network, and the input holds none that fits, or one with a fault. */
function unreadGap(namespace: string): Gap {
  return {
    code: 'primary-network-unread',
    text: `the primary network that namespace ${namespace} has by its label ${primaryNetworkLabel}`,
    mend: `give the UserDefinedNetwork or ClusterUserDefinedNetwork of ${namespace}, without faults`,
  };
}

/** How a sentence calls the network of a namespace. */
export function named(snapshot: Snapshot, namespace: string): string {
  const { networks, unread } = primaryNetworksOf(snapshot, namespace);
  return [...networks.map((n) => n?.id ?? 'the default network'), ...(unread ? ['a network that is not given'] : [])].join(' or ');
}

function isDefault({ networks, unread }: Candidates): boolean {
  return !unread && networks.length === 1 && networks[0] === null;
}

type Pod = Extract<Resolved, { kind: 'pod' }>;

/** An ordinary pod: one on the host network is on no pod network. */
function podOf(end: Resolved): Pod | null {
  return end.kind === 'pod' && !end.workload.hostNetwork ? end : null;
}

function nodeOf(end: Resolved): string | null | undefined {
  if (end.kind === 'node') return end.node;
  return end.kind === 'pod' && end.workload.hostNetwork ? end.workload.node : undefined;
}

/** All of a pod that primary networks look at, as text: pods with the same are alike to them. `labels` are those that selectors see. */
export function networkKey(snapshot: Snapshot, workload: Workload, labels: Labels): string {
  return `${workload.namespace} ${opens(workload)} ${doorTo(snapshot, workload.namespace, labels) ?? ''} ${workload.hostNetwork ? workload.id : ''}`;
}

/** Whether a workload keeps ports open on the default network. */
export function opens(workload: Workload): boolean {
  return labelOf(workload.annotations, openPortsAnnotation) !== undefined;
}
