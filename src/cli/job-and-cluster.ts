import { type Loaded, type LoadOptions, loadSnapshot } from '../app/load.ts';
import { readTexts } from './inputs.ts';
import type { Io } from './io.ts';

/** A cluster with the job that goes there, and which files are the job's. */
export interface JobAndCluster extends Loaded {
  readonly files: ReadonlySet<string>;
}

/**
 * Reads a job and the cluster around it into one snapshot; a file that both name is the job's. Of objects that are there twice the job's counts. Without a
 * job, every file of the cluster may hold one.
 */
export async function readJobAndCluster(
  jobs: readonly string[],
  policies: readonly string[],
  io: Io,
  options: Pick<LoadOptions, 'ranges' | 'namespace'> = {},
): Promise<JobAndCluster> {
  const own = await readTexts(jobs, io);
  const around = await readTexts(policies, io);
  const names = new Set(own.texts.map((t) => t.file));
  const read = [...own.diagnostics, ...around.diagnostics];
  const unreadFiles = read.flatMap((d) => (d.severity === 'error' && d.origin !== null ? [d.origin] : []));
  const loaded = loadSnapshot([...around.texts.filter((t) => !names.has(t.file)), ...own.texts], { ...options, unreadFiles });
  return { ...loaded, files: jobs.length > 0 ? names : new Set(around.texts.map((t) => t.file)), diagnostics: [...read, ...loaded.diagnostics] };
}
