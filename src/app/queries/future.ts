import { believablePort } from '../../engine/witness.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';
import type { Protocol } from '../../space/transport-set.ts';
import { namedPorts, standIn } from '../claims/representatives.ts';
import { futurePods, type Role } from '../future/future-pods.ts';
import type { Query, QueryParty } from './query.ts';

/** Sorts of pod to come that one namespace is asked about with, at most: each is met with everybody. */
const most = 1024;

/** Numbers that named ports of pods to come are tried at. */
const mostNumbers = 16;

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
    const place = snapshot.namespaces.get(namespace)?.origin ?? { document: { file: '', index: 0 }, path: [] };
    // A pod to come gives the name of a port whatever number it likes: also one that it must not be reached on.
    const told = ports.length === 0 ? [] : shutIn(namespace, queries);
    const untried = told.length > mostNumbers ? [`named ports were tried at ${mostNumbers} of ${told.length} numbers`] : [];
    left.set(namespace, [...future.left, ...untried]);
    return future.pods.flatMap(({ name, labels, account }) => {
      const standing = (numbered: string, own: Workload['ports']): Workload => ({
        ...standIn('possible', namespace, `${name}${numbered}${mark}`, labels, account, place),
        ports: own,
      });
      return [
        standing('', ports),
        ...told.slice(0, mostNumbers).map((at) =>
          standing(
            ` with named ports at ${at.port}`,
            ports.map((p) => (p.protocol === at.protocol ? { ...p, port: at.port } : p)),
          ),
        ),
      ];
    });
  });
  return { snapshot: added.length === 0 ? snapshot : { ...snapshot, workloads: [...snapshot.workloads, ...added] }, left };
}

/** A port of each question about which ports of pods to come must not be reached. */
function shutIn(namespace: string, queries: readonly Query[]): readonly { readonly protocol: Protocol; readonly port: number }[] {
  const asked = queries.flatMap(({ assertion, to }) =>
    assertion !== 'must-not-reach'
      ? []
      : to.flatMap(({ party, ports }) =>
          party.kind === 'any-pod-in' && party.namespace === namespace && ports !== null && !ports.numbers.isEmpty ? [believablePort(ports.numbers, null)] : [],
        ),
  );
  return [...new Map(asked.map((at) => [`${at.port}/${at.protocol}`, at])).values()];
}

/** Whether a workload stands for pods that a query asks about and that do not exist yet. */
export function isFuture(workload: Workload): boolean {
  return workload.role === 'possible' && workload.kind === 'Representative' && workload.name.endsWith(mark);
}
