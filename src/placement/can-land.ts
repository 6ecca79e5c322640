import { type Origin, within } from '../kernel/origin.ts';
import type { ClusterNode, Taint } from '../model/cluster.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import { type Arrival, arrivalsOf, type GivenToleration, type Perhaps } from './arrival.ts';
import { fits } from './choice.ts';
import { type KnownNode, nodeTitle, type PlacementNode, taintsOf } from './nodes.ts';
import { taintText, tolerates, tolerationText } from './tolerates.ts';

/** A line that lets a pod on a node, or keeps it off: what it says, and where. */
export interface PlacementReason {
  readonly text: string;
  readonly origin: Origin | null;
}

/** Whether pods of a template may come to run on a node. Room on the node, and what else runs there, do not count: both change. */
export type Landing =
  | { readonly is: 'yes'; readonly through: readonly PlacementReason[] }
  | { readonly is: 'no'; readonly because: PlacementReason }
  | { readonly is: 'unknown'; readonly why: readonly string[] };

/**
 * Whether the pods of a template may come to run on a node, by the filters that the scheduler puts before it: taints, node selector and required affinity,
 * cordons. Preferences keep no pod off. The definition: obvious, and asked of one template and one node.
 * Source: kubernetes/kubernetes pkg/scheduler/framework/plugins: nodename, nodeunschedulable, tainttoleration, nodeaffinity.
 */
export function canLand(snapshot: Snapshot, workload: Workload, node: PlacementNode): Landing {
  const now = placedNow(snapshot, workload, node);
  if (now !== null && (now.is === 'yes' || isFixed(workload))) return now;
  const scheduled = arrivalsOf(snapshot, workload).map((arrival) => landing(workload, arrival, node));
  return scheduled.find((l) => l.is === 'yes') ?? scheduled.find((l) => l.is === 'unknown') ?? scheduled[0] ?? { is: 'no', because: noFlavor };
}

const noFlavor: PlacementReason = { text: 'no flavor of its queue suits what it asks of its node', origin: null };

/** A pod that has a node stays there; one of a controller is made again and placed anew, unless its template names the node. */
function isFixed({ kind, named }: Workload): boolean {
  return kind === 'Pod' || named === true;
}

/** By the name of its node: no scheduler is asked. Null where it has none. */
function placedNow(snapshot: Snapshot, workload: Workload, node: PlacementNode): Landing | null {
  const { node: own } = workload;
  if (own === null) return null;
  const origin = within(workload.podOrigin, 'nodeName');
  const isOwn = ({ name, addresses }: ClusterNode): boolean => own === name || addresses.includes(own);
  const elsewhere: Landing = { is: 'no', because: { text: `it is placed on node ${own}`, origin } };
  if (node.kind === 'to-come') {
    if (snapshot.nodes.some((n) => n.origin !== null && isOwn(n))) return elsewhere;
    return { is: 'unknown', why: [`whether node ${own}, which it names, is or will be one of these: it is not in the input`] };
  }
  if (!isOwn(node.node)) return elsewhere;
  return (
    refusedByKubelet(snapshot, workload, node) ?? {
      is: 'yes',
      through: [{ text: `it is placed on node ${node.node.name} by name, from which no NoSchedule taint keeps it`, origin }],
    }
  );
}

/** What keeps a pod off the node that it names; nothing does where it runs. Source: kubernetes/kubernetes pkg/kubelet/lifecycle/predicate.go; pkg/scheduler AdmissionCheck. */
function refusedByKubelet(snapshot: Snapshot, workload: Workload, node: KnownNode): Landing | null {
  if (workload.ips.length > 0) return null;
  const arrivals = arrivalsOf(snapshot, workload);
  if (!arrivals.some(({ selector, terms }) => fits({ selector, terms }, node)))
    return { is: 'no', because: { text: `its kubelet refuses it: what it asks of its node does not fit ${nodeTitle(node)}`, origin: askedAt(workload) } };
  const may = (taint: Taint): boolean =>
    arrivals.some((a) =>
      [a, ...a.perhaps].some((one) => one.tolerations.some(({ toleration }) => tolerates(toleration, taint)) || ('anyToleration' in one && one.anyToleration)),
    );
  const shut = node.node.taints.find((t) => t.effect === 'NoExecute' && !may(t));
  if (shut === undefined) return null;
  const text = `its kubelet refuses it: it does not tolerate the taint ${taintText(shut)} of ${nodeTitle(node)}`;
  return { is: 'no', because: { text, origin: within(workload.podOrigin, 'tolerations') } };
}

/** By the scheduler. What admission perhaps does can only let on where it gives tolerations, and only keep off where it asks for labels. */
function landing(workload: Workload, arrival: Arrival, node: PlacementNode): Landing {
  const { podOrigin } = workload;
  const choice = { selector: arrival.selector, terms: arrival.terms };
  if (!fits(choice, node)) return { is: 'no', because: { text: `what it asks of its node does not fit ${nodeTitle(node)}`, origin: askedAt(workload) } };
  const doubts = new Set<string>();
  const through: PlacementReason[] = [];
  for (const taint of [...taintsOf(node).filter(keepsOff), ...cordon(node)]) {
    const by = arrival.tolerations.find(({ toleration }) => tolerates(toleration, taint));
    if (by !== undefined) through.push(tolerated(by, taint));
    else {
      const perhaps = arrival.perhaps.filter((p) => p.anyToleration || p.tolerations.some(({ toleration }) => tolerates(toleration, taint)));
      const other = otherScheduler(workload, taint);
      if (perhaps.length === 0 && other === null) {
        const text = `it does not tolerate the taint ${taintText(taint)} of ${nodeTitle(node)}`;
        return { is: 'no', because: { text, origin: within(podOrigin, 'tolerations') } };
      }
      for (const why of [...perhaps.map((p) => p.why), ...(other === null ? [] : [other])]) doubts.add(why);
    }
  }
  for (const perhaps of arrival.perhaps) if (!stillFits(arrival, perhaps, node)) doubts.add(perhaps.why);
  if (doubts.size > 0) return { is: 'unknown', why: [...doubts] };
  if (through.length === 0) through.push({ text: `no taint of ${nodeTitle(node)} keeps it off`, origin: null });
  const asks = Object.keys(choice.selector).length > 0 || choice.terms.length > 0;
  through.push({ text: asks ? 'what it asks of its node fits' : 'it asks for no node of its own', origin: asks ? askedAt(workload) : podOrigin });
  return { is: 'yes', through };
}

function askedAt({ pod, podOrigin }: Workload): Origin {
  return within(podOrigin, Object.keys(pod.nodeSelector).length > 0 ? 'nodeSelector' : 'affinity');
}

/** Preferences keep no pod off. */
function keepsOff({ effect }: Taint): boolean {
  return effect === 'NoSchedule' || effect === 'NoExecute';
}

/** A cordon counts as a taint that the node controller adds. Source: kubernetes/kubernetes nodeunschedulable.Filter. */
function cordon(node: PlacementNode): readonly Taint[] {
  const taint = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };
  const isCordoned = node.kind === 'known' && node.node.unschedulable === true && !node.node.taints.some((t) => t.key === taint.key);
  return isCordoned ? [taint] : [];
}

/** Whatever scheduler binds a pod, its kubelet looks at labels and at NoExecute taints. Source: kubernetes/kubernetes pkg/kubelet/lifecycle/predicate.go. */
function otherScheduler({ pod: { schedulerName } }: Workload, { effect }: Taint): string | null {
  if (schedulerName === null || schedulerName === 'default-scheduler' || effect === 'NoExecute') return null;
  return `whether scheduler ${schedulerName}, which places it, minds taints`;
}

function stillFits({ selector, terms }: Arrival, perhaps: Perhaps, node: PlacementNode): boolean {
  return perhaps.selector !== null && fits({ selector: { ...selector, ...perhaps.selector }, terms }, node);
}

function tolerated({ toleration, by, origin }: GivenToleration, taint: Taint): PlacementReason {
  const what = toleration.key === null || toleration.operator === 'Exists' ? `${tolerationText(toleration)}, and so ${taintText(taint)}` : taintText(taint);
  return { text: by === null ? `it tolerates ${what}` : `${by} lets it tolerate ${what}`, origin };
}
