import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { OutputRefused } from './output-refused.ts';
import { UnfinishedError } from './unfinished-error.ts';

/** One file to write: `path` is relative to the folder, with forward slashes. */
interface FileText {
  readonly path: string;
  readonly text: string | Uint8Array;
}

/** How a folder compares with the files that are to lie in it. */
export interface FolderState {
  readonly files: readonly { readonly path: string; readonly state: 'created' | 'changed' | 'unchanged' }[];
  /** Files that an earlier run made and that are no longer part of it. */
  readonly stale: readonly string[];
  /** Places that are not ours to take: a file that we did not make, a folder, a link. Nothing may be written then. */
  readonly foreign: readonly string[];
}

/** Entries of a folder that are looked at for stale files; a pack has a few dozen. */
const mostEntries = 10_000;
/** How much of a file is read to see who made it. */
const headLength = 4096;

/**
 * Compares `files` with what lies in `folder` (a path from `cwd`, which need not exist). `isOurs` tells from a file's first lines whether we made it: such
 * files are ours to update, other places must be free. Reads only.
 */
export function inspectFolder(cwd: string, folder: string, files: readonly FileText[], isOurs: (head: string) => boolean): FolderState {
  return guarded(`cannot look into ${folder}`, () => {
    const root = realFolder(cwd, folder);
    if (root === null) return { files: files.map(({ path }) => ({ path, state: 'created' as const })), stale: [], foreign: [] };
    const ours = filesBelow(root).filter((path) => isOurs(headOf(join(root, path))));
    const foreign: string[] = [];
    const states = files.map(({ path, text }) => {
      const at = join(root, insidePath(path));
      const found = lstatOf(at);
      const inside = staysInside(root, dirname(at));
      if (inside && found?.isFile() === true && readFileSync(at).equals(Buffer.from(text))) return { path, state: 'unchanged' as const };
      if (!inside || (found !== undefined && (!found.isFile() || !isOurs(headOf(at))))) foreign.push(path);
      return { path, state: found === undefined ? ('created' as const) : ('changed' as const) };
    });
    const wanted = new Set(files.map(({ path }) => path));
    return { files: states, stale: ours.filter((path) => !wanted.has(path)).sort(), foreign };
  });
}

/**
 * Writes `files` into `folder` and removes those at `gone`, all or none: everything is written aside first, then moved into place, and moved back when a step
 * fails. Files that are already right are not touched. Call `inspectFolder` first: what it calls foreign must not be written over.
 */
export function writeFolder(cwd: string, folder: string, files: readonly FileText[], gone: readonly string[] = []): void {
  guarded(`cannot write ${folder}`, () => {
    mkdirSync(resolve(cwd, folder), { recursive: true });
    const root = realpathSync(resolve(cwd, folder));
    const aside = mkdtempSync(join(root, '.ringfence-'));
    const done: { readonly target: string; readonly old: string | null }[] = [];
    try {
      files.forEach(({ text }, i) => writeThrough(join(aside, `new-${i}`), text));
      files.forEach(({ path }, i) => {
        const target = join(root, insidePath(path));
        mkdirSync(dirname(target), { recursive: true });
        if (!staysInside(root, dirname(target))) throw new OutputRefused(`${path} would be written outside ${folder}, through a link`, 'remove the link');
        const old = lstatOf(target) === undefined ? null : join(aside, `old-${i}`);
        if (old !== null) renameSync(target, old);
        done.push({ target, old });
        renameSync(join(aside, `new-${i}`), target);
      });
      gone.forEach((path, i) => {
        const target = join(root, insidePath(path));
        if (lstatOf(target) === undefined) return;
        if (!staysInside(root, dirname(target))) throw new OutputRefused(`${path} would be removed outside ${folder}, through a link`, 'remove the link');
        const old = join(aside, `gone-${i}`);
        renameSync(target, old);
        done.push({ target, old });
      });
    } catch (error) {
      for (const { target, old } of done.reverse()) {
        rmSync(target, { force: true });
        if (old !== null) renameSync(old, target);
      }
      throw error;
    } finally {
      rmSync(aside, { recursive: true, force: true });
    }
  });
}

/**
 * Writes one file whole or not at all. A link is followed only to a file in the same folder; devices and pipes (`/dev/stdout`) are written straight.
 * Folders above that do not exist are an error: a slip in a path should not make a tree.
 */
export function writeWhole(cwd: string, path: string, text: string): void {
  guarded(`cannot write ${path}`, () => {
    const named = resolve(cwd, path);
    const link = lstatOf(named)?.isSymbolicLink() === true;
    const found = statSync(named, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) throw new OutputRefused(`cannot write ${path}: it is a folder`, 'give the name of a file');
    if (found !== undefined && !found.isFile()) {
      writeFileSync(named, text);
      return;
    }
    const target = link ? realpathSync(named) : named;
    if (link && dirname(target) !== realpathSync(dirname(named))) {
      throw new OutputRefused(`cannot write ${path}: it is a link to another folder`, 'remove the link, or name its target');
    }
    const aside = mkdtempSync(join(dirname(target), '.ringfence-'));
    try {
      const fresh = join(aside, basename(target));
      writeThrough(fresh, text);
      renameSync(fresh, target);
    } finally {
      rmSync(aside, { recursive: true, force: true });
    }
  });
}

/** The path of a file with all links followed; null when nothing can be found there. */
export function realPath(cwd: string, path: string): string | null {
  try {
    return realpathSync(resolve(cwd, path));
  } catch {
    return null;
  }
}

/** Whether anything is there, a broken link included. */
export function isTaken(cwd: string, path: string): boolean {
  return guarded(`cannot look at ${path}`, () => lstatOf(resolve(cwd, path)) !== undefined);
}

/** Whether a folder is there. */
export function isFolder(cwd: string, path: string): boolean {
  return guarded(`cannot look at ${path}`, () => statSync(resolve(cwd, path), { throwIfNoEntry: false })?.isDirectory() === true);
}

function writeThrough(path: string, text: string | Uint8Array): void {
  const handle = openSync(path, 'wx', 0o644);
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The path with the platform's separators. Throws on one that would leave its folder: pack paths come from us, so that is a bug. */
function insidePath(path: string): string {
  const parts = path.split('/');
  if (isAbsolute(path) || path.includes('\0') || path.includes('\\') || parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new Error(`not a path inside a pack: ${JSON.stringify(path)}`);
  }
  return parts.join(sep);
}

/** The real folder, null when there is none. A file in its place is an error. */
function realFolder(cwd: string, folder: string): string | null {
  const named = resolve(cwd, folder);
  const found = lstatOf(named);
  if (found === undefined) return null;
  const real = realpathSync(named);
  if (!statSync(real).isDirectory()) throw new OutputRefused(`${folder} is a file, not a folder`, 'give the name of a folder');
  return real;
}

/** Whether the nearest folder above that exists really lies in `root`, links followed. */
function staysInside(root: string, folder: string): boolean {
  let at = folder;
  while (lstatOf(at) === undefined && dirname(at) !== at) at = dirname(at);
  let real: string;
  try {
    real = realpathSync(at);
  } catch {
    return false;
  }
  const way = relative(root, real);
  return way === '' || (!isAbsolute(way) && way.split(sep)[0] !== '..');
}

function filesBelow(root: string): string[] {
  const found: string[] = [];
  const waiting = [''];
  for (let folder = waiting.pop(); folder !== undefined && found.length < mostEntries; folder = waiting.pop()) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) waiting.push(path);
      else if (entry.isFile()) found.push(path);
    }
  }
  return found;
}

function headOf(path: string): string {
  return readFileSync(path).subarray(0, headLength).toString('utf8');
}

function lstatOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOENT: 'there is no such folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder',
  ELOOP: 'its links go round in a circle',
  ENAMETOOLONG: 'the name is too long',
};

/** Runs `work`; errors of the file system become sentences. */
function guarded<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
    if (code === undefined || error instanceof OutputRefused) throw error;
    throw new UnfinishedError(`${what}: ${Object.hasOwn(reasons, code) ? reasons[code] : code}`);
  }
}
