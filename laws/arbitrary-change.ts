import fc from 'fast-check';
import type { Change } from '../src/model/change.ts';
import type { Policy } from '../src/model/policy.ts';
import type { Snapshot } from '../src/model/snapshot.ts';

/** What happens next, drawn before it is known to whom: `which` and `from` choose among what is there. */
interface Step {
  readonly kind: 'policy' | 'cluster policy' | 'workload' | 'host' | 'namespace';
  readonly how: 'comes' | 'goes' | 'changes';
  readonly which: number;
  readonly from: number;
  /** Whether all of what changes is exchanged, or which part alone. */
  readonly part: number | null;
}

/** What of a workload, and of a policy, may change alone. */
const workloadParts = [
  'node',
  'labels',
  'node',
  'namespace',
  'hostNetwork',
  'ports',
  'node',
  'ips',
  'replicas',
  'lifecycle',
  'serviceAccount',
  'perPodLabels',
] as const;
const policyParts = ['rules', 'subject', 'isolates'] as const;

/** Some steps; the pool that `changeOf` takes is where new things come from. */
export function arbitrarySteps(most: number): fc.Arbitrary<readonly Step[]> {
  return fc.array(arbitraryStep, { minLength: 1, maxLength: most });
}

/** Steps that come one by one, and some that come together. */
export function arbitraryBatches(most: number): fc.Arbitrary<readonly (readonly Step[])[]> {
  const batch = fc.oneof({ weight: 3, arbitrary: arbitrarySteps(1) }, { weight: 1, arbitrary: arbitrarySteps(3) });
  return fc.array(batch, { minLength: Math.ceil(most / 2), maxLength: most });
}

const arbitraryStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    'policy' as const,
    'policy' as const,
    'cluster policy' as const,
    'workload' as const,
    'workload' as const,
    'host' as const,
    'namespace' as const,
  ),
  how: fc.constantFrom('comes' as const, 'goes' as const, 'changes' as const, 'changes' as const),
  which: fc.nat(20),
  from: fc.nat(20),
  part: fc.option(fc.nat(29), { freq: 2 }),
});

/** The change that a step means for this snapshot, with things of the pool; null when there is nothing to change. */
export function changeOf(snapshot: Snapshot, pool: Snapshot, { kind, how, which, from, part }: Step, round: number): Change | null {
  if (kind === 'namespace') {
    const before = at([...snapshot.namespaces.values()], which);
    const missing = how === 'comes' ? [...pool.namespaces.values()].filter((n) => !snapshot.namespaces.has(n.name)) : [];
    const other = at(missing.length > 0 ? missing : [...pool.namespaces.values()], from);
    if (how === 'goes') return before === null ? null : { kind, before, after: null };
    if (other === null) return null;
    const known = snapshot.namespaces.get(other.name) ?? null;
    return { kind, before: known, after: { ...other } };
  }
  if (kind === 'host') {
    // A hostNetwork pod that moves takes with it what its node is allowed.
    const before = at(
      snapshot.workloads.filter((w) => w.hostNetwork),
      which,
    );
    return before === null ? null : { kind: 'workload', before, after: { ...before, node: at(['n1', 'n2', 'n3', null], from) } };
  }
  if (kind !== 'workload') {
    const wanted = ({ policies }: Snapshot): readonly Policy[] => policies.filter((p) => (p.namespace === null) === (kind === 'cluster policy'));
    const before = how === 'comes' ? null : at(wanted(snapshot), which);
    const other = how === 'goes' ? null : at(wanted(pool), from);
    const named = other === null ? null : { ...other, id: before?.id ?? `${other.id} of round ${round}`, name: before?.name ?? `${other.name}-${round}` };
    const after = named === null || before === null || part === null ? named : withPart(before, named, policyParts, part);
    return before === null && after === null ? null : { kind: 'policy', before, after };
  }
  const before = how === 'comes' ? null : at(snapshot.workloads, which);
  const other = how === 'goes' ? null : at(pool.workloads, from);
  const named = other === null ? null : { ...other, id: before?.id ?? `${other.id}-${round}`, name: before?.name ?? `${other.name}-${round}` };
  const after = named === null || before === null || part === null ? named : withPart(before, named, workloadParts, part);
  return before === null && after === null ? null : { kind: 'workload', before, after };
}

/** What sort of change it is, for those who count. */
export function sortOf(change: Change): string {
  const { kind, before, after } = change;
  const what = change.kind === 'policy' && (change.after ?? change.before)?.namespace === null ? 'cluster policy' : kind;
  return `a ${what} ${before === null ? 'comes' : after === null ? 'goes' : 'changes'}`;
}

/** The one, with one of these parts as the other has it. */
function withPart<T extends object, K extends keyof T>(one: T, other: T, parts: readonly K[], part: number): T {
  const key = parts[part % parts.length] as K;
  return { ...one, [key]: other[key] };
}

function at<T>(list: readonly T[], index: number): T | null {
  return list.length === 0 ? null : (list[index % list.length] as T);
}
