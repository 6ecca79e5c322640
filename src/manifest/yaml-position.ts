import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseDocument } from 'yaml';
import { kept } from '../kernel/memo.ts';
import type { Path } from '../kernel/origin.ts';
import { flowItems, flowMember } from './flow-items.ts';
import type { Span } from './split-documents.ts';

/**
 * A larger stretch is never one object (etcd holds at most 1.5 MiB a request), and reading it again for a line number would take seconds.
 * In UTF-16 code units. Source: etcd --max-request-bytes.
 */
const largestObject = 4 * 1024 * 1024;

/** A YAML text read with positions, or undefined when it is too large or too broken to. Linear in the text. */
export function yamlPositions(text: string): YamlPositions | undefined {
  if (text.length > largestObject) return undefined;
  try {
    return new YamlPositions(parseDocument(text, { version: '1.1', strict: false, uniqueKeys: false, logLevel: 'silent' }));
  } catch {
    return undefined;
  }
}

interface Child {
  readonly key: Node | null;
  readonly value: Node | null;
}

/** Where things stand in one YAML document. Keys and aliases are indexed once, so that many places cost no more than one walk. */
export class YamlPositions {
  readonly #root: Node | null;
  readonly #keys = new Map<Node, ReadonlyMap<string, Child>>();
  #anchored: ReadonlyMap<Node, Node> | undefined;

  constructor(document: Document) {
    this.#root = document.contents as Node | null;
  }

  /** Offsets of the value at `path`, or of its key, in the text; the nearest ancestor that exists when the path leads nowhere. */
  find(path: Path, what: 'key' | 'value'): Span | undefined {
    let node = this.#resolved(this.#root);
    let last: Span | undefined = spanOf(node);
    for (const [i, step] of path.entries()) {
      const next = typeof step === 'number' ? itemOf(node, step) : this.#memberOf(node, step);
      if (next === undefined) return last;
      last = spanOf(what === 'key' && i === path.length - 1 ? (next.key ?? next.value) : next.value) ?? spanOf(next.key) ?? last;
      node = this.#resolved(next.value);
    }
    return last;
  }

  #memberOf(node: Node | null, step: string): Child | undefined {
    if (!isMap(node)) return undefined;
    const keys = kept(this.#keys, node, () => {
      const found = new Map<string, Child>();
      for (const pair of node.items as readonly Pair<Node, Node | null>[]) {
        if (!isScalar(pair.key)) continue;
        for (const name of [String(pair.key.value), pair.key.source]) if (name !== undefined && !found.has(name)) found.set(name, pair);
      }
      return found;
    });
    return keys.get(step);
  }

  #resolved(node: Node | null): Node | null {
    if (!isAlias(node)) return node;
    this.#anchored ??= anchoredNodes(this.#root);
    return this.#anchored.get(node) ?? null;
  }
}

function itemOf(node: Node | null, step: number): Child | undefined {
  const value = isSeq(node) ? node.items[step] : undefined;
  return value === undefined ? undefined : { key: null, value: value as Node | null };
}

/** The node that each alias stands for: the last before it with its anchor. One walk in the order of the text, without recursion. */
function anchoredNodes(root: Node | null): ReadonlyMap<Node, Node> {
  const anchors = new Map<string, Node>();
  const found = new Map<Node, Node>();
  const open: (Node | null)[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node === null) continue;
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined) found.set(node, target);
      continue;
    }
    if (isScalar(node) || isMap(node) || isSeq(node)) if (node.anchor !== undefined) anchors.set(node.anchor, node);
    const below = isMap(node)
      ? (node.items as readonly Pair<Node, Node | null>[]).flatMap(({ key, value }) => [key, value])
      : isSeq(node)
        ? (node.items as readonly (Node | null)[])
        : [];
    for (let i = below.length - 1; i >= 0; i--) open.push(below[i] ?? null);
  }
  return found;
}

function spanOf(node: Node | null): Span | undefined {
  const range = node?.range;
  return range === undefined || range === null ? undefined : { start: range[0], end: range[1] };
}

/**
 * The items of the `items` list at the top of a YAML document: where each starts and ends. In block style, as kubectl and Helm write it, the dash belongs to
 * the item. Undefined when the document is not written so that it can be told without parsing. Linear in the text.
 */
export function yamlListItems(text: string, span: Span): readonly Span[] | undefined {
  const content = /[^\s]/g;
  content.lastIndex = span.start;
  const first = content.exec(text)?.index ?? span.end;
  if (text.charAt(first) === '{') {
    const value = flowMember(text, first, span.end, 'items');
    return value !== undefined && text.charAt(value) === '[' ? flowItems(text, value, span.end) : undefined;
  }
  const line = lineStartOf(text, span, 'items:');
  if (line === undefined) return undefined;
  const value = line + 'items:'.length;
  const opens = /[ \t]*\[/y;
  opens.lastIndex = value;
  return opens.test(text) ? flowItems(text, opens.lastIndex - 1, span.end) : blockItems(text, nextLine(text, line, span.end), span);
}

function blockItems(text: string, from: number, span: Span): readonly Span[] | undefined {
  let at = from;
  const starts: number[] = [];
  let indent: number | undefined;
  let end = span.end;
  for (; at < span.end; at = nextLine(text, at, span.end)) {
    let column = 0;
    while (text.charCodeAt(at + column) === 32) column++;
    const c = text.charAt(at + column);
    if (c === '' || c === '\n' || c === '\r' || c === '#') continue;
    const dash = c === '-' && /[ \t\r\n]|^$/.test(text.charAt(at + column + 1));
    if (indent === undefined) {
      if (!dash) return undefined;
      indent = column;
    }
    if (column < indent || (column === indent && !dash)) {
      end = at;
      break;
    }
    if (column === indent) starts.push(at);
  }
  return starts.map((start, i) => ({ start, end: starts[i + 1] ?? end }));
}

function lineStartOf(text: string, span: Span, key: string): number | undefined {
  if (text.startsWith(key, span.start)) return span.start;
  const found = text.indexOf(`\n${key}`, span.start);
  if (found < 0 || found + 1 >= span.end) return undefined;
  const rest = text.slice(found + 1 + key.length, nextLine(text, found + 1, span.end)).trim();
  return rest === '' || rest.startsWith('#') || rest.startsWith('[') ? found + 1 : undefined;
}

function nextLine(text: string, at: number, end: number): number {
  const feed = text.indexOf('\n', at);
  return feed < 0 ? end : feed + 1;
}
