import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';
import { namedPorts, standIn } from '../claims/representatives.ts';
import { futurePods, type Role } from '../future/future-pods.ts';
import type { Query, QueryParty } from './query.ts';

/** Sorts of pod to come that one namespace is asked about with, at most: each is met with everybody. */
const most = 1024;

const mark = ' (to come)';

/** The cluster with every pod that could be created where a query says so, and by namespace why some may be missing. */
export interface WithFuture {
  readonly snapshot: Snapshot;
  readonly left: ReadonlyMap<string, readonly string[]>;
}

/** Adds all sorts of pod that could be created in the namespaces that queries ask about in this way. */
export function withFuturePods(snapshot: Snapshot, queries: readonly Query[]): WithFuture {
  const roles = new Map<string, Role>();
  const note = (party: QueryParty, role: Role): void => {
    if (party.kind === 'any-pod-in') roles.set(party.namespace, [role, roles.get(party.namespace) ?? role].every((r) => r === role) ? role : 'both');
  };
  for (const query of queries) {
    for (const party of query.from) note(party, 'source');
    for (const { party } of query.to) note(party, 'destination');
  }
  const left = new Map<string, readonly string[]>();
  const ports = namedPorts(snapshot.policies);
  const added = [...roles].flatMap(([namespace, role]) => {
    const future = futurePods(snapshot, namespace, role, most);
    left.set(namespace, future.left);
    const place = snapshot.namespaces.get(namespace)?.origin ?? { document: { file: '', index: 0 }, path: [] };
    return future.pods.map(({ name, labels, account }) => ({ ...standIn('possible', namespace, `${name}${mark}`, labels, account, place), ports }));
  });
  return { snapshot: added.length === 0 ? snapshot : { ...snapshot, workloads: [...snapshot.workloads, ...added] }, left };
}

/** Whether a workload stands for pods that a query asks about and that do not exist yet. */
export function isFuture(workload: Workload): boolean {
  return workload.role === 'possible' && workload.kind === 'Representative' && workload.name.endsWith(mark);
}
