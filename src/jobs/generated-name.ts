import type { MadeUpLabel } from '../model/made-up-label.ts';
import type { RawObject } from '../model/snapshot.ts';

/** Whether the API server makes up the end of the object's name (`metadata.generateName`), which stands as `*`. */
export function isGenerated({ name }: RawObject): boolean {
  return name.includes('*');
}

/** A label that names an object whose name the API server makes up; none where the name is known. Source: kubernetes/apiserver pkg/storage/names SimpleNameGenerator. */
export function generatedLabel(object: RawObject, key: string, write: (name: string) => string = (name) => name): readonly MadeUpLabel[] {
  if (!isGenerated(object)) return [];
  const why = `the name of ${object.kind} ${object.namespace ?? 'default'}/${object.name}, whose end the API server makes up`;
  return [{ key, value: write(object.name), patterns: [write(object.name.replace(/\*\d*$/, '?????'))], why }];
}
