import { createReadStream, type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { TextDecoder } from 'node:util';
import { shown } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { compareText } from '../kernel/stable.ts';
import { gunzipped } from './gunzip.ts';
import { isManifest } from './manifest-mark.ts';

/** The world that logs are read from. */
export interface LogSource {
  readonly cwd: string;
  /** Standard input as it comes, for `-`. */
  stdin(): AsyncIterable<Uint8Array>;
}

/** How people are told of what is read. */
export interface LogWords {
  /** `log`. */
  readonly one: string;
  /** What to do with a manifest. */
  readonly manifests: string;
  /** What to give. */
  readonly wanted: string;
}

const logWords: LogWords = {
  one: 'log',
  manifests: 'Give the job with --job, and policies and pods with --policies.',
  wanted: 'Give what the pods printed, as kubectl logs or a collector has it.',
};

/** Takes one log: its name and its bytes, unpacked. */
export type LogReader = (file: string, chunks: AsyncIterable<Uint8Array>) => Promise<void>;

/** Bytes that are read at a time. */
const chunkSize = 1 << 20;

/** Deeper folders are a mistake. */
const deepestFolder = 16;

/** Logs that are read of one folder. */
const mostLogs = 10_000;

/**
 * Reads logs as streams, so that memory does not grow with them: files, folders (every file below, and those that links there lead to) and `-`. What is packed
 * with gzip is unpacked, whatever its name, and UTF-16 becomes UTF-8. What cannot be read is a diagnostic, and so are logs that hold nothing at all; the rest is
 * read all the same. Of a log that breaks off, what came before counts.
 */
export async function readLogs(paths: readonly string[], source: LogSource, read: LogReader, words: LogWords = logWords): Promise<readonly Diagnostic[]> {
  const diagnostics: Diagnostic[] = [];
  const files = paths.flatMap((path) => (path === '-' ? ['-'] : filesAt(path, source.cwd, words, diagnostics)));
  const seen = new Set<string>();
  let size = 0;
  for (const file of files) {
    const real = realOf(file, source.cwd);
    if (seen.has(real)) continue;
    seen.add(real);
    const bytes = file === '-' ? source.stdin() : createReadStream(resolve(source.cwd, file), { highWaterMark: chunkSize });
    try {
      const chunks = decoded(unpacked(bytes))[Symbol.asyncIterator]();
      const first = await chunks.next();
      const head = first.done === true ? new Uint8Array(0) : first.value;
      if (isManifest(head)) {
        diagnostics.push(noLog(file, paths.includes(file), words));
        continue;
      }
      await read(
        file,
        counted(rejoined(head, chunks), (n) => {
          size += n;
        }),
      );
    } catch (error) {
      diagnostics.push(failed(file, error));
    }
  }
  if (size === 0 && !diagnostics.some((d) => d.severity === 'error')) diagnostics.push(noLogs(`The ${words.one}s hold nothing at all.`, words));
  return diagnostics;
}

/** A manifest: an error where it was named as a log, and passed over where it lies among logs. */
function noLog(file: string, named: boolean, words: LogWords): Diagnostic {
  return {
    code: 'manifest-as-log',
    severity: named ? 'error' : 'warning',
    message: `${shown(file)} is a Kubernetes manifest and no ${words.one}; it is not read as one.`,
    hint: words.manifests,
    origin: null,
  };
}

function noLogs(message: string, words: LogWords): Diagnostic {
  return { code: 'no-logs', severity: 'error', message, hint: words.wanted, origin: null };
}

/** Where a file is, whatever links lead to it. */
function realOf(file: string, cwd: string): string {
  if (file === '-') return '-';
  try {
    return realpathSync(resolve(cwd, file));
  } catch {
    return file;
  }
}

async function* counted(chunks: AsyncIterable<Uint8Array>, count: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    count(chunk.byteLength);
    yield chunk;
  }
}

function filesAt(path: string, cwd: string, words: LogWords, diagnostics: Diagnostic[]): readonly string[] {
  const file = path.replaceAll(sep, '/');
  try {
    const stat = statSync(resolve(cwd, path));
    if (stat.isDirectory()) {
      const found = filesBelow(file, cwd, 0, diagnostics);
      if (found.length === 0) diagnostics.push(noLogs(`The folder ${shown(file)} holds no file that is read.`, words));
      if (found.length > mostLogs)
        diagnostics.push({
          code: 'too-many-logs',
          severity: 'error',
          message: `${shown(file)} holds more than ${mostLogs} files; the first ${mostLogs} are read.`,
          hint: 'Name fewer of them, or a folder below.',
          origin: null,
        });
      return found.slice(0, mostLogs);
    }
    if (!stat.isFile() && !stat.isFIFO()) throw new Error('this is neither a file nor a folder');
    return [file];
  } catch (error) {
    diagnostics.push(failed(file, error));
    return [];
  }
}

/** Files of a folder. Links to files are followed wherever they lead, as `/var/log/containers` is all links; links to folders are not, as they may lead back. */
function filesBelow(folder: string, cwd: string, depth: number, diagnostics: Diagnostic[]): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(resolve(cwd, folder), { withFileTypes: true });
  } catch (error) {
    diagnostics.push(failed(folder, error));
    return [];
  }
  return entries
    .sort((a, b) => compareText(a.name, b.name))
    .flatMap((entry) => {
      if (entry.name.startsWith('.')) return [];
      const path = join(folder, entry.name).replaceAll(sep, '/');
      if (entry.isFile()) return [path];
      if (entry.isSymbolicLink()) return isLinkToFile(path, cwd, diagnostics) ? [path] : [];
      if (!entry.isDirectory()) return [];
      if (depth < deepestFolder) return filesBelow(path, cwd, depth + 1, diagnostics);
      diagnostics.push(tooDeep(path));
      return [];
    });
}

function tooDeep(folder: string): Diagnostic {
  return {
    code: 'logs-too-deep',
    severity: 'error',
    message: `${shown(folder)} lies deeper than ${deepestFolder} folders and is not read.`,
    hint: 'Name that folder itself.',
    origin: null,
  };
}

function isLinkToFile(path: string, cwd: string, diagnostics: Diagnostic[]): boolean {
  try {
    return statSync(resolve(cwd, path)).isFile();
  } catch (error) {
    diagnostics.push(failed(path, error));
    return false;
  }
}

/** How packers that are not read here begin. Sources: RFC 8878 §3.1.1; the formats of xz and bzip2; PKWARE APPNOTE.TXT §4.3.7. */
const otherPackers: readonly (readonly [string, readonly number[]])[] = [
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
];

/** Enough bytes to tell how a file begins. */
const longestMark = 5;

/** The bytes, unpacked where they begin as gzip does. Source: RFC 1952 §2.3.1. */
async function* unpacked(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = bytes[Symbol.asyncIterator]();
  const head = await beginning(source);
  if (head.length === 0) return;
  const all = rejoined(head, source);
  if (!begins(head, [0x1f, 0x8b])) {
    const packer = otherPackers.find(([, mark]) => begins(head, mark))?.[0];
    if (packer !== undefined) throw new Error(`it is packed with ${packer}, and only gzip is unpacked here: unpack it first`);
    yield* all;
    return;
  }
  yield* gunzipped(all);
}

function begins(head: Uint8Array, mark: readonly number[]): boolean {
  return head.length >= mark.length && mark.every((byte, i) => head[i] === byte);
}

/** The first bytes; a pipe may hand them over one by one. */
async function beginning(source: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < longestMark) {
    const next = await source.next();
    if (next.done === true) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  return head;
}

/** Bytes as UTF-8: UTF-16 is told by its mark, or by the zeros beside its first letters; the mark of UTF-8 goes. Sources: RFC 2781 §3.2; RFC 3629 §6. */
async function* decoded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let decoder: TextDecoder | null | undefined;
  for await (const chunk of bytes) {
    const isFirst = decoder === undefined;
    if (decoder === undefined) decoder = decoderFor(chunk);
    if (isFirst && begins(chunk, [0xef, 0xbb, 0xbf])) yield chunk.subarray(3);
    else yield decoder === null ? chunk : Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8');
  }
}

function decoderFor([a, b, c, d]: Uint8Array): TextDecoder | null {
  if ((a === 0xff && b === 0xfe) || (a !== 0 && b === 0 && c !== 0 && d === 0)) return new TextDecoder('utf-16le');
  return (a === 0xfe && b === 0xff) || (a === 0 && b !== 0 && c === 0 && d !== 0) ? new TextDecoder('utf-16be') : null;
}

async function* rejoined(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function failed(file: string, error: unknown): Diagnostic {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EACCES: 'it may not be read',
    Z_BUF_ERROR: 'the packed file breaks off; what came before counts',
    Z_DATA_ERROR: 'the packed file is damaged; what came before counts',
  };
  const why = words[code] ?? (error instanceof Error ? error.message : String(error));
  return { code: 'unreadable-log', severity: 'error', message: `${shown(file)} could not be read whole: ${why}.`, origin: null };
}
