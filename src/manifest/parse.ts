import { load, YAMLException } from 'js-yaml';
import type { DocumentRef, Path } from '../kernel/origin.ts';
import { shown } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { SourceText } from '../kernel/source-text.ts';
import { countMembers, type JsonFault, scanJson, skipBlank } from './json-text.ts';
import { kubernetesYaml } from './kubernetes-yaml.ts';
import { longestNesting, membersOf, nodeBudget, type ShapeFault, shapeFault } from './limits.ts';
import { type DocumentSpan, type Span, splitDocuments } from './split-documents.ts';

/** Where one document stands in its file, in UTF-16 code units; `fault` is the offset of what makes it unreadable, when something does. */
export interface DocumentPlace extends Span {
  readonly format: 'yaml' | 'json';
  readonly fault: number | null;
}

/** One document: plain data that nests at most 200 levels and, aliases written out, is not much longer than its text. */
export interface ParsedDocument {
  readonly ref: DocumentRef;
  readonly value: unknown;
}

/** All documents of one file. `places` has one entry a document index, readable or not. */
export interface ParsedFile {
  readonly file: string;
  readonly text: string;
  readonly documents: readonly ParsedDocument[];
  readonly places: readonly DocumentPlace[];
  readonly diagnostics: readonly Diagnostic[];
}

/** JSON that fails to parse is tried as YAML (a flow mapping) up to this many code units; above, only a program wrote it, as JSON. */
const yamlFallbackLimit = 4 * 1024 * 1024;

/** Deeper than our own limit, so that the parser's limit never speaks first for real documents. */
const parserNesting = 1_000;

/** Broken documents that are told one by one; a file with more is no manifest, and telling them all would take longer than anyone reads. */
const mostBroken = 1_000;

/** Work that merge keys may do in one document. */
const mergeLimit = 100_000;

/**
 * Reads YAML (many documents), JSON, JSON lines and concatenated JSON as kubectl would. A broken document is one diagnostic and hides no other.
 * Time and memory are linear in the text, whatever is in it.
 */
export function parseSource(source: SourceText): ParsedFile {
  const parsing = new FileParsing(source);
  const spans = splitDocuments(source.text);
  for (const [i, span] of spans.entries()) {
    if (parsing.diagnostics.length >= mostBroken) {
      parsing.giveUp(span, spans.length - i);
      break;
    }
    if (span.dropped) parsing.dropped(span);
    else parsing.chunk(span);
  }
  return { ...source, documents: parsing.documents, places: parsing.places, diagnostics: parsing.diagnostics };
}

class FileParsing {
  readonly documents: ParsedDocument[] = [];
  readonly places: DocumentPlace[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly #source: SourceText;

  constructor(source: SourceText) {
    this.#source = source;
  }

  chunk(span: Span): void {
    const { text } = this.#source;
    const start = skipBlank(text, span.start, span.end);
    const first = text.charAt(start);
    if (first === '{' || first === '[') this.#json({ start, end: span.end });
    else this.#yaml(span);
  }

  /** A document that kubectl would drop in silence: whichever way it were read here, somebody would get another picture than the cluster has. */
  dropped({ start, end, content }: DocumentSpan): void {
    this.#broken(
      { start, end },
      'yaml',
      'dropped-document',
      'No line with --- alone stands between this document and the one before, so kubectl drops it without a word; it was not read.',
      'Put a line of its own with --- before it.',
      content,
    );
  }

  /** Says that `count` documents, from `span` on, were not read. */
  giveUp(span: Span, count: number): void {
    this.#broken(
      span,
      'yaml',
      'too-many-errors',
      `The ${count} documents from here on were not read: ${mostBroken} before them are broken.`,
      undefined,
      skipBlank(this.#source.text, span.start, span.end),
    );
  }

  /** One JSON document, or several one after the other. */
  #json(span: Span): void {
    const { text } = this.#source;
    const whole = parseJson(text, span);
    if (whole !== undefined) {
      this.#jsonValue(whole.value, span);
      return;
    }
    for (let at = span.start; at < span.end; ) {
      const scan = scanJson(text, at, span.end);
      if ('fault' in scan) {
        this.#brokenJson({ start: at, end: span.end }, scan.fault, at === span.start);
        return;
      }
      const piece = { start: at, end: scan.end };
      const parsed = parseJson(text, piece);
      if (parsed !== undefined) this.#add(piece, 'json', parsed.value);
      at = skipBlank(text, scan.end, span.end);
    }
  }

  #jsonValue(value: unknown, span: Span): void {
    const members = membersOf(value);
    const suspicious = members === null || countMembers(this.#source.text, span.start, span.end) !== members;
    const scan = suspicious ? scanJson(this.#source.text, span.start, span.end) : undefined;
    if (scan !== undefined && 'fault' in scan) this.#broken(span, 'json', scan.fault.code, scan.fault.message, undefined, scan.fault.at);
    else this.#add(span, 'json', value);
  }

  #brokenJson(span: Span, fault: JsonFault, isFirst: boolean): void {
    const mayBeYaml = isFirst && fault.code === 'json-syntax' && !this.#source.file.endsWith('.json') && span.end - span.start <= yamlFallbackLimit;
    if (mayBeYaml && this.#flowYaml(span)) return;
    this.#broken(span, 'json', fault.code, fault.message, fault.code === 'json-syntax' ? templateHint(this.#source.text, span) : undefined, fault.at);
  }

  /** A YAML flow mapping that is no JSON. Gives false, and reports nothing, when it is no YAML either and looks like JSON. */
  #flowYaml(span: Span): boolean {
    const looksLikeJson = /^[{[]\s*(?:"|$)/.test(this.#source.text.slice(span.start, span.start + 200));
    if (!looksLikeJson) {
      this.#yaml(span);
      return true;
    }
    const parsed = parseYaml(this.#source.text.slice(span.start, span.end));
    if ('value' in parsed) this.#yaml(span);
    return 'value' in parsed;
  }

  #yaml(span: Span): void {
    const text = this.#source.text.slice(span.start, span.end);
    const parsed = parseYaml(text);
    if (!('value' in parsed)) {
      this.#broken(span, 'yaml', parsed.code, parsed.message, parsed.hint ?? templateHint(this.#source.text, span), span.start + parsed.at);
      return;
    }
    const fault = shapeFault(parsed.value, nodeBudget(text.length));
    if (fault !== undefined) this.#misshapen(span, fault);
    else this.#add(span, 'yaml', parsed.value);
  }

  #misshapen(span: Span, fault: ShapeFault): void {
    const ref = this.#place(span, 'yaml', null);
    this.#report(ref, fault.path, fault.code, fault.message, fault.hint);
  }

  #broken(span: Span, format: 'yaml' | 'json', code: string, message: string, hint: string | undefined, at: number): void {
    const ref = this.#place(span, format, at);
    this.#report(ref, [], code, message, hint);
  }

  #report(document: DocumentRef, path: Path, code: string, message: string, hint: string | undefined): void {
    this.diagnostics.push({ code, severity: 'error', message, ...(hint === undefined ? {} : { hint }), origin: { document, path } });
  }

  #add(span: Span, format: 'yaml' | 'json', value: unknown): void {
    this.documents.push({ ref: this.#place(span, format, null), value });
  }

  #place(span: Span, format: 'yaml' | 'json', fault: number | null): DocumentRef {
    this.places.push({ start: span.start, end: span.end, format, fault });
    return { file: this.#source.file, index: this.places.length - 1 };
  }
}

function parseJson(text: string, span: Span): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(span.start === 0 && span.end === text.length ? text : text.slice(span.start, span.end)) as unknown };
  } catch {
    return undefined;
  }
}

type Yaml = { readonly value: unknown } | { readonly code: string; readonly message: string; readonly hint?: string; readonly at: number };

function parseYaml(text: string): Yaml {
  const limits: object = { maxDepth: parserNesting, maxTotalMergeKeys: mergeLimit };
  try {
    return { value: load(text, { schema: kubernetesYaml, ...limits }) };
  } catch (error) {
    if (error instanceof YAMLException) return yamlFault(error, text);
    if (error instanceof RangeError) return { code: 'too-complex', message: 'This document holds something too deep or too long to be read.', at: 0 };
    throw error;
  }
}

function yamlFault(error: YAMLException, text: string): Yaml {
  const reason = typeof error.reason === 'string' ? error.reason : 'it cannot be read';
  const at = Math.min(typeof error.mark?.position === 'number' ? error.mark.position : 0, text.length);
  if (reason.startsWith('duplicated mapping key')) {
    const key = /^[^:\r\n]{0,200}/.exec(text.slice(at, at + 200))?.[0].trim() ?? '';
    return {
      code: 'duplicate-key',
      message: `The key ${shown(key)} is there twice in one mapping.`,
      hint: 'Keep one of them: the API server refuses the object, and tools disagree on which one counts.',
      at,
    };
  }
  if (reason.startsWith('nesting exceeded')) return { code: 'nested-too-deeply', message: `This is nested more than ${longestNesting} levels deep.`, at };
  if (reason.startsWith('null byte')) {
    const nul = Math.max(0, text.indexOf('\0'));
    return { code: 'binary', message: 'There is a NUL byte here, so this is no text.', hint: 'Give YAML or JSON.', at: nul };
  }
  if (reason.includes('non-printable')) {
    const control = text.search(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/u);
    return {
      code: 'yaml-syntax',
      message: `This is not YAML: there is the control character ${shown(text.charAt(Math.max(0, control)))} here.`,
      at: Math.max(0, control),
    };
  }
  if (reason.includes('merge'))
    return { code: 'too-many-aliases', message: `Its merge keys (<<) copy more than they may: ${plain(reason)}.`, hint: 'Write the values out.', at };
  return { code: 'yaml-syntax', message: `This is not YAML: ${plain(reason)}.`, at };
}

/** A parser's sentence without anything that could steer a terminal. */
function plain(reason: string): string {
  return shown(reason.slice(0, 80)).slice(1, -1).replaceAll('\\"', '"');
}

function templateHint(text: string, span: Span): string | undefined {
  return text.slice(span.start, span.end).includes('{{') ? 'It looks like a Helm template: render it first (helm template … | ringfence …).' : undefined;
}
