import { constants } from 'node:buffer';
import { closeSync, type Dirent, fstatSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { shown } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { SourceText } from '../kernel/source-text.ts';
import { compareText } from '../kernel/stable.ts';
import { decodeText } from './decode-text.ts';

/** The world that paths are looked up in. `stdin` is read at most once, for `-`. */
export interface FileSource {
  readonly cwd: string;
  stdin(): Promise<Uint8Array>;
  /** Largest input in bytes; the longest string that V8 holds (512 MiB) when left out. */
  readonly largest?: number;
}

/** What was read, in the order of the paths and, in a folder, of the names; and what could not be. */
export interface FilesRead {
  readonly texts: readonly SourceText[];
  readonly diagnostics: readonly Diagnostic[];
}

const manifestName = /\.(?:ya?ml|json)$|^Kustomization$/;
/** Deeper folders are a mistake or an attack. */
const deepestFolder = 64;
/** Dot-folders that never hold manifests: nobody needs to hear that they were left out. */
const unremarkable: ReadonlySet<string> = new Set(['.git', '.github', '.terraform', '.venv', '.vscode', '.idea']);
/** How much of a dot-folder is looked at, in entries, to tell whether manifests were left out. */
const mostLookedAt = 10_000;
/** Dot-folders that are named. */
const mostNamed = 5;

/**
 * Reads files, folders (every `.yaml`, `.yml` and `.json` below, but for dot-folders) and `-`. A file that two paths lead to is read once. Links below a
 * folder are followed inside it and refused when they lead out. Whatever cannot be read is a diagnostic, and the rest is read all the same. Dot-folders with
 * manifests are named in one warning: `kubectl apply -R` would take them.
 */
export async function readPaths(paths: readonly string[], source: FileSource): Promise<FilesRead> {
  const reading = new Reading(source);
  for (const path of paths) {
    if (path === '-') await reading.stdin();
    else reading.path(path);
  }
  reading.tellSkipped();
  return { texts: reading.texts, diagnostics: reading.diagnostics };
}

/** The bytes of one file, of a stream or of `-`, or the diagnostic that says why not. */
export async function readBytes(path: string, source: FileSource): Promise<Uint8Array | Diagnostic> {
  const file = path.replaceAll(sep, '/');
  const largest = source.largest ?? constants.MAX_STRING_LENGTH;
  try {
    const full = resolve(source.cwd, path);
    if (path !== '-' && !statSync(full).isFile() && !isStream(full))
      return diagnostic('error', file, 'not-a-file', `${shown(file)} is no file.`, 'Give the name of a file.');
    const bytes = path === '-' ? await source.stdin() : readAtMost(full, largest);
    if (bytes !== null && bytes.length <= largest) return bytes;
    return diagnostic('error', file, 'too-large', `${nameOf(file)} is larger than ${Math.floor(largest / 2 ** 20)} MiB, the most that is read.`);
  } catch (error) {
    return failure(file, error);
  }
}

class Reading {
  readonly texts: SourceText[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly #source: FileSource;
  readonly #largest: number;
  readonly #seen = new Set<string>();
  readonly #skipped: { readonly file: string; readonly real: string }[] = [];
  /** Files that were to be read, twice-named ones included. */
  #candidates = 0;

  constructor(source: FileSource) {
    this.#source = source;
    this.#largest = source.largest ?? constants.MAX_STRING_LENGTH;
  }

  async stdin(): Promise<void> {
    if (this.#seen.has('-')) return;
    this.#seen.add('-');
    try {
      this.#bytes('-', await this.#source.stdin());
    } catch (error) {
      this.#failed('-', error);
    }
  }

  path(path: string): void {
    const file = path.replaceAll(sep, '/');
    const full = resolve(this.#source.cwd, path);
    try {
      const stat = statSync(full);
      if (stat.isDirectory()) this.#root(file, full);
      else if (stat.isFile() || isStream(full)) this.#file(file, full);
      else
        this.#report(
          'error',
          file,
          'not-a-file',
          `${shown(file)} is ${stat.isFIFO() ? 'a named pipe: reading it waits for whoever may write to it' : 'neither a file nor a folder'}.`,
          'Give a file or a folder, or a stream: -, /dev/stdin or <(command).',
        );
    } catch (error) {
      this.#failed(file, error);
    }
  }

  /** One warning for all dot-folders that hold manifests nobody else led to. */
  tellSkipped(): void {
    const passed = this.#skipped.filter(({ real }) => !this.#seen.has(real) && this.#holdsUnread(real));
    const [first] = passed;
    if (first === undefined) return;
    const named = passed.slice(0, mostNamed).map(({ file }) => shown(file));
    const more = passed.length > mostNamed ? ` and ${passed.length - mostNamed} more` : '';
    this.#report(
      'warning',
      first.file,
      'skipped-folder',
      `Folders whose names start with a dot are not read, and there are manifests in ${named.join(', ')}${more}.`,
      'Name such a folder as a path of its own if what is in it is applied.',
    );
  }

  #holdsUnread(folder: string): boolean {
    const open = [folder];
    let left = mostLookedAt;
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      let entries: Dirent[];
      try {
        entries = readdirSync(at, { withFileTypes: true });
      } catch {
        continue;
      }
      for (const entry of entries) {
        if (--left < 0) return false;
        const full = `${at}${sep}${entry.name}`;
        if (entry.isDirectory()) open.push(full);
        else if (entry.isFile() && manifestName.test(entry.name) && !this.#seen.has(full)) return true;
      }
    }
    return false;
  }

  #root(file: string, full: string): void {
    const root = realpathSync(full);
    const readBefore = this.#seen.has(root);
    const before = this.#candidates + this.diagnostics.length;
    this.#folder(file === '/' ? '' : file.replace(/\/+$/, ''), root, root, 0);
    if (this.#candidates + this.diagnostics.length > before) return;
    if (readBefore) this.#report('warning', file, 'read-twice', `The folder ${shown(file)} was read already: another path holds it.`, 'Name it once.');
    else
      this.#report(
        'warning',
        file,
        'no-manifests',
        `The folder ${shown(file)} holds no .yaml, .yml or .json file.`,
        'Give the folder that holds the manifests.',
      );
  }

  #folder(file: string, real: string, root: string, depth: number): void {
    if (this.#seen.has(real)) return;
    this.#seen.add(real);
    if (depth > deepestFolder) {
      this.#report('error', file, 'nested-too-deeply', `Folders are nested more than ${deepestFolder} levels deep.`);
      return;
    }
    let entries: Dirent[];
    try {
      entries = readdirSync(real, { withFileTypes: true });
    } catch (error) {
      this.#failed(file, error);
      return;
    }
    for (const entry of entries.sort((a, b) => compareText(a.name, b.name)))
      this.#entry(entry, `${file}/${entry.name}`, `${real}${sep}${entry.name}`, root, depth);
  }

  #entry(entry: Dirent, file: string, full: string, root: string, depth: number): void {
    const folder = entry.isDirectory();
    if ((folder || entry.isSymbolicLink()) && entry.name.startsWith('.')) {
      if (folder && !unremarkable.has(entry.name)) this.#skipped.push({ file, real: full });
      return;
    }
    if (folder) {
      this.#folder(file, full, root, depth + 1);
      return;
    }
    if (entry.isFile()) {
      if (manifestName.test(entry.name)) this.#file(file, full);
      return;
    }
    if (!entry.isSymbolicLink()) return;
    try {
      const target = realpathSync(full);
      const isFolder = statSync(target).isDirectory();
      if (!isFolder && !manifestName.test(entry.name)) return;
      if (target !== root && !target.startsWith(root.endsWith(sep) ? root : root + sep)) {
        this.#report(
          'error',
          file,
          'link-leaves-folder',
          `${shown(file)} is a link that leads out of the folder; it was not followed.`,
          'Name its target as a path of its own if you mean it.',
        );
      } else if (isFolder) this.#folder(file, target, root, depth + 1);
      else if (statSync(target).isFile()) this.#file(file, target);
    } catch (error) {
      this.#failed(file, error);
    }
  }

  #file(file: string, full: string): void {
    this.#candidates++;
    try {
      const real = realpathSync(full);
      if (this.#seen.has(real)) return;
      this.#seen.add(real);
      this.#bytes(file, readAtMost(full, this.#largest));
    } catch (error) {
      this.#failed(file, error);
    }
  }

  #bytes(file: string, bytes: Uint8Array | null): void {
    if (bytes === null || bytes.length > this.#largest) {
      this.#report(
        'error',
        file,
        'too-large',
        `${nameOf(file)} is larger than ${Math.floor(this.#largest / 2 ** 20)} MiB, the most that is read at once.`,
        'Split it, for example by namespace.',
      );
      return;
    }
    const decoded = decodeText(bytes);
    if ('text' in decoded) this.texts.push({ file, text: decoded.text });
    else {
      const { line, byte, encoding } = decoded;
      this.#report('error', file, 'not-text', `${nameOf(file)} is no text: line ${line}, byte ${byte} is not ${encoding}.`, 'Give YAML or JSON in UTF-8.');
    }
  }

  #failed(file: string, error: unknown): void {
    this.diagnostics.push(failure(file, error));
  }

  #report(severity: 'error' | 'warning', file: string, code: string, message: string, hint?: string): void {
    this.diagnostics.push(diagnostic(severity, file, code, message, hint));
  }
}

function diagnostic(severity: 'error' | 'warning', file: string, code: string, message: string, hint?: string): Diagnostic {
  return { code, severity, message, ...(hint === undefined ? {} : { hint }), origin: { document: { file, index: 0 }, path: [] } };
}

/** An error of the file system as a diagnostic. */
function failure(file: string, error: unknown): Diagnostic {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const [message, hint] = reasons.get(code) ?? [`cannot be read${code === '' ? '' : ` (${code})`}`, undefined];
  return diagnostic('error', file, code === 'ENOENT' ? 'no-such-file' : 'unreadable', `${nameOf(file)} ${message}.`, hint);
}

/** Whether a path is what a shell makes for `<(command)` and redirections: an open stream of this process, or nothing at all. Source: bash manual, Process Substitution and Redirections. */
function isStream(full: string): boolean {
  return /^\/(?:dev\/(?:stdin|null|fd\/\d{1,9})|proc\/self\/fd\/\d{1,9})$/.test(full);
}

const reasons: ReadonlyMap<string, readonly [string, string | undefined]> = new Map([
  ['ENOENT', ['does not exist', 'Check the spelling; paths are looked up from the current folder.']],
  ['EACCES', ['may not be read by this user', 'Change its permissions, or run as a user who may.']],
  ['EPERM', ['may not be read by this user', 'Change its permissions, or run as a user who may.']],
  ['ELOOP', ['is a link that leads back to itself', 'Remove the link.']],
  ['ENAMETOOLONG', ['is too long for a path', undefined]],
  ['ENOTDIR', ['has a file where a folder should be', 'Check the path.']],
]);

function nameOf(file: string): string {
  return file === '-' ? 'Standard input' : shown(file);
}

/** All of a file (a pipe or device too), or null when it holds more than `largest` bytes. */
function readAtMost(full: string, largest: number): Uint8Array | null {
  const handle = openSync(full, 'r');
  try {
    const { size } = fstatSync(handle);
    if (size > largest) return null;
    const chunks: Uint8Array[] = [];
    let total = 0;
    for (let room = size > 0 ? size + 1 : 65536; ; room = 2 ** 20) {
      const chunk = Buffer.allocUnsafe(room);
      const count = readSync(handle, chunk, 0, room, null);
      if (count === 0) return chunks.length === 1 ? (chunks[0] ?? chunk) : Buffer.concat(chunks);
      total += count;
      if (total > largest) return null;
      chunks.push(chunk.subarray(0, count));
    }
  } finally {
    closeSync(handle);
  }
}
