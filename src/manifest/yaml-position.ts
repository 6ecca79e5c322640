import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseDocument } from 'yaml';
import type { Path } from '../kernel/origin.ts';
import type { Span } from './split-documents.ts';

/**
 * A larger stretch is never one object (etcd holds at most 1.5 MiB a request), and reading it again for a line number would take seconds.
 * In UTF-16 code units. Source: etcd --max-request-bytes.
 */
const largestObject = 4 * 1024 * 1024;

/** A YAML text read with positions, or undefined when it is too large or too broken to. Linear in the text. */
export function parseYamlPositions(text: string): Document | undefined {
  if (text.length > largestObject) return undefined;
  try {
    return parseDocument(text, { version: '1.1', strict: false, uniqueKeys: false, logLevel: 'silent' });
  } catch {
    return undefined;
  }
}

/** Offsets of the value at `path`, or of its key, in the text of `document`; the nearest ancestor that exists when the path leads nowhere. */
export function findInYaml(document: Document, path: Path, what: 'key' | 'value'): Span | undefined {
  let node = resolved(document, document.contents as Node | null);
  let key: Node | null = null;
  let last: Span | undefined = spanOf(node);
  for (const [i, step] of path.entries()) {
    const next = child(node, step);
    if (next === undefined) return last;
    key = next.key;
    const value = resolved(document, next.value);
    last = spanOf(what === 'key' && i === path.length - 1 ? (key ?? next.value) : next.value) ?? spanOf(key) ?? last;
    node = value;
  }
  return last;
}

function child(node: Node | null, step: string | number): { readonly key: Node | null; readonly value: Node | null } | undefined {
  if (typeof step === 'number') {
    const value = isSeq(node) ? node.items[step] : undefined;
    return value === undefined ? undefined : { key: null, value: value as Node | null };
  }
  if (!isMap(node)) return undefined;
  const pair = (node.items as readonly Pair<Node, Node | null>[]).find(({ key }) => isScalar(key) && (String(key.value) === step || key.source === step));
  return pair === undefined ? undefined : { key: pair.key, value: pair.value };
}

function resolved(document: Document, node: Node | null): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

function spanOf(node: Node | null): Span | undefined {
  const range = node?.range;
  return range === undefined || range === null ? undefined : { start: range[0], end: range[1] };
}

/**
 * The items of a block-style `items:` list at the top of a YAML document, as kubectl and Helm write it: where each starts and ends.
 * Undefined when the document is not written so. Linear in the text, without parsing it.
 */
export function yamlListItems(text: string, span: Span): readonly Span[] | undefined {
  let at = lineStartOf(text, span, 'items:');
  if (at === undefined) return undefined;
  at = nextLine(text, at, span.end);
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
  return rest === '' || rest.startsWith('#') ? found + 1 : undefined;
}

function nextLine(text: string, at: number, end: number): number {
  const feed = text.indexOf('\n', at);
  return feed < 0 ? end : feed + 1;
}
