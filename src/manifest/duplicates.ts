import type { Locator } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { groupOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';

/** Kinds that several people write parts of: a pack adds its labels to a namespace that is there already. Server-side apply merges their maps. */
const shared: ReadonlySet<string> = new Set(['Namespace', 'ServiceAccount']);

/**
 * One of each object: where two have the same group, kind, namespace and name, the later counts, as with `kubectl apply`, and a warning names both places.
 * Namespaces and ServiceAccounts are merged without a word: labels and annotations of both, the later's where they differ.
 */
export function dropDuplicates(
  objects: readonly RawObject[],
  locator: Locator,
): { readonly objects: readonly RawObject[]; readonly diagnostics: readonly Diagnostic[] } {
  const kept = new Map<string, RawObject>();
  const diagnostics: Diagnostic[] = [];
  let nameless = 0;
  for (const object of objects) {
    if (object.name === '') {
      // Without a name nothing can tell whether it is the same; whoever reads the kind reports it.
      kept.set(`#${nameless++}`, object);
      continue;
    }
    const key = JSON.stringify([groupOf(object.apiVersion), object.kind, object.namespace, object.name]);
    const earlier = kept.get(key);
    const merges = earlier !== undefined && shared.has(object.kind);
    if (earlier !== undefined && !merges) diagnostics.push(warning(object, earlier, locator));
    kept.delete(key);
    kept.set(key, merges ? merged(earlier, object) : object);
  }
  return { objects: [...kept.values()], diagnostics };
}

/** The later object with the labels and annotations of the earlier added. Neither is touched. */
function merged(earlier: RawObject, later: RawObject): RawObject {
  const before = mapIn(earlier.body, 'metadata');
  const after = mapIn(later.body, 'metadata');
  const metadata = { ...before, ...after };
  for (const field of ['labels', 'annotations']) {
    const both = { ...mapIn(before, field), ...mapIn(after, field) };
    if (Object.keys(both).length > 0) metadata[field] = both;
  }
  return { ...later, body: { ...earlier.body, ...later.body, metadata } };
}

function mapIn(object: Readonly<Record<string, unknown>>, field: string): Record<string, unknown> {
  const value = Object.hasOwn(object, field) ? object[field] : undefined;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function warning(object: RawObject, earlier: RawObject, locator: Locator): Diagnostic {
  const { file, line, column } = locator.locate(earlier.origin);
  const name = `${object.namespace === null ? '' : `${object.namespace}/`}${object.name}`;
  return {
    code: 'duplicate-object',
    severity: 'warning',
    message: `${object.kind} ${name} is also at ${file}:${line}:${column}; this later one counts, as with kubectl apply.`,
    hint: 'Remove one of them, or give each its own name.',
    origin: object.origin,
  };
}
