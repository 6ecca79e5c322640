import type { Namespace } from './cluster.ts';
import type { Policy } from './policy.ts';
import type { Snapshot } from './snapshot.ts';
import type { Workload, WorkloadId } from './workload.ts';

/**
 * One thing of a cluster that is new (`before` null), gone (`after` null) or different. Everything else (Services, nodes, quotas, objects that nothing
 * reads) comes with a snapshot of its own.
 */
export type Change =
  | { readonly kind: 'policy'; readonly before: Policy | null; readonly after: Policy | null }
  | { readonly kind: 'workload'; readonly before: Workload | null; readonly after: Workload | null }
  | { readonly kind: 'namespace'; readonly before: Namespace | null; readonly after: Namespace | null };

/**
 * The snapshot after a change; the one before stays as it was. What is different keeps its place, what is new comes last. Throws RangeError where
 * `before` is not an object of the snapshot, and where what is new is there already. `has` tells of a workload whether it is: whoever has an index need not look
 * through all of them.
 */
export function changed(snapshot: Snapshot, change: Change, has = (id: WorkloadId): boolean => snapshot.workloads.some((w) => w.id === id)): Snapshot {
  switch (change.kind) {
    case 'policy':
      return { ...snapshot, policies: exchanged(snapshot.policies, change.before, change.after) };
    case 'workload': {
      const { before, after } = change;
      if (after !== null && after.id !== before?.id && has(after.id)) throw new RangeError(`there is a workload ${after.id} already`);
      return { ...snapshot, workloads: exchanged(snapshot.workloads, before, after) };
    }
    case 'namespace': {
      const namespaces = new Map(snapshot.namespaces);
      if (change.before !== null && namespaces.get(change.before.name) !== change.before) throw new RangeError(`no namespace ${change.before.name} like this`);
      if (change.before !== null && change.after?.name !== change.before.name) namespaces.delete(change.before.name);
      if (change.after !== null) namespaces.set(change.after.name, change.after);
      return { ...snapshot, namespaces };
    }
  }
}

function exchanged<T>(list: readonly T[], before: T | null, after: T | null): readonly T[] {
  const at = before === null ? list.length : list.indexOf(before);
  if (at < 0) throw new RangeError('what changes is not in the snapshot');
  const next = list.slice();
  next.splice(at, before === null ? 0 : 1, ...(after === null ? [] : [after]));
  return next;
}
