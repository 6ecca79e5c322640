import { z } from 'zod';
import type { Path } from '../kernel/origin.ts';
import { zoneSchema } from './schema.ts';

/** A JSON Schema node, as far as the zone's schema goes. */
interface Node {
  readonly description?: string;
  readonly type?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly additionalProperties?: boolean | Node;
  readonly anyOf?: readonly Node[];
}

let made: Node | undefined;

function schema(): Node {
  made ??= z.toJSONSchema(zoneSchema, { io: 'input' }) as Node;
  return made;
}

/** JSON Schema (draft 2020-12) of a TrainingZone as a user writes it. */
export function zoneJsonSchema(): Readonly<Record<string, unknown>> {
  return { ...schema() };
}

/** The schema nodes that a path may mean; several where alternatives exist. */
function nodesAt(path: Path): readonly Node[] {
  let nodes: readonly Node[] = alternatives(schema());
  for (const step of path) {
    nodes = nodes.flatMap((node) => {
      const next =
        typeof step === 'number' ? node.items : node.properties !== undefined && Object.hasOwn(node.properties, step) ? node.properties[step] : undefined;
      return next === undefined ? [] : alternatives(next);
    });
  }
  return nodes;
}

function alternatives(node: Node): readonly Node[] {
  return [node, ...(node.anyOf ?? []).flatMap(alternatives)];
}

/** The keys an object at this path may have. */
export function knownKeys(path: Path): readonly string[] {
  return [...new Set(nodesAt(path).flatMap((node) => Object.keys(node.properties ?? {})))];
}

/** What the field at this path is for; empty when the schema has no such field. */
export function descriptionOf(path: Path): string {
  return nodesAt(path).find((node) => node.description !== undefined)?.description ?? '';
}
