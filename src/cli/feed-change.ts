import { changeOf, type FeedChange } from '../app/feeds/change.ts';
import type { FeedFolder } from '../app/feeds/state-file.ts';
import type { Locator } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { FeedId } from '../model/feed.ts';
import type { FeedChangeReport } from '../model/feed-report.ts';
import { feedChangeJson, feedChangeMarkdown, feedChangeText } from '../report/feed-change.ts';
import { jsonText } from '../report/json.ts';
import type { Invocation } from './command.ts';
import { readFeedFolder, zoneOf } from './feed-folder.ts';
import { readFeedInput } from './feed-input.ts';
import { requestOf } from './feed-options.ts';
import { printDiagnostics } from './inputs.ts';
import type { Io } from './io.ts';
import { placeless } from './placeless.ts';
import { emit, formatOf } from './present.ts';
import { penOf } from './stream-pen.ts';

/** A change that was worked out, with what belongs to its report. */
export interface WorkedOut extends FeedChange {
  readonly before: FeedFolder | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly locator: Locator;
}

/** Works out what the feed at `paths` changes in `folder`. Null when the input has faults, which are printed. */
export async function workedOut(folder: string, paths: readonly string[], invocation: Invocation, io: Io): Promise<WorkedOut | null> {
  const { before, diagnostics: faults } = await readFeedFolder(folder, io);
  if (printDiagnostics(faults, placeless, io)) return null;
  const { zone, failed } = await zoneOf(invocation, io);
  const said = invocation.text('provider') as FeedId | undefined;
  const { input, diagnostics, locator } = await readFeedInput(paths, said ?? before?.state.latest.provider ?? null, io);
  if (printDiagnostics(diagnostics, locator, io) || failed || input === null) return null;
  const { provider, feed, source } = input;
  if (before !== null && before.state.latest.provider !== provider.id) {
    const message = `${folder} was written from the feed of ${before.state.latest.provider}, not of ${provider.id}.`;
    printDiagnostics([{ code: 'another-feed', severity: 'error', message, hint: 'Give a folder of its own to each feed.', origin: null }], locator, io);
    return null;
  }
  const request = requestOf(invocation, provider.id, before, zone);
  const change = changeOf({ folder, before, provider, feed, source, ...request }, request.rules, io.now);
  printDiagnostics(change.diagnostics, locator, io);
  return change.ok ? { ...change.value, before, diagnostics, locator } : null;
}

/** Writes the report where the user wants it: standard output. */
export function presentChange(
  report: FeedChangeReport,
  { locator, diagnostics }: Pick<WorkedOut, 'locator' | 'diagnostics'>,
  invocation: Invocation,
  io: Io,
  toFile: boolean,
): void {
  const format = formatOf(invocation);
  const text =
    format === 'json'
      ? jsonText(feedChangeJson(report, { locator, diagnostics }))
      : format === 'markdown'
        ? feedChangeMarkdown(report)
        : feedChangeText(report, { pen: penOf(io.stdout, io), locator });
  if (toFile) emit(text, invocation, io);
  else io.stdout.write(text);
}
