import { isMap } from '../kernel/map.ts';

/** Lists of the pod API whose items are told apart by their name, so that a patch changes one and leaves the others. Source: kubernetes/api core/v1, patchMergeKey. */
const namedLists: ReadonlySet<string> = new Set(['containers', 'initContainers', 'env', 'volumes', 'replicatedJobs', 'imagePullSecrets', 'schedulingGates']);

/**
 * `base` with `patch` laid over it, as a strategic merge does: members one by one, items of lists that have names by name, other values and lists whole.
 * Neither is changed. Nests as deep as the two do, which every parsed document bounds.
 */
export function merged(base: unknown, patch: unknown, key = ''): unknown {
  if (patch === undefined || patch === null) return base;
  if (isMap(base) && isMap(patch)) {
    const out = new Map<string, unknown>(Object.entries(base));
    for (const [name, value] of Object.entries(patch)) out.set(name, merged(out.get(name), value, name));
    return Object.fromEntries(out);
  }
  if (Array.isArray(base) && Array.isArray(patch) && namedLists.has(key)) return mergedLists(base, patch);
  return patch;
}

function mergedLists(base: readonly unknown[], patch: readonly unknown[]): readonly unknown[] {
  const out = [...base];
  const places = new Map(base.map((item, i) => [nameOf(item), i]));
  for (const item of patch) {
    const at = places.get(nameOf(item));
    if (at === undefined || nameOf(item) === undefined) out.push(item);
    else out[at] = merged(out[at], item);
  }
  return out;
}

function nameOf(item: unknown): unknown {
  return isMap(item) && Object.hasOwn(item, 'name') ? item.name : undefined;
}
