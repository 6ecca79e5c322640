import { resolve } from 'node:path';
import { realPath, writeWhole } from '../live/output.ts';
import { OutputRefused } from '../live/output-refused.ts';
import type { Io } from './io.ts';

/** What each run has read, links followed. */
const read = new WeakMap<Io, Set<string>>();

/** Remembers files that this run read: its results are never written over them. */
export function noteRead(io: Io, paths: readonly string[]): void {
  const known = read.get(io) ?? new Set<string>();
  read.set(io, known);
  for (const path of paths) if (path !== '-') known.add(realPath(io.cwd, path) ?? resolve(io.cwd, path));
}

/** Throws OutputRefused when `path`, links followed, is a file that this run read. */
export function refuseInput(io: Io, path: string): void {
  const real = realPath(io.cwd, path);
  if (real === null || read.get(io)?.has(real) !== true) return;
  throw new OutputRefused(`cannot write ${path}: it is one of the files that were read, and would be lost`, 'give the name of another file');
}

/** Writes one result whole or not at all, never over a file that this run read. */
export function writeResult(io: Io, path: string, text: string): void {
  refuseInput(io, path);
  writeWhole(io.cwd, path, text);
}
