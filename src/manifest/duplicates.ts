import type { Locator } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { groupOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';

/** One of each object: where two have the same group, kind, namespace and name, the later counts, as with `kubectl apply`, and a warning names both places. */
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
    if (earlier !== undefined) diagnostics.push(warning(object, earlier, locator));
    kept.delete(key);
    kept.set(key, object);
  }
  return { objects: [...kept.values()], diagnostics };
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
