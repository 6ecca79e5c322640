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

/** One field of the zone, for docs. `path` reads like `spec.workloads[].data[].s3.bucket`; `values` are the words it takes, when there are few. */
export interface ZoneField {
  readonly path: string;
  readonly required: boolean;
  /** As JSON text; null when there is none. */
  readonly default: string | null;
  readonly values: readonly string[];
  readonly description: string;
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

/** Every field of the zone in document order, parents before children. */
export function zoneFields(): readonly ZoneField[] {
  const out: ZoneField[] = [];
  const walk = (node: Node, path: string): void => {
    for (const branch of [node, ...(node.anyOf ?? [])]) {
      for (const [key, child] of Object.entries(branch.properties ?? {})) {
        const at = path === '' ? key : `${path}.${key}`;
        if (out.some((field) => field.path === at)) continue;
        const words = [child, ...(child.anyOf ?? [])].flatMap((one) => (one.const !== undefined ? [one.const] : (one.enum ?? [])));
        out.push({
          path: at,
          required: branch.required?.includes(key) ?? false,
          default: child.default === undefined ? null : JSON.stringify(child.default),
          values: words.map(String),
          description: child.description ?? '',
        });
        walk(child, at);
        for (const items of [child, ...(child.anyOf ?? [])]) if (items.items !== undefined) walk(items.items, `${at}[]`);
      }
    }
  };
  walk(schema(), '');
  return out;
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
