import { kept } from '../kernel/memo.ts';
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
  const left: (RawObject | null)[] = [];
  const places = new Places();
  const diagnostics: Diagnostic[] = [];
  for (const object of objects) {
    // Without a name nothing can tell whether it is the same; whoever reads the kind reports it.
    const before = object.name === '' ? undefined : places.take(object, left.length);
    const earlier = before === undefined ? null : (left[before] ?? null);
    const merges = earlier !== null && shared.has(object.kind);
    if (earlier !== null && !merges) diagnostics.push(warning(object, earlier, locator));
    if (before !== undefined) left[before] = null;
    left.push(merges ? merged(earlier, object) : object);
  }
  return { objects: left.filter((o) => o !== null), diagnostics };
}

/** Where the last object of a group, kind, namespace and name stands in a list. */
class Places {
  readonly #byName = new Map<string, Map<string, number>>();
  #last: { readonly like: RawObject; readonly names: Map<string, number> } | null = null;

  /** The place that an object of the same name had, which `at` takes. */
  take(object: RawObject, at: number): number | undefined {
    const names = this.#namesLike(object);
    const before = names.get(object.name);
    names.set(object.name, at);
    return before;
  }

  /** Objects of one kind and namespace mostly follow each other. */
  #namesLike(object: RawObject): Map<string, number> {
    const last = this.#last;
    if (last !== null && last.like.kind === object.kind && last.like.namespace === object.namespace && last.like.apiVersion === object.apiVersion)
      return last.names;
    const names = kept(this.#byName, JSON.stringify([groupOf(object.apiVersion), object.kind, object.namespace]), () => new Map<string, number>());
    this.#last = { like: object, names };
    return names;
  }
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
