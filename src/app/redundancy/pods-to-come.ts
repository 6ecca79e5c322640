import { matchNamespace } from '../../engine/namespaces.ts';
import { kept } from '../../kernel/memo.ts';
import type { Namespace } from '../../model/cluster.ts';
import type { LabelSelector } from '../../model/labels.ts';
import { namespaceNameLabel } from '../../model/namespace-match.ts';
import type { NamespaceMatch, Policy } from '../../model/policy.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';
import { standIn } from '../claims/representatives.ts';
import { cellsOf } from '../future/cells.ts';
import { futurePods, matchesIn } from '../future/future-pods.ts';

/** Sorts of pod of one namespace, of namespaces to come, and of pods in all, that are told apart before giving up. */
const mostInOne = 128;
const mostNamespaces = 32;
const mostPods = 400;

/** A cluster with two pods of every sort that could be created, in every sort of namespace, as some policies tell them apart. */
export interface PodsToCome {
  readonly snapshot: Snapshot;
  readonly pods: readonly Workload[];
}

const origin = { document: { file: '', index: 0 }, path: [] };

/** Text says why some sort may be missing. Ordinary pods only: none on the host network, with a second interface, or with ports that rules name. */
export function podsToCome(given: Snapshot, policies: readonly Policy[]): PodsToCome | string {
  if (policies.some((p) => p.rules.some((r) => (r.ports ?? []).some((port) => typeof port.port === 'string')))) return 'rules name ports';
  const matches = policies.flatMap((p) => matchesIn(p, 'both', given).map((m) => m.namespaces));
  if (matches.some((m) => m.kind === 'as-subject')) return 'rules are about the namespace of whoever is selected';
  const distinct = [...new Map(matches.map((m) => [JSON.stringify(m), m])).values()];
  const coming = namespacesToCome(given, distinct);
  if (typeof coming === 'string') return coming;
  const snapshot: Snapshot = { ...given, policies, namespaces: new Map([...given.namespaces, ...coming.map((n) => [n.name, n] as const)]) };
  // Namespaces that no policy tells apart are as one.
  const sorts = new Map<string, string>();
  for (const name of snapshot.namespaces.keys()) kept(sorts, distinct.map((m) => matchNamespace(snapshot, m, name).is).join(), () => name);
  const pods: Workload[] = [];
  for (const name of sorts.values()) {
    const future = futurePods(snapshot, name, 'both', mostInOne);
    const [why] = future.left;
    if (why !== undefined) return why;
    pods.push(...future.pods.map((pod) => standIn('possible', name, pod.name, pod.labels, pod.account, origin)));
    if (pods.length > mostPods) return `rules tell more than ${mostPods} sorts of pod apart`;
  }
  return { snapshot: { ...snapshot, workloads: [...snapshot.workloads, ...pods] }, pods };
}

/** One of each sort of namespace that is not there and that could be created. */
function namespacesToCome({ namespaces }: Snapshot, matches: readonly NamespaceMatch[]): readonly Namespace[] | string {
  const selectors = matches.flatMap((m): LabelSelector[] =>
    m.kind === 'named' ? [{ requirements: [{ key: namespaceNameLabel, operator: 'In', values: [m.name] }] }] : m.kind === 'labelled' ? [m.selector] : [],
  );
  const named = selectors.flatMap((s) => s.requirements.filter((r) => r.key === namespaceNameLabel && r.operator === 'In'));
  if (named.some((r) => r.values.length > 1 && r.values.some((name) => !namespaces.has(name)))) return 'rules list namespaces by name that are not there';
  const { cells, left } = cellsOf(
    selectors.map((pods) => ({ pods, accounts: null })),
    mostNamespaces,
  );
  const [why] = left;
  if (why !== undefined) return why;
  return cells.flatMap(({ labels }, i): Namespace[] => {
    const given = Object.hasOwn(labels, namespaceNameLabel) ? labels[namespaceNameLabel] : undefined;
    const name = given ?? `any-namespace-to-come-${i + 1}`;
    return namespaces.has(name) ? [] : [{ name, labels: { ...labels, [namespaceNameLabel]: name }, annotations: {}, origin }];
  });
}
