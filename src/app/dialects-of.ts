import type { Dialect, Surroundings } from '../dialects/dialect.ts';
import { dialects } from '../dialects/registry.gen.ts';
import { kept } from '../kernel/memo.ts';
import { groupOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';

const byKind: ReadonlyMap<string, Dialect> = new Map(dialects.flatMap((d) => d.kinds.map(({ group, kind }): [string, Dialect] => [`${group}/${kind}`, d])));

/** The language that reads objects of a kind; undefined when none does. `key` is the API group without version, a slash and the kind. */
export function dialectFor(key: string): Dialect | undefined {
  return byKind.get(key);
}

/** The objects of one input as policies refer to them. */
export function surroundingsOf(objects: readonly RawObject[]): Surroundings {
  const byKey = new Map<string, RawObject[]>();
  for (const object of objects) kept(byKey, `${groupOf(object.apiVersion)}/${object.kind}`, () => []).push(object);
  return { of: (group, kind) => byKey.get(`${group}/${kind}`) ?? [] };
}
