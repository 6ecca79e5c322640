import { dialects } from '../../dialects/registry.gen.ts';
import type { Origin } from '../../kernel/origin.ts';
import type { Diagnostic } from '../../kernel/result.ts';
import { groupOf } from '../../model/metadata.ts';
import type { RawObject, Snapshot } from '../../model/snapshot.ts';
import type { StagedPolicy } from '../../model/staged-policy.ts';
import { dialectFor, surroundingsOf } from '../dialects-of.ts';

/** The staged policies of an input, in its order. */
export function stagedPolicies({ objects }: Pick<Snapshot, 'objects'>): readonly StagedPolicy[] {
  return objects.flatMap((object) => dialectFor(keyOf(object))?.staging?.about(object) ?? []);
}

/**
 * The snapshot as it would be with staged policies promoted: all of them, or those of `only`. Everything but policies stays as it is. Diagnostics are
 * what only shows on promotion.
 */
export function promote(
  snapshot: Snapshot,
  only: readonly StagedPolicy[] | null = null,
): { readonly snapshot: Snapshot; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const chosen = only === null ? null : new Set<Origin>(only.map((p) => p.origin));
  let objects = snapshot.objects;
  for (const { staging } of dialects) {
    if (staging === undefined) continue;
    const after = staging.promoted(chosen === null ? objects : objects.filter((o) => staging.about(o) === null || chosen.has(o.origin)));
    objects = after.objects;
    diagnostics.push(...after.diagnostics);
  }
  const around = surroundingsOf(objects);
  const before = new Set(snapshot.objects);
  const policies = objects.flatMap((object) => {
    const read = object.name === '' ? undefined : dialectFor(keyOf(object))?.read(object, around);
    if (read === undefined) return [];
    // Others have told their faults when the input was read.
    if (!before.has(object)) diagnostics.push(...read.diagnostics);
    return read.ok ? read.value : [];
  });
  return { snapshot: { ...snapshot, objects, policies }, diagnostics };
}

/** `known` without what was told already: a staged policy is checked as such, and again when it is promoted. */
export function freshDiagnostics(told: readonly Diagnostic[], more: readonly Diagnostic[]): readonly Diagnostic[] {
  const key = ({ code, origin }: Diagnostic): string => JSON.stringify([code, origin?.document.file, origin?.document.index, origin?.path]);
  const known = new Set(told.map(key));
  return more.filter((d) => !known.has(key(d)));
}

function keyOf({ apiVersion, kind }: RawObject): string {
  return `${groupOf(apiVersion)}/${kind}`;
}
