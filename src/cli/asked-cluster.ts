import type { Seen } from '../engine/seen-by.ts';
import type { Invocation } from './command.ts';
import { namedProfile, printDiagnostics, readCluster, seen } from './inputs.ts';
import type { Io } from './io.ts';
import { nothingRead } from './nothing-read.ts';
import type { Progress } from './progress.ts';

type AskedCluster = Awaited<ReturnType<typeof readCluster>> & Seen;

/** The cluster of the operands as the profile that is asked for sees it; null, with the reasons printed, where nothing was read. */
export async function readAsked(invocation: Invocation, io: Io, progress: Progress): Promise<AskedCluster | null> {
  const base = namedProfile(invocation.text('profile'), 'kubernetes');
  const cluster = seen(await readCluster(invocation.operands, io, progress), base);
  if (cluster.snapshot.objects.length > 0) return cluster;
  progress.done();
  printDiagnostics([...cluster.diagnostics, ...nothingRead(cluster.snapshot, cluster.diagnostics)], cluster.locator, io);
  return null;
}
