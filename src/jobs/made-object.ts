import type { Labels } from '../model/labels.ts';
import { uidOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';

/** An object that the controller of `owner` makes beside it, with the reference that says so, as the controller writes it. It stands at the place of the owner. */
export function madeObject(
  owner: RawObject,
  made: { readonly apiVersion: string; readonly kind: string; readonly name: string; readonly labels?: Labels; readonly spec: object },
): RawObject {
  const { apiVersion, kind, name, labels, spec } = made;
  const namespace = owner.namespace ?? 'default';
  const uid = uidOf(owner);
  const reference = { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.name, controller: true, ...(uid === null ? {} : { uid }) };
  const metadata = { name, namespace, ...(labels === undefined ? {} : { labels: { ...labels } }), ownerReferences: [reference] };
  return { apiVersion, kind, namespace, name, body: { apiVersion, kind, metadata, spec }, origin: owner.origin };
}

/** A NetworkPolicy of this kind. */
export function madePolicy(owner: RawObject, name: string, spec: object, labels?: Labels): RawObject {
  return madeObject(owner, { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', name, spec, ...(labels === undefined ? {} : { labels }) });
}

/** A Service of this kind. */
export function madeService(owner: RawObject, name: string, spec: object, labels?: Labels): RawObject {
  return madeObject(owner, { apiVersion: 'v1', kind: 'Service', name, spec, ...(labels === undefined ? {} : { labels }) });
}
