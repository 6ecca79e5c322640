import { isMap } from '../kernel/map.ts';
import { plainMap } from '../kernel/plain-map.ts';
import type { Labels } from './labels.ts';
import type { RawObject } from './snapshot.ts';

/** The API group of an `apiVersion`: what stands before the slash, '' for core (`v1`). */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** The object's own labels; null is the empty text, as Go decodes it. Other values that are no text are left out: reading the manifest refuses them. */
export function labelsOf(object: RawObject): Labels {
  return textMembers(metadata(object, 'labels'));
}

/** The object's own annotations, as `labelsOf`. */
export function annotationsOf(object: RawObject): Labels {
  return textMembers(metadata(object, 'annotations'));
}

/** The object's own `uid`, when the cluster has given it one. */
export function uidOf(object: RawObject): string | null {
  const uid = metadata(object, 'uid');
  return typeof uid === 'string' ? uid : null;
}

/**
 * Whether the object came from a cluster: the API server sets these three on every object, and nobody writes them by hand. Only then is its status
 * something that a controller said. Source: kubernetes/apimachinery meta/v1 ObjectMeta.
 */
export function isLive(object: RawObject): boolean {
  return ['uid', 'resourceVersion', 'creationTimestamp'].some((field) => {
    const value = metadata(object, field);
    return typeof value === 'string' && value !== '';
  });
}

/**
 * The object that controls another one, as its ownerReferences name it. `group` is the API group and `uid` its identity; null where the reference does not
 * say. Source: kubernetes/apimachinery metav1.GetControllerOf.
 */
export interface Owner {
  readonly group: string | null;
  readonly kind: string;
  readonly name: string;
  readonly uid: string | null;
}

/** What controls the object; null when nothing does. */
export function controllerOf(object: RawObject): Owner | null {
  const references = metadata(object, 'ownerReferences');
  if (!Array.isArray(references)) return null;
  for (const reference of references as readonly unknown[]) {
    if (!isMap(reference) || reference.controller !== true || typeof reference.name !== 'string' || reference.name === '') continue;
    const { apiVersion, kind, name, uid } = reference;
    return {
      group: typeof apiVersion === 'string' && apiVersion !== '' ? groupOf(apiVersion) : null,
      kind: typeof kind === 'string' && kind !== '' ? kind : object.kind,
      name,
      uid: typeof uid === 'string' && uid !== '' ? uid : null,
    };
  }
  return null;
}

function metadata(object: RawObject, field: string): unknown {
  const all = Object.hasOwn(object.body, 'metadata') ? object.body.metadata : undefined;
  return isMap(all) && Object.hasOwn(all, field) ? all[field] : undefined;
}

function textMembers(value: unknown): Labels {
  if (!isMap(value)) return {};
  const out = plainMap<string>();
  for (const [key, text] of Object.entries(value)) {
    if (typeof text === 'string') out[key] = text;
    else if (text === null) out[key] = '';
  }
  return out;
}
