import { type FeedFolder, readStateFile, stateFileName } from '../app/feeds/state-file.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { decodeText } from '../live/decode-text.ts';
import { readBytes } from '../live/files.ts';
import type { LoadedZone } from '../spec/zone.ts';
import type { Invocation } from './command.ts';
import { mostFeedBytes } from './feed-input.ts';
import { printDiagnostics, readZoneFiles } from './inputs.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';

/** What `feeds apply` left in a folder; null where it never wrote. A state that cannot be read is a diagnostic. */
export async function readFeedFolder(folder: string, io: Io): Promise<{ readonly before: FeedFolder | null; readonly diagnostics: readonly Diagnostic[] }> {
  const path = `${folder.replace(/\/+$/, '')}/${stateFileName}`;
  const bytes = await readBytes(path, { cwd: io.cwd, stdin: () => io.stdin.bytes(), largest: mostFeedBytes });
  if (!(bytes instanceof Uint8Array)) return { before: null, diagnostics: bytes.code === 'no-such-file' ? [] : [bytes] };
  const decoded = decodeText(bytes);
  const read = readStateFile('text' in decoded ? decoded.text : '', path);
  return read.ok ? { before: read.value, diagnostics: [] } : { before: null, diagnostics: read.diagnostics };
}

/** The one zone of -f, if any. Null and `failed` when it cannot be read; its faults are printed. */
export async function zoneOf(invocation: Invocation, io: Io): Promise<{ readonly zone: LoadedZone | null; readonly failed: boolean }> {
  const files = invocation.texts('file');
  if (files.length === 0) return { zone: null, failed: false };
  const { zones, diagnostics, locator } = await readZoneFiles(files, io);
  const failed = printDiagnostics(diagnostics, locator, io);
  if (!failed && zones.length !== 1) throw new UsageError([{ message: `-f holds ${zones.length} zones; addresses are written for one` }]);
  return { zone: zones[0] ?? null, failed };
}
