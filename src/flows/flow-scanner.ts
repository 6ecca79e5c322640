import { isMap } from '../kernel/map.ts';
import type { FlowFormat, ObservedFlow } from '../model/observed-flow.ts';
import type { CoverageCount } from './coverage.ts';
import type { DropMerger } from './drop-merger.ts';
import { jsonFormats, textFormats } from './formats.ts';
import { JsonValues } from './json-values.ts';
import { bad, type JsonFormat, type LineRead, type Outcome } from './outcome.ts';

type Json = Readonly<Record<string, unknown>>;

/** A line that could not be read. Lines count from 1. */
export interface BadLine {
  readonly file: string;
  readonly line: number;
  readonly why: string;
  /** The line, cut at 64 KiB. */
  readonly text: string;
}

/** What one reading of files has in common. */
export interface Scan {
  /** The moment of reading, in nanoseconds since 1970: that of records without a time. */
  readonly now: bigint;
  readonly count: CoverageCount;
  readonly merger: DropMerger;
  flow(flow: ObservedFlow): void;
  badLine(line: BadLine): void;
}

/** Longest line that is read; longer ones are bad. */
const longestLine = 64 << 20;
const keptOfBad = 65_536;

/** Lines looked at before a file is taken for one of no known format. */
const mostBeforeRecognised = 1000;

/** What container runtimes put before a line. Source: kubernetes/cri-api, log format of CRI. */
const cri = /^\d{4}-\d\d-\d\dT\S{1,40} (?:stdout|stderr) ([FP]) /;

/**
 * Reads one file as it comes: finds its format by what its lines look like, and makes each record an outcome. Sources: JSON one object a line, a list of
 * objects, objects over several lines; lines of text; any of them as a container runtime or a collector wraps them.
 */
export class FlowScanner {
  readonly #file: string;
  readonly #scan: Scan;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: false });
  #rest = '';
  #tooLong = false;
  #line = 0;
  #partial = '';
  #mode: 'unknown' | 'json' | 'values' | 'text' = 'unknown';
  /** A first line that is the beginning of an object, or broken. */
  #first: string | null = null;
  #values = new JsonValues();
  #read: LineRead | null = null;
  #json: JsonFormat | null = null;
  #flows = 0;
  #bad = 0;

  constructor(file: string, scan: Scan) {
    this.#file = file;
    this.#scan = scan;
  }

  /** Bytes of UTF-8. */
  feed(chunk: Uint8Array): void {
    const text = this.#rest + this.#decoder.decode(chunk, { stream: true });
    let at = 0;
    for (let end = text.indexOf('\n', at); end >= 0; end = text.indexOf('\n', at)) {
      this.#take(text.slice(at, text.charCodeAt(end - 1) === 13 ? end - 1 : end));
      at = end + 1;
    }
    this.#rest = text.slice(at);
    if (this.#rest.length > longestLine && this.#mode !== 'values') {
      this.#tooLong = true;
      this.#rest = this.#rest.slice(0, keptOfBad);
    }
  }

  end(): void {
    this.#rest += this.#decoder.decode();
    if (this.#rest !== '') this.#take(this.#rest);
    if (this.#partial !== '') this.#whole(this.#partial);
    if (this.#first !== null) this.#outcome(bad('the object breaks off'), this.#first, 1);
    if (this.#values.isOpen) this.#outcome(bad('the last object breaks off'), '');
    this.#scan.count.files.push({ file: this.#file, format: this.format, flows: this.#flows, bad: this.#bad });
  }

  get format(): FlowFormat | null {
    return this.#lastFormat;
  }

  #lastFormat: FlowFormat | null = null;

  #take(line: string): void {
    this.#line++;
    if (this.#tooLong) {
      this.#tooLong = false;
      this.#outcome(bad('a line of more than 64 MiB'), line);
      return;
    }
    const prefix = line.charCodeAt(0) === 123 ? null : cri.exec(line);
    if (prefix === null) {
      this.#whole(line);
      return;
    }
    this.#partial += line.slice(prefix[0].length);
    if (prefix[1] === 'P' && this.#partial.length <= longestLine) return;
    const whole = this.#partial;
    this.#partial = '';
    this.#whole(whole);
  }

  #whole(line: string): void {
    switch (this.#mode) {
      case 'json':
        this.#jsonLine(line);
        break;
      case 'values':
        this.#pieces(`${line}\n`);
        break;
      case 'text':
        if (line.trim() !== '' && this.#read !== null) this.#outcome(this.#read(line), line);
        break;
      case 'unknown':
        this.#begin(line);
    }
  }

  #begin(line: string): void {
    const text = line.trimStart();
    if (this.#first !== null) {
      const first = this.#first;
      this.#first = null;
      if (text.startsWith('{')) {
        // Recording began in the middle of a line.
        this.#mode = 'json';
        this.#outcome(bad('no JSON'), first, 1);
        this.#jsonLine(line);
      } else {
        this.#mode = 'values';
        this.#pieces(`${first}\n${line}\n`);
      }
      return;
    }
    if (text === '' || text.startsWith('#')) return;
    if (text.startsWith('[') && !/^\[[A-Z\d]/.test(text)) {
      this.#mode = 'values';
      this.#pieces(`${text.slice(1)}\n`);
      return;
    }
    if (text.startsWith('{')) {
      if (parsed(text) === undefined) this.#first = line;
      else {
        this.#mode = 'json';
        this.#jsonLine(line);
      }
      return;
    }
    for (const format of textFormats) {
      const opened = format.open(line, this.#scan.now);
      if (opened === null) continue;
      this.#mode = 'text';
      this.#read = opened.read;
      this.#lastFormat = format.id;
      if (!opened.isHeader) this.#outcome(opened.read(line), line);
      return;
    }
    this.#outcome(bad(this.#line > mostBeforeRecognised ? 'a line of no known format' : 'no flow, and no header of any'), line);
  }

  #pieces(text: string): void {
    for (const value of this.#values.push(text)) {
      if (value === null) this.#outcome(bad('no object, or one of more than 64 MiB'), '');
      else this.#jsonLine(value);
    }
  }

  #jsonLine(line: string): void {
    if (line === '' || line.trim() === '') return;
    const value = parsed(line);
    const records = Array.isArray(value) ? value : [value];
    for (const record of records) {
      if (isMap(record)) this.#record(record, line);
      else this.#outcome(bad(value === undefined ? 'no JSON' : 'no object'), line);
    }
  }

  #record(record: Json, line: string): void {
    if (this.#json?.takes(record) !== true) {
      const format = jsonFormats.find((f) => f.takes(record));
      if (format === undefined) {
        this.#unrecognised(record, line);
        return;
      }
      this.#json = format;
      this.#lastFormat = format.id;
    }
    for (const outcome of this.#json?.read(record) ?? []) this.#outcome(outcome, line);
  }

  /** A collector's wrapping: the line stands in a field of its own. */
  #unrecognised({ log, message }: Json, line: string): void {
    const inner = typeof log === 'string' ? log : message;
    const record = typeof inner === 'string' && inner.startsWith('{') ? parsed(inner) : isMap(inner) ? inner : undefined;
    if (isMap(record) && !('log' in record) && !('message' in record)) this.#record(record, line);
    else this.#outcome(bad('a JSON object of no known format'), line);
  }

  #outcome(outcome: Outcome, text: string, line = this.#line): void {
    const { count, merger } = this.#scan;
    switch (outcome.kind) {
      case 'flow':
        if (outcome.mergeKey !== undefined && merger.isSecond(outcome.mergeKey, outcome.mergeRole ?? 'drop', outcome.flow.timeNs)) {
          count.merged++;
          return;
        }
        this.#flows++;
        count.add(outcome.flow);
        this.#scan.flow(outcome.flow);
        return;
      case 'lost':
        count.lost += outcome.count;
        count.node(outcome.node);
        return;
      case 'other':
        count.others++;
        return;
      case 'bad':
        this.#bad++;
        count.bad++;
        this.#scan.badLine({ file: this.#file, line, why: outcome.why, text: text.slice(0, keptOfBad) });
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
