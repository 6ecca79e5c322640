import type { Reachability, ReachParty } from '../../engine/reach.ts';
import type { Direction } from '../../model/policy.ts';
import type { Workload, WorkloadId } from '../../model/workload.ts';

/**
 * What claims ask of a matrix: the engine's answers, or those of a certificate that were decided packet by packet. One that knows who is out of reach of
 * whom says so (`contactGroups`), and who is like whom (`sortOf`), and is not asked about each pair.
 */
export type ClaimMatrix = Pick<Reachability, 'snapshot' | 'profile' | 'parties' | 'between' | 'isolated'> &
  Partial<Pick<Reachability, 'others' | 'contactGroups' | 'contactsOutside' | 'sortOf' | 'podsSortOf' | 'outsideSortOf'>>;

export function partyOf({ id }: Pick<Workload, 'id'>): ReachParty {
  return { kind: 'workload', id };
}

/** Nodes, outside blocks and names. */
export function othersOf(reach: ClaimMatrix): readonly ReachParty[] {
  return reach.others ?? reach.parties.filter((p) => p.kind !== 'workload');
}

/**
 * Workloads that one may reach, or be reached by, in groups between whose workloads no rule tells: what is exchanged with the first is exchanged with each.
 * Either those on the network of their node (`hosts`), one by one, or all others. Between it and everybody else everything is denied.
 */
export function* contactGroups(reach: ClaimMatrix, { id }: Workload, direction: Direction, hosts: boolean): Generator<readonly WorkloadId[]> {
  const groups = reach.contactGroups?.(id, direction, hosts);
  if (groups !== undefined) yield* groups;
  else for (const w of reach.snapshot.workloads) if (w.hostNetwork === hosts && w.lifecycle !== 'finished') yield [w.id];
}

const places = new WeakMap<readonly ReachParty[], ReadonlyMap<ReachParty, number>>();

/** Contacts in order: whoever is open has the same. */
const sorted = new WeakMap<ReadonlySet<ReachParty>, { readonly others: readonly ReachParty[]; readonly list: readonly ReachParty[] }>();

/** Outside blocks that a workload may reach, or be reached from, in the order of the matrix; all of them where that is not known beforehand. */
export function outsideContacts(reach: ClaimMatrix, { id }: Workload, direction: Direction): readonly ReachParty[] {
  const others = othersOf(reach);
  const contacts = reach.contactsOutside?.(id, direction);
  if (contacts === undefined) return others;
  const known = sorted.get(contacts);
  if (known !== undefined && known.others === others) return known.list;
  const order = places.get(others) ?? new Map(others.map((party, i) => [party, i]));
  places.set(others, order);
  const list = [...contacts].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  sorted.set(contacts, { others, list });
  return list;
}
