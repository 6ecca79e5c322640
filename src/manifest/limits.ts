import type { Path } from '../kernel/origin.ts';

/** No Kubernetes object nests deeper (CRD schemas included); deeper input is an attack or a mistake, and would only cost stack. */
export const longestNesting = 200;

/** Values that aliases may add to a document of `length` code units: generous to people, tiny beside what ten nested aliases can ask for. */
export function nodeBudget(length: number): number {
  return length + 200_000;
}

/** What is wrong with the shape of a parsed document. `path` is the outermost member in which it was seen. */
export interface ShapeFault {
  readonly code: 'nested-too-deeply' | 'alias-cycle' | 'too-many-aliases' | 'mapping-as-key';
  readonly message: string;
  readonly hint: string;
  readonly path: Path;
}

/** The shape of a parsed document: how many object members it holds with aliases written out, or what is wrong with it. */
export type Shape = { readonly members: number } | { readonly fault: ShapeFault };

interface Frame {
  readonly node: object;
  /** Null for a list. */
  readonly keys: readonly string[] | null;
  readonly length: number;
  next: number;
}

/** What the YAML parser calls a key that is itself a mapping: `name: {{ .Values.name }}` makes one. */
const mappingKey = '[object Object]';

/** Walks a document once, aliases written out, within a budget of nodes and levels; never recurses. */
export function shapeOf(root: unknown, budget: number): Shape {
  const stack: Frame[] = [];
  let nodes = 0;
  let members = 0;
  const fault = (kind: Omit<ShapeFault, 'path'>): Shape => {
    const [outermost] = stack;
    const step = outermost?.keys === null ? outermost.next - 1 : outermost?.keys[outermost.next - 1];
    return { fault: { ...kind, path: step === undefined ? [] : [step] } };
  };
  let entering = root;
  for (;;) {
    if (typeof entering === 'object' && entering !== null) {
      if (stack.length >= longestNesting) return fault(stack.some((f) => f.node === entering) ? cycle : tooDeep);
      const keys = Array.isArray(entering) ? null : Object.keys(entering);
      if (keys?.includes(mappingKey)) return fault(mappingAsKey);
      members += keys?.length ?? 0;
      stack.push({ node: entering, keys, length: keys === null ? (entering as readonly unknown[]).length : keys.length, next: 0 });
    }
    let top = stack.at(-1);
    while (top !== undefined && top.next >= top.length) {
      stack.pop();
      top = stack.at(-1);
    }
    if (top === undefined) return { members };
    if (++nodes > budget) return fault(tooMany(budget));
    const at = top.next++;
    entering = top.keys === null ? (top.node as readonly unknown[])[at] : (top.node as Readonly<Record<string, unknown>>)[top.keys[at] ?? ''];
  }
}

const cycle = {
  code: 'alias-cycle',
  message: 'An alias stands inside the very value that its anchor names, so the value has no end.',
  hint: 'Remove the alias.',
} as const;

const tooDeep = {
  code: 'nested-too-deeply',
  message: `This is nested more than ${longestNesting} levels deep.`,
  hint: 'No Kubernetes object is; check how the file was made.',
} as const;

const mappingAsKey = {
  code: 'mapping-as-key',
  message: 'A mapping stands here where the key of another should.',
  hint: 'If this is a Helm template, render it first (helm template … | ringfence …).',
} as const;

function tooMany(budget: number): Omit<ShapeFault, 'path'> {
  return {
    code: 'too-many-aliases',
    message: `Its aliases stand for more than ${budget} values when written out.`,
    hint: 'Write the values out, or split the document.',
  };
}
