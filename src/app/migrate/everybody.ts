import type { Namespace } from '../../model/cluster.ts';
import { namespaceNameLabel } from '../../model/namespace-match.ts';
import { partsOf } from '../../model/peer-parts.ts';
import type { PodMatch, Policy } from '../../model/policy.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';
import { namedPorts, standIn } from '../claims/representatives.ts';
import { type Atom, cellsOf } from '../future/cells.ts';
import { futurePods } from '../future/future-pods.ts';

/** Pods to come that are compared in all, at most, and sorts of namespace to come. */
const mostPods = 1500;
const mostNamespaces = 64;

/** A cluster with pods to come: every sort that policies tell apart, in every namespace and in every sort of namespace that could be created. */
export interface Everybody {
  readonly snapshot: Snapshot;
  readonly sorts: number;
  /** Why some sort may be missing, in a line each. */
  readonly left: readonly string[];
}

/** Adds pods to come that policies in these namespaces, and in namespaces to come, can tell apart. */
export function everybody(snapshot: Snapshot): Everybody {
  const place = { document: { file: '', index: 0 }, path: [] };
  const atoms = snapshot.policies
    .flatMap(matchesIn)
    .flatMap(({ namespaces }): Atom[] => (namespaces.kind === 'labelled' ? [{ pods: namespaces.selector, accounts: null }] : []));
  const cells = cellsOf(atoms, mostNamespaces);
  const taken = new Set(snapshot.namespaces.keys());
  const left = new Set(cells.left);
  const created = cells.cells.flatMap(({ labels }, i): Namespace[] => {
    const named = Object.hasOwn(labels, namespaceNameLabel) ? (labels[namespaceNameLabel] ?? '') : null;
    // No second namespace of that name can be created, and under another name it would be of another sort.
    if (named !== null && taken.has(named)) {
      if (!snapshot.namespaces.has(named)) left.add(`namespaces to come named ${named} with other labels; one sort of them was compared`);
      return [];
    }
    let name = named ?? `namespace-to-come-${i + 1}`;
    while (taken.has(name)) name = `${name}-x`;
    taken.add(name);
    return [{ name, labels: { ...labels, [namespaceNameLabel]: name }, annotations: {}, origin: place }];
  });
  const namespaces = new Map([...snapshot.namespaces, ...created.map((n): [string, Namespace] => [n.name, n])]);
  const whole: Snapshot = { ...snapshot, namespaces };
  const ports = namedPorts(snapshot.policies);
  const pods: Workload[] = [];
  for (const name of namespaces.keys()) {
    if (pods.length >= mostPods) {
      left.add(`${mostPods} sorts of pod to come or more; those of some namespaces were not compared`);
      break;
    }
    const future = futurePods(whole, name, 'both', mostPods - pods.length);
    for (const line of future.left) left.add(line);
    pods.push(...future.pods.map((pod) => ({ ...standIn('possible', name, pod.name, pod.labels, pod.account, place), ports })));
  }
  return { snapshot: { ...whole, workloads: [...whole.workloads, ...pods] }, sorts: pods.length, left: [...left] };
}

function matchesIn({ subject, rules }: Policy): PodMatch[] {
  const peers = rules.flatMap((r) => (r.peers ?? []).flatMap(partsOf)).flatMap((part) => (part.kind === 'pods' ? [part.match] : []));
  return [...(subject.kind === 'pods' ? [subject.match] : []), ...peers];
}
