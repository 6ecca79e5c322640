import type { Path } from '../kernel/origin.ts';

/** No Kubernetes object nests deeper (CRD schemas included); deeper input is an attack or a mistake, and would only cost stack. */
export const longestNesting = 200;

/** Values that aliases may add to a document of `length` code units: generous to people, tiny beside what ten nested aliases can ask for. */
export function nodeBudget(length: number): number {
  return length + 200_000;
}

/** What is wrong with the shape of a parsed document. `path` is where it was seen. */
export interface ShapeFault {
  readonly code: 'nested-too-deeply' | 'alias-cycle' | 'too-many-aliases';
  readonly message: string;
  readonly hint: string;
  readonly path: Path;
}

/** The shape of a parsed document: how many object members it holds with aliases written out, or what is wrong with it. */
export type Shape = { readonly members: number } | { readonly fault: ShapeFault };

interface Frame {
  readonly node: object;
  readonly keys: readonly string[] | null;
  readonly length: number;
  next: number;
}

/** Walks a document once, aliases written out, within a budget of nodes and levels; never recurses. */
export function shapeOf(root: unknown, budget: number): Shape {
  const stack: Frame[] = [];
  let nodes = 0;
  let members = 0;
  const path = (): Path => stack.map((f) => (f.keys === null ? f.next - 1 : (f.keys[f.next - 1] ?? '')));
  const enter = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const keys = Array.isArray(value) ? null : Object.keys(value);
    if (keys !== null) members += keys.length;
    stack.push({ node: value, keys, length: keys === null ? (value as readonly unknown[]).length : keys.length, next: 0 });
  };
  enter(root);
  for (;;) {
    const top = stack.at(-1);
    if (top === undefined) return { members };
    if (top.next >= top.length) {
      stack.pop();
      continue;
    }
    const at = top.next++;
    const child = top.keys === null ? (top.node as readonly unknown[])[at] : (top.node as Readonly<Record<string, unknown>>)[top.keys[at] ?? ''];
    if (++nodes > budget) {
      return {
        fault: {
          code: 'too-many-aliases',
          message: `Its aliases stand for more than ${budget} values when written out.`,
          hint: 'Write the values out, or split the document.',
          path: path().slice(0, 1),
        },
      };
    }
    if (stack.length >= longestNesting && typeof child === 'object' && child !== null) {
      const cycle = stack.some((f) => f.node === child);
      return {
        fault: cycle
          ? {
              code: 'alias-cycle',
              message: 'An alias stands inside the very value that its anchor names, so the value has no end.',
              hint: 'Remove the alias.',
              path: path().slice(0, 1),
            }
          : {
              code: 'nested-too-deeply',
              message: `This is nested more than ${longestNesting} levels deep.`,
              hint: 'No Kubernetes object is; check how the file was made.',
              path: path().slice(0, 1),
            },
      };
    }
    enter(child);
  }
}
