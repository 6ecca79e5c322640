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

interface Frame {
  readonly node: object;
  /** Null for a list. */
  readonly keys: readonly string[] | null;
  readonly length: number;
  next: number;
}

/** What the YAML parser calls a key that is itself a mapping: `name: {{ .Values.name }}` makes one. */
const mappingKey = '[object Object]';

/** What is wrong with the shape of a parsed document, if anything. Walks it once, aliases written out, within a budget of nodes and levels; never recurses. */
export function shapeFault(root: unknown, budget: number): ShapeFault | undefined {
  const stack: Frame[] = [];
  let nodes = 0;
  const fault = (kind: Omit<ShapeFault, 'path'>): ShapeFault => {
    const [outermost] = stack;
    const step = outermost?.keys === null ? outermost.next - 1 : outermost?.keys[outermost.next - 1];
    return { ...kind, path: step === undefined ? [] : [step] };
  };
  let entering = root;
  for (;;) {
    if (typeof entering === 'object' && entering !== null) {
      if (stack.length >= longestNesting) return fault(stack.some((f) => f.node === entering) ? cycle : tooDeep);
      const keys = Array.isArray(entering) ? null : Object.keys(entering);
      if (keys?.includes(mappingKey)) return fault(mappingAsKey);
      stack.push({ node: entering, keys, length: keys === null ? (entering as readonly unknown[]).length : keys.length, next: 0 });
    }
    let top = stack.at(-1);
    while (top !== undefined && top.next >= top.length) {
      stack.pop();
      top = stack.at(-1);
    }
    if (top === undefined) return undefined;
    if (++nodes > budget) return fault(tooMany(budget));
    const at = top.next++;
    entering = top.keys === null ? (top.node as readonly unknown[])[at] : (top.node as Readonly<Record<string, unknown>>)[top.keys[at] ?? ''];
  }
}

/**
 * How many object members a value holds that `JSON.parse` made, without aliases that is; null when it nests more than 200 levels deep. The quick way of
 * `shapeFault` for what is mostly well: it recurses, and never deeper than that.
 */
export function membersOf(value: unknown, levels: number = longestNesting): number | null {
  if (typeof value !== 'object' || value === null) return 0;
  if (levels === 0) return null;
  let members = 0;
  if (Array.isArray(value)) {
    // An index, for this is asked of every value of the input.
    for (let i = 0; i < value.length; i++) {
      const inner = membersBelow(value[i], levels);
      if (inner === null) return null;
      members += inner;
    }
    return members;
  }
  for (const key in value) {
    const inner = membersBelow((value as Readonly<Record<string, unknown>>)[key], levels);
    if (inner === null) return null;
    members += inner + 1;
  }
  return members;
}

function membersBelow(item: unknown, levels: number): number | null {
  return typeof item === 'object' && item !== null ? membersOf(item, levels - 1) : 0;
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
