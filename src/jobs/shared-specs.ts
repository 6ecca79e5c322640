import { isMap } from '../kernel/map.ts';
import { kept } from '../kernel/memo.ts';
import type { ContainerPort, PodFacts } from '../model/workload.ts';

/** What is read of a pod spec but for the node: no part of it knows where the spec stands, so that equal specs can share it. */
export interface SpecRead {
  readonly serviceAccount: string;
  readonly hostNetwork: boolean;
  readonly ports: readonly ContainerPort[];
  readonly pod: PodFacts;
}

/** Specs that are kept of one image: pods of a few owners may take turns in a list. */
const mostKept = 4;

/** Members of the items of a list that nothing is read from and that differ between pods of one template: the volume for the token has a made-up name. */
const unread: ReadonlyMap<string, string> = new Map([
  ['containers', 'volumeMounts'],
  ['initContainers', 'volumeMounts'],
  ['volumes', 'name'],
]);

/**
 * What was read of the pod specs of one input. A cluster has many pods of few templates: a spec that says what an earlier one said, as far as anything is
 * read, shares what was read of it. Takes plain data that nests a bounded number of levels, as every parsed document does.
 */
export class SharedSpecs {
  readonly #byImage = new Map<string, { readonly spec: unknown; readonly read: SpecRead }[]>();

  /** What was read of an equal spec, when one was kept. */
  find(spec: unknown): SpecRead | undefined {
    const image = imageOf(spec);
    return image === undefined ? undefined : this.#byImage.get(image)?.find((known) => sameSpec(known.spec, spec))?.read;
  }

  /** Keeps what was read of a spec that has no faults. */
  keep(spec: unknown, read: SpecRead): void {
    const image = imageOf(spec);
    if (image === undefined) return;
    const known = kept(this.#byImage, image, () => []);
    if (known.length === mostKept) known.pop();
    known.unshift({ spec, read });
  }
}

/** The first container's image: which specs are worth comparing. */
function imageOf(spec: unknown): string | undefined {
  const containers = isMap(spec) ? spec.containers : undefined;
  const first: unknown = Array.isArray(containers) ? containers[0] : undefined;
  return isMap(first) && typeof first.image === 'string' ? first.image : undefined;
}

/** Whether two specs say the same, wherever anything is read from. The node is read of each pod. */
function sameSpec(a: unknown, b: unknown): boolean {
  return sameMembers(a, b, (key, x, y) => {
    if (key === 'nodeName') return true;
    const skipped = unread.get(key);
    if (skipped === undefined || !Array.isArray(x) || !Array.isArray(y)) return same(x, y);
    return x.length === y.length && x.every((item, i) => sameMembers(item, y[i], (name, p, q) => name === skipped || same(p, q)));
  });
}

/** Whether two values are equal, the order of members included. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]));
  return sameMembers(a, b, sameMember);
}

function sameMember(_key: string, a: unknown, b: unknown): boolean {
  return same(a, b);
}

function sameMembers(a: unknown, b: unknown, compare: (key: string, a: unknown, b: unknown) => boolean): boolean {
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  const others = Object.keys(b);
  return keys.length === others.length && keys.every((key, i) => key === others[i] && compare(key, a[key], b[key]));
}
