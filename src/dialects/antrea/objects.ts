import { Reader } from '../../kernel/reader.ts';
import type { RawObject } from '../../model/snapshot.ts';
import type { Surroundings } from '../dialect.ts';

/** The API group of Antrea's own kinds. Source: antrea pkg/apis/crd/v1beta1/register.go. */
export const group = 'crd.antrea.io';

/** The spec of another object of the input, by kind, namespace (null: none) and name; undefined when it is not there. Faults in it are told where it is read itself. */
export function specOf(around: Surroundings, ofGroup: string, kind: string, namespace: string | null, name: string): Reader | undefined {
  const object = around.of(ofGroup, kind).find((o) => o.name === name && namespaceOf(o, namespace) === namespace);
  return object === undefined ? undefined : new Reader(object.body, object.origin, []).field('spec');
}

/** Objects without a namespace are in `default`, where the kind has namespaces. */
function namespaceOf(object: RawObject, wanted: string | null): string | null {
  return wanted === null ? null : (object.namespace ?? 'default');
}
