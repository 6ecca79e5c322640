import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isMap } from '../../kernel/map.ts';
import { UnfinishedError } from '../unfinished-error.ts';

/** One file of flows. `path` is below the folder of the store. */
export interface StoredPart {
  readonly path: string;
  readonly rows: number;
}

/**
 * What one ingestion put into a store. A part counts when a receipt names it, and a receipt is there whole or not at all: that is what makes an ingestion
 * happen all at once, whatever ends it.
 */
export interface Receipt<Coverage> {
  readonly schema: number;
  readonly id: string;
  readonly coverage: Coverage;
  readonly parts: readonly StoredPart[];
  /** Where lines that could not be read were put aside; null: there were none. */
  readonly quarantine: string | null;
}

const folders = ['parts', 'receipts', 'quarantine', 'tmp'];

/** A folder of flows. Readers need no lock: what receipts name does not change. */
export class StoreFolder {
  readonly root: string;
  /** As the user wrote it. */
  readonly #name: string;
  readonly #schema: number;

  constructor(cwd: string, folder: string, schema: number) {
    this.root = resolve(cwd, folder);
    this.#name = folder;
    this.#schema = schema;
  }

  /** Receipts in the order of their making; a store of another schema is refused. Throws UnfinishedError. */
  receipts<Coverage>(): readonly Receipt<Coverage>[] {
    if (!existsSync(join(this.root, 'receipts')))
      throw new UnfinishedError(`${this.#name} is no store of flows`, 'Make one with ringfence flows ingest PATHS --store DIR.');
    return guarded(this.#name, () =>
      readdirSync(join(this.root, 'receipts'))
        .filter((name) => name.endsWith('.json'))
        .sort()
        .map((name) => this.#receipt<Coverage>(name)),
    );
  }

  #receipt<Coverage>(name: string): Receipt<Coverage> {
    const path = `${this.#name}/receipts/${name}`;
    let read: unknown;
    try {
      read = JSON.parse(readFileSync(join(this.root, 'receipts', name), 'utf8'));
    } catch {
      throw new UnfinishedError(`${path} is damaged`, 'Remove it: the flows of that ingestion are then no longer in the store, and may be ingested again.');
    }
    if (!isMap(read) || read.schema !== this.#schema)
      throw new UnfinishedError(
        `${path} has schema ${isMap(read) ? String(read.schema) : 'none'}, and this version of ringfence knows ${this.#schema}`,
        'Ingest into a new folder.',
      );
    const receipt = read as unknown as Receipt<Coverage>;
    const gone = receipt.parts.find((part) => !isInside(part.path) || !existsSync(join(this.root, part.path)));
    if (gone !== undefined) throw new UnfinishedError(`${path} names ${gone.path}, which is not there`, 'Bring it back, or remove the receipt.');
    return receipt;
  }

  /** Makes the folder and takes it for this process, until `release`. Throws UnfinishedError where another process has it. */
  own(): void {
    guarded(this.#name, () => {
      for (const folder of folders) mkdirSync(join(this.root, folder), { recursive: true });
      const lock = join(this.root, 'lock');
      for (let tries = 0; tries < 3; tries++) {
        try {
          writeFileSync(lock, JSON.stringify({ pid: process.pid, host: hostname() }), { flag: 'wx' });
          this.#clean();
          return;
        } catch (error) {
          if (!isCode(error, 'EEXIST')) throw error;
          this.#takeFrom(lock);
        }
      }
      throw new UnfinishedError(`${this.#name} is being taken by several processes at once`, 'Run one ingestion at a time.');
    });
  }

  /** Leaves a lock that is held, with an error; puts one aside whose process is gone. */
  #takeFrom(lock: string): void {
    let holder: unknown = null;
    try {
      holder = JSON.parse(readFileSync(lock, 'utf8'));
    } catch (error) {
      if (isCode(error, 'ENOENT')) return;
      // Half a lock: whoever wrote it died, or is just writing it.
      if (Date.now() - statSync(lock).mtimeMs < 10_000) throw held(this.#name, 'another process');
    }
    const { pid, host } = isMap(holder) ? holder : {};
    if (host !== undefined && host !== hostname()) throw held(this.#name, `process ${String(pid)} on ${String(host)}`, `${this.#name}/lock`);
    if (typeof pid === 'number' && isAlive(pid)) throw held(this.#name, `process ${pid}`);
    const aside = join(this.root, `tmp/lock-${randomBytes(4).toString('hex')}`);
    try {
      // Of several that find it so, one can put it aside.
      renameSync(lock, aside);
      rmSync(aside);
    } catch (error) {
      if (!isCode(error, 'ENOENT')) throw error;
    }
  }

  release(): void {
    rmSync(join(this.root, 'tmp'), { recursive: true, force: true });
    rmSync(join(this.root, 'lock'), { force: true });
  }

  /** What an ingestion that did not end left behind. */
  #clean(): void {
    for (const name of readdirSync(join(this.root, 'tmp'))) rmSync(join(this.root, 'tmp', name), { recursive: true, force: true });
    const named = new Set(this.receipts().flatMap((r) => r.parts.map((p) => p.path)));
    for (const day of readdirSync(join(this.root, 'parts')))
      for (const file of readdirSync(join(this.root, 'parts', day)))
        if (!named.has(`parts/${day}/${file}`)) rmSync(join(this.root, 'parts', day, file), { force: true });
  }

  /** A path for a file that is not yet part of the store. */
  temporary(name: string): string {
    return join(this.root, 'tmp', name);
  }

  /** Moves finished parts to their places, then writes the receipt that makes them count. */
  commit<Coverage>(
    id: string,
    coverage: Coverage,
    parts: readonly { readonly from: string; readonly day: string; readonly name: string; readonly rows: number }[],
    badLines: string | null,
  ): Receipt<Coverage> {
    return guarded(this.#name, () => {
      const quarantine = badLines === null ? null : `quarantine/${id}.ndjson`;
      if (badLines !== null && quarantine !== null) this.#moved(badLines, quarantine);
      const placed = parts.map(({ from, day, name, rows }): StoredPart => {
        const path = `parts/${day}/${name}-${id}.parquet`;
        this.#moved(from, path);
        return { path, rows };
      });
      const receipt: Receipt<Coverage> = { schema: this.#schema, id, coverage, parts: placed, quarantine };
      const written = this.temporary(`${id}.json`);
      writeFileSync(written, `${JSON.stringify(receipt, null, 2)}\n`);
      this.#moved(written, `receipts/${id}.json`);
      return receipt;
    });
  }

  #moved(from: string, path: string): void {
    const to = join(this.root, path);
    mkdirSync(dirname(to), { recursive: true });
    synced(from);
    renameSync(from, to);
    synced(dirname(to));
  }
}

/** A name for an ingestion: sorts by time, and no other has it. `now` is RFC 3339. */
export function ingestionId(now: string): string {
  return `${now.replace(/[^0-9TZ]/g, '')}-${randomBytes(4).toString('hex')}`;
}

function isInside(path: string): boolean {
  return /^parts\/[0-9a-z-]{1,32}\/[0-9A-Za-z-]{1,64}\.parquet$/.test(path);
}

function synced(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isCode(error, 'ESRCH');
  }
}

function held(root: string, by: string, lock?: string): UnfinishedError {
  return new UnfinishedError(
    `${root} is being written by ${by}`,
    lock === undefined ? 'One process at a time writes a store; reading needs none to stop.' : `If that process is gone, remove ${lock}.`,
  );
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is a file',
};

/** Errors of the file system as sentences. What was in the store stays as it was. */
function guarded<T>(root: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
    if (code === undefined || error instanceof UnfinishedError) throw error;
    throw new UnfinishedError(`cannot write the store ${root}: ${Object.hasOwn(reasons, code) ? reasons[code] : code}`, 'What was in it before is as it was.');
  }
}
