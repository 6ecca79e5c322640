import { kept } from '../../kernel/memo.ts';
import { type Labels, labelOf } from '../../model/labels.ts';
import type { FlowEnd } from '../../model/observed-flow.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Endpoint } from '../../model/verdict.ts';
import { barePod, type Workload, type WorkloadId } from '../../model/workload.ts';

/** Who an end of a flow is in the cluster: one endpoint, or several of which nobody knows which it was. `why`: why nobody is known for it. */
export type Resolved =
  | { readonly kind: 'pods'; readonly workloads: readonly WorkloadId[]; readonly replica: number }
  | { readonly kind: 'node'; readonly node: string | null }
  | { readonly kind: 'outside'; readonly ip: string; readonly names: readonly string[] }
  | { readonly kind: 'nobody'; readonly why: string };

/** Workloads of one address or place that are looked at. */
const mostCandidates = 8;

/** Labels of a flow's end as a map; empty where the record has none. */
export function labelsIn(text: string): Labels {
  return Object.fromEntries(
    (text === '' ? [] : text.split(',')).map((label) => {
      const at = label.indexOf('=');
      return at < 0 ? [label, ''] : [label.slice(0, at), label.slice(at + 1)];
    }),
  );
}

/** Looks up the ends of flows among the pods and nodes of a snapshot. */
export class ObservedPods {
  readonly snapshot: Snapshot;
  /** Pods that no manifest has, made of what flows say of them. */
  readonly made: number;
  readonly #byNamespace = new Map<string, Workload[]>();
  readonly #byIp = new Map<string, Workload[]>();
  readonly #nodeByIp: ReadonlyMap<string, string>;
  readonly #serviceIps: ReadonlySet<string>;

  /** Adds to the snapshot the pods that flows tell of (by name and labels) and that it does not have: policies choose by labels, and those are enough. */
  constructor(given: Snapshot, ends: readonly FlowEnd[], file: string) {
    this.#nodeByIp = new Map(given.nodes.flatMap((n) => n.addresses.map((a) => [a, n.name] as const)));
    this.#serviceIps = new Set(given.services.flatMap((s) => [...s.clusterIps, ...s.externalIps]));
    for (const workload of given.workloads) this.#know(workload);
    const made = new Map<string, Workload>();
    for (const end of ends) {
      if (end.kind !== 'pod' || end.labels === '' || end.namespace === '' || this.#named(end).length > 0) continue;
      const key = `${end.namespace} ${end.labels}`;
      const known = made.get(key);
      const labels = labelsIn(end.labels);
      const name = end.workload === '' ? end.pod : end.workload;
      // Two at least, so that one may talk to another of its sort.
      const pod = {
        ...barePod(end.namespace, name, { document: { file, index: 0 }, path: [] }),
        id: `Pod/${end.namespace}/${name}#${made.size}`,
        labels,
        replicas: 2,
      };
      made.set(
        key,
        known === undefined
          ? { ...pod, ips: end.ip === '' ? [] : [end.ip] }
          : { ...known, ips: [...known.ips, ...(end.ip === '' || known.ips.includes(end.ip) ? [] : [end.ip])] },
      );
    }
    for (const workload of made.values()) this.#know(workload);
    const namespaces = new Map(given.namespaces);
    for (const { namespace } of made.values())
      if (!namespaces.has(namespace))
        namespaces.set(namespace, { name: namespace, labels: { 'kubernetes.io/metadata.name': namespace }, annotations: {}, origin: null });
    this.made = made.size;
    this.snapshot = made.size === 0 ? given : { ...given, namespaces, workloads: [...given.workloads, ...made.values()] };
  }

  #know(workload: Workload): void {
    if (workload.lifecycle === 'finished') return;
    kept(this.#byNamespace, workload.namespace, () => []).push(workload);
    if (!workload.hostNetwork) for (const ip of workload.ips) kept(this.#byIp, ip, () => []).push(workload);
  }

  resolve(end: FlowEnd): Resolved {
    if (end.kind === 'pod' || end.pod !== '') {
      const named = this.#named(end);
      if (named.length > 0) return podsOf(named, end);
    }
    const atIp = this.#byIp.get(end.ip) ?? [];
    if (atIp.length > 0 && end.kind !== 'outside') return podsOf(atIp, end);
    if (end.kind === 'pod') return { kind: 'nobody', why: 'pods that no manifest has and whose labels the flows do not say' };
    const node = this.#nodeByIp.get(end.ip);
    if (node !== undefined) return { kind: 'node', node };
    if (end.kind === 'node') return { kind: 'node', node: null };
    if (this.#serviceIps.has(end.ip)) return { kind: 'nobody', why: 'addresses of Services, behind which the flow does not say who answered' };
    if (end.ip === '' && end.names === '') return { kind: 'nobody', why: 'ends without a name, labels or address' };
    return { kind: 'outside', ip: end.ip, names: end.names === '' ? [] : end.names.split(',').slice(0, mostCandidates) };
  }

  /** By the pod's own name, then its workload's, then its labels. Labels that contradict the manifests mean another pod. */
  #named(end: FlowEnd): readonly Workload[] {
    const there = this.#byNamespace.get(end.namespace) ?? [];
    const own = labelsIn(end.labels);
    const fits = (w: Workload): boolean =>
      Object.entries(own).every(([key, value]) => (labelOf(w.labels, key) ?? value) === value || w.perPodLabels.some((l) => l.key === key));
    const exact = there.filter((w) => w.kind === 'Pod' && w.name === end.pod && end.pod !== '' && fits(w));
    if (exact.length > 0) return exact;
    const byOwner = there.filter((w) => end.workload !== '' && w.name === end.workload && fits(w));
    if (byOwner.length > 0) return byOwner;
    const byStem = there.filter((w) => end.pod.startsWith(`${w.name}-`) && fits(w) && (end.labels === '' || shares(w.labels, own)));
    if (byStem.length > 0) return byStem.slice(0, mostCandidates);
    return end.labels === '' ? [] : there.filter((w) => fits(w) && holds(w.labels, own)).slice(0, mostCandidates);
  }
}

function shares(a: Labels, b: Labels): boolean {
  return Object.keys(a).some((key) => labelOf(b, key) !== undefined);
}

/** Whether every label of the flow is the workload's, and the other way round. */
function holds(workload: Labels, own: Labels): boolean {
  return (
    Object.keys(own).length > 0 &&
    Object.entries(own).every(([key, value]) => labelOf(workload, key) === value) &&
    Object.keys(workload).every((key) => labelOf(own, key) !== undefined)
  );
}

function podsOf(workloads: readonly Workload[], end: FlowEnd): Resolved {
  const number = /-(\d{1,6})$/.exec(end.pod)?.[1];
  const [first] = workloads;
  const replica = first !== undefined && number !== undefined && Number(number) < first.replicas ? Number(number) : 0;
  return { kind: 'pods', workloads: [...new Set(workloads.map((w) => w.id))], replica };
}

/** One endpoint of what an end may be, for the definition; null: nobody. */
export function endpointOf(resolved: Resolved): Endpoint | null {
  switch (resolved.kind) {
    case 'pods':
      return resolved.workloads[0] === undefined ? null : { kind: 'pod', workload: resolved.workloads[0], replica: resolved.replica };
    case 'node':
      return { kind: 'node', node: resolved.node };
    case 'outside':
      return resolved.ip !== '' ? { kind: 'address', ip: resolved.ip } : resolved.names[0] === undefined ? null : { kind: 'name', name: resolved.names[0] };
    case 'nobody':
      return null;
  }
}
