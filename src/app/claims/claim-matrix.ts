import { directoryOf } from '../../engine/directory.ts';
import type { Reachability, ReachParty } from '../../engine/reach.ts';
import type { Direction } from '../../model/policy.ts';
import type { Workload } from '../../model/workload.ts';

/**
 * What claims ask of a matrix: the engine's answers, or those of a certificate that were decided packet by packet. One that knows who is out of reach of
 * whom says so (`contacts`), and who is like whom (`sortOf`), and is not asked about each pair.
 */
export type ClaimMatrix = Pick<Reachability, 'snapshot' | 'profile' | 'parties' | 'between' | 'isolated'> &
  Partial<Pick<Reachability, 'others' | 'contacts' | 'contactsOutside' | 'sortOf'>>;

/** Nodes, outside blocks and names. */
export function othersOf(reach: ClaimMatrix): readonly ReachParty[] {
  return reach.others ?? reach.parties.filter((p) => p.kind !== 'workload');
}

/** Workloads that one may reach, or be reached by, in snapshot order; between it and all others everything is denied. */
export function contactsOf(reach: ClaimMatrix, { id }: Workload, direction: Direction): readonly Workload[] {
  const contacts = reach.contacts?.(id, direction);
  return contacts === undefined ? reach.snapshot.workloads : directoryOf(reach.snapshot).inOrder(contacts);
}

const places = new WeakMap<readonly ReachParty[], ReadonlyMap<ReachParty, number>>();

/** Outside blocks that a workload may reach, or be reached from, in the order of the matrix; all of them where that is not known beforehand. */
export function outsideContacts(reach: ClaimMatrix, { id }: Workload, direction: Direction): readonly ReachParty[] {
  const others = othersOf(reach);
  const contacts = reach.contactsOutside?.(id, direction);
  if (contacts === undefined) return others;
  const order = places.get(others) ?? new Map(others.map((party, i) => [party, i]));
  places.set(others, order);
  return [...contacts].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
}
