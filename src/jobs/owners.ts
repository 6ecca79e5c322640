import { kept } from '../kernel/memo.ts';
import { controllerOf, groupOf, type Owner, uidOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Expanded } from './expanded.ts';

/** Who stands at the top above an object: an object that was read, or the name of one that was not; `self` when nothing controls it. */
export type Top =
  | { readonly kind: 'self' }
  | { readonly kind: 'read'; readonly expanded: Expanded }
  | { readonly kind: 'named'; readonly owner: Owner; readonly key: string };

/** Owners that are no workload: the pods of a node's own manifests name their node. Source: kubernetes.io, Static Pods (mirror pods). */
const noOwners: ReadonlySet<string> = new Set(['Node']);

const self: Top = { kind: 'self' };

/**
 * Follows controller references upwards. A reference is followed only to an object of the same kind, name and namespace, and, as far as both sides say, of
 * the same group and uid. Objects that control each other in a circle control nothing: each stands for itself, so that none is lost, and is listed in
 * `circular`. Linear in the number of objects, however long the chains are.
 */
export class Owners {
  readonly circular: RawObject[] = [];
  readonly #byName = new Map<string, Expanded[]>();
  /** Of what something controls; most of a cluster's objects control nothing and are controlled by nothing. */
  readonly #tops = new Map<Expanded, Top>();

  constructor(expanded: readonly Expanded[]) {
    const owned: Expanded[] = [];
    const kinds = new Set<string>();
    for (const e of expanded) {
      const owner = ownerOf(e.object);
      if (owner === null) continue;
      owned.push(e);
      kinds.add(owner.kind);
    }
    if (owned.length === 0) return;
    for (const e of expanded) if (kinds.has(e.object.kind)) kept(this.#byName, keyOf(e.object.kind, e.object.namespace, e.object.name), () => []).push(e);
    for (const e of owned) this.#settle(e);
  }

  /** The topmost controller that was read, else the nearest one that was not. */
  topOf(expanded: Expanded): Top {
    return this.#tops.get(expanded) ?? self;
  }

  /** The controller of this very object, when it was read. */
  parentOf({ object }: Expanded): Expanded | undefined {
    const owner = ownerOf(object);
    return owner === null ? undefined : this.#find(owner, object.namespace);
  }

  #settle(start: Expanded): void {
    const way: Expanded[] = [];
    const onWay = new Map<Expanded, number>();
    let at = start;
    let top = this.#tops.get(at);
    while (top === undefined) {
      onWay.set(at, way.length);
      way.push(at);
      const above = this.parentOf(at);
      if (above === undefined) {
        top = this.#endOf(at);
        this.#tops.set(at, top);
        way.pop();
        break;
      }
      const circle = onWay.get(above);
      if (circle !== undefined) {
        for (const e of way.splice(circle)) {
          this.#tops.set(e, self);
          this.circular.push(e.object);
        }
        at = above;
        top = self;
        break;
      }
      at = above;
      top = this.#tops.get(at);
    }
    // `at` is settled now; what is left of the way hangs below it. A name that was not read is above all of them, and the nearest object that was read counts.
    const shared: Top = top?.kind === 'read' ? top : { kind: 'read', expanded: at };
    for (const e of way) this.#tops.set(e, shared);
  }

  /** For an object whose controller, if any, was not read. */
  #endOf({ object }: Expanded): Top {
    const owner = ownerOf(object);
    if (owner === null) return self;
    return { kind: 'named', owner, key: JSON.stringify([owner.group, owner.kind, object.namespace, owner.name, owner.uid]) };
  }

  #find(owner: Owner, namespace: string | null): Expanded | undefined {
    return this.#byName.get(keyOf(owner.kind, namespace, owner.name))?.find(({ object }) => {
      const uid = uidOf(object);
      return (owner.group === null || owner.group === groupOf(object.apiVersion)) && (owner.uid === null || uid === null || uid === '' || owner.uid === uid);
    });
  }
}

function ownerOf(object: RawObject): Owner | null {
  const owner = controllerOf(object);
  return owner === null || noOwners.has(owner.kind) ? null : owner;
}

function keyOf(kind: string, namespace: string | null, name: string): string {
  return `${kind}/${namespace ?? 'default'}/${name}`;
}
