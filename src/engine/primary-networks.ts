import type { Service } from '../model/cluster.ts';
import { type Labels, labelOf, selects } from '../model/labels.ts';
import { openPortsAnnotation } from '../model/primary-network.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import { isOwnNode, type Resolved } from './match.ts';
import { type Match, maybe, no, yes } from './matching.ts';
import { actsOn, isDefault, named, primaryNetworksOf, separates } from './network-of.ts';

/** Services of the default network that pods of every network reach. Source: ovn-kubernetes go-controller/pkg/config/config.go udn-allowed-default-services; OpenShift calls its DNS Service dns-default. */
const doors: readonly string[] = ['kube-system/kube-dns', 'openshift-dns/dns-default'];

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
