import { createReadStream, type Dirent, readdirSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { shown } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { compareText } from '../kernel/stable.ts';

/** The world that logs are read from. */
export interface LogSource {
  readonly cwd: string;
  /** Standard input as it comes, for `-`. */
  stdin(): AsyncIterable<Uint8Array>;
}

/** Takes one log: its name and its bytes, unpacked. */
export type LogReader = (file: string, chunks: AsyncIterable<Uint8Array>) => Promise<void>;

/** Bytes that are read at a time. */
const chunkSize = 1 << 20;

/** Deeper folders are a mistake. */
const deepestFolder = 16;

/** Logs that are read of one folder. */
const mostLogs = 10_000;

/**
 * Reads logs as streams, so that memory does not grow with them: files, folders (every file below) and `-`. What is packed with gzip is unpacked, whatever its
 * name. What cannot be read is a diagnostic, and the rest is read all the same; of a log that breaks off, what came before counts.
 */
export async function readLogs(paths: readonly string[], source: LogSource, read: LogReader): Promise<readonly Diagnostic[]> {
  const diagnostics: Diagnostic[] = [];
  const files = paths.flatMap((path) => (path === '-' ? ['-'] : filesAt(path, source.cwd, diagnostics)));
  for (const file of new Set(files)) {
    const bytes = file === '-' ? source.stdin() : createReadStream(resolve(source.cwd, file), { highWaterMark: chunkSize });
    try {
      await read(file, unpacked(bytes));
    } catch (error) {
      diagnostics.push(failed(file, error));
    }
  }
  return diagnostics;
}

function filesAt(path: string, cwd: string, diagnostics: Diagnostic[]): readonly string[] {
  const file = path.replaceAll(sep, '/');
  try {
    const stat = statSync(resolve(cwd, path));
    if (stat.isDirectory()) {
      const found = filesBelow(file, cwd, 0);
      if (found.length > mostLogs)
        diagnostics.push({
          code: 'too-many-logs',
          severity: 'error',
          message: `${shown(file)} holds more than ${mostLogs} files; the first ${mostLogs} are read.`,
          hint: 'Name the logs of one job.',
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

function filesBelow(folder: string, cwd: string, depth: number): string[] {
  const entries: Dirent[] = readdirSync(resolve(cwd, folder), { withFileTypes: true }).sort((a, b) => compareText(a.name, b.name));
  return entries.flatMap((entry) => {
    if (entry.name.startsWith('.')) return [];
    const path = join(folder, entry.name).replaceAll(sep, '/');
    if (entry.isFile()) return [path];
    return entry.isDirectory() && depth < deepestFolder ? filesBelow(path, cwd, depth + 1) : [];
  });
}

/** The bytes, unpacked where they begin as gzip does. Source: RFC 1952 §2.3.1. */
async function* unpacked(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = bytes[Symbol.asyncIterator]();
  const first = await source.next();
  if (first.done === true) return;
  const all = rejoined(first.value, source);
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
    yield* all;
    return;
  }
  const packed = Readable.from(all);
  const gunzip = createGunzip({ chunkSize });
  packed.on('error', (error) => gunzip.destroy(error));
  yield* packed.pipe(gunzip) as AsyncIterable<Uint8Array>;
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
