import fc from 'fast-check';
import type { Change } from '../src/model/change.ts';
import type { Snapshot } from '../src/model/snapshot.ts';

/** What happens next, drawn before it is known to whom: `which` and `from` choose among what is there. */
interface Step {
  readonly kind: 'policy' | 'workload' | 'namespace';
  readonly how: 'comes' | 'goes' | 'changes';
  readonly which: number;
  readonly from: number;
}

/** Some steps; `pool` is where new things come from. */
export function arbitrarySteps(most: number): fc.Arbitrary<readonly Step[]> {
  return fc.array(
    fc.record({
      kind: fc.constantFrom('policy' as const, 'policy' as const, 'workload' as const, 'workload' as const, 'namespace' as const),
      how: fc.constantFrom('comes' as const, 'goes' as const, 'changes' as const, 'changes' as const),
      which: fc.nat(20),
      from: fc.nat(20),
    }),
    { minLength: 1, maxLength: most },
  );
}

/** The change that a step means for this snapshot, with things of the pool; null when there is nothing to change. */
export function changeOf(snapshot: Snapshot, pool: Snapshot, { kind, how, which, from }: Step, round: number): Change | null {
  if (kind === 'namespace') {
    const before = at([...snapshot.namespaces.values()], which);
    const other = at([...pool.namespaces.values()], from);
    if (how === 'goes') return before === null ? null : { kind, before, after: null };
    if (other === null) return null;
    const known = snapshot.namespaces.get(other.name) ?? null;
    return { kind, before: known, after: { ...other } };
  }
  if (kind === 'policy') {
    const before = how === 'comes' ? null : at(snapshot.policies, which);
    const other = how === 'goes' ? null : at(pool.policies, from);
    const after = other === null ? null : { ...other, id: before?.id ?? `${other.id} of round ${round}`, name: before?.name ?? `${other.name}-${round}` };
    return before === null && after === null ? null : { kind, before, after };
  }
  const before = how === 'comes' ? null : at(snapshot.workloads, which);
  const other = how === 'goes' ? null : at(pool.workloads, from);
  const after = other === null ? null : { ...other, id: before?.id ?? `${other.id}-${round}`, name: before?.name ?? `${other.name}-${round}` };
  return before === null && after === null ? null : { kind, before, after };
}

function at<T>(list: readonly T[], index: number): T | null {
  return list.length === 0 ? null : (list[index % list.length] as T);
}
