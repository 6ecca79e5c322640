import { kept } from '../../kernel/memo.ts';
import type { ChangedObject } from '../../model/diff-report.ts';
import type { Policy } from '../../model/policy.ts';
import { policyText } from '../../model/policy-text.ts';
import type { Snapshot } from '../../model/snapshot.ts';

/** Policies that only one side has, as they stand there. */
export interface PolicyChanges {
  readonly gone: readonly Policy[];
  readonly come: readonly Policy[];
}

/** Compares policies by meaning, so that a moved or reformatted one is the same. */
export function policyChanges(before: Snapshot, after: Snapshot): PolicyChanges {
  const counts = new Map<string, number>();
  for (const p of before.policies) counts.set(policyText(p), (counts.get(policyText(p)) ?? 0) + 1);
  const come = after.policies.filter((p) => !take(counts, policyText(p)));
  const gone = [...before.policies].reverse().filter((p) => take(counts, policyText(p)));
  return { gone: gone.reverse(), come };
}

function take(counts: Map<string, number>, text: string): boolean {
  const n = counts.get(text) ?? 0;
  if (n > 0) counts.set(text, n - 1);
  return n > 0;
}

/** The changes as a person lists them: a policy of the same name on both sides was changed. */
export function changedPolicies({ gone, come }: PolicyChanges): ChangedObject[] {
  const names = new Map<string, Policy[]>();
  for (const p of gone) kept(names, p.id, () => []).push(p);
  const changes = come.map((p): ChangedObject => ({ title: p.id, how: (names.get(p.id) ?? []).shift() === undefined ? 'added' : 'changed', origin: p.origin }));
  return [...changes, ...[...names.values()].flat().map((p): ChangedObject => ({ title: p.id, how: 'removed', origin: p.origin }))];
}
