import { rolledBackChange } from '../../app/feeds/change.ts';
import { filesOf } from '../../app/feeds/folder-files.ts';
import type { FeedFolder } from '../../app/feeds/state-file.ts';
import { feedMark } from '../../app/feeds/target.ts';
import { inspectFolder, writeFolder } from '../../live/output.ts';
import type { FeedFileState } from '../../model/feed-report.ts';
import type { Command, Invocation } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { presentChange, type WorkedOut, workedOut } from '../feed-change.ts';
import { readFeedFolder } from '../feed-folder.ts';
import { feedOptions, rulesOf } from '../feed-options.ts';
import { printDiagnostics } from '../inputs.ts';
import type { Io } from '../io.ts';
import { placeless } from '../placeless.ts';
import { formatOption } from '../present.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'feeds apply',
  summary: 'write the addresses of a feed as policies or sets, safely and reversibly',
  description: [
    'Takes what the filter names of an edition, merges it exactly and writes it into a folder of its own: NetworkPolicies, or sets that policies select by the label ringfence.dev/feed, in files below the limits of the API server, with a kustomization and the state. What the state holds need not be said again: the same folder goes on with the same filter.',
    'An older edition is refused, and one that has lost too much or adds too much; then nothing is written. What is new is opened at once. What is missed stays open for --hold hours, and for as long as no later run shuts it; when it comes back in time, nothing was shut. A file is written only when its bytes change. A changed filter starts the set anew.',
    'Exits with 1 when the edition is refused.',
  ],
  operands: { name: 'FEED', min: 0, max: null, help: 'A bundle of feeds fetch, or the files of the provider; - is standard input. None with --rollback.' },
  options: [
    { name: 'output', short: 'o', value: 'FOLDER', completes: 'folder', help: 'The folder, of this feed alone; made when it does not exist.' },
    ...feedOptions,
    { name: 'rollback', help: 'Go back to what was open before the last change. The edition that made it is not taken again; a newer one is.' },
    formatOption(['text', 'json', 'markdown'], { sarif: 'feeds apply has no findings in files to write as SARIF' }),
  ],
  examples: [
    { line: 'ringfence feeds apply feeds/ -o pack/s3 --service S3 --region us-east-1 --namespace ai-training', note: 'the first time' },
    { line: 'ringfence feeds apply feeds/ -o pack/s3', note: 'from then on' },
    { line: 'ringfence feeds apply -o pack/s3 --rollback', note: 'undo' },
  ],
  async run(invocation, { io }) {
    const folder = invocation.text('output');
    if (folder === undefined) throw new UsageError([{ message: 'feeds apply needs the folder to write: -o FOLDER' }]);
    const change = invocation.flag('rollback') ? await goneBack(folder, invocation, io) : await fromFeed(folder, invocation, io);
    if (change === null) return exitCodes.badInput;
    const { before, next, report } = change;
    const files = next === null ? [] : write(folder, before, next, io);
    presentChange({ ...report, files, applied: next !== null }, change, invocation, io, false);
    return report.outcome === 'refused' ? exitCodes.findings : exitCodes.clean;
  },
};

function fromFeed(folder: string, invocation: Invocation, io: Io): Promise<WorkedOut | null> {
  if (invocation.operands.length === 0) throw new UsageError([{ message: 'feeds apply needs a feed: FEED', hint: 'fetch one with ringfence feeds fetch' }]);
  return workedOut(folder, invocation.operands, invocation, io);
}

async function goneBack(folder: string, invocation: Invocation, io: Io): Promise<WorkedOut | null> {
  if (invocation.operands.length > 0) throw new UsageError([{ message: '--rollback goes back to what the folder holds: it takes no feed' }]);
  const { before, diagnostics } = await readFeedFolder(folder, io);
  if (printDiagnostics(diagnostics, placeless, io)) return null;
  if (before === null) throw new UsageError([{ message: `feeds apply did not write ${JSON.stringify(folder)}` }]);
  const change = rolledBackChange(folder, before, rulesOf(invocation).holdHours);
  if (change === null)
    throw new UsageError([{ message: `${folder} keeps nothing to go back to`, hint: 'the last change was the first one, or was undone already' }]);
  return { ...change, before, diagnostics, locator: placeless };
}

/** Writes what differs, and removes what is no longer part of it, all or nothing. */
function write(folder: string, before: FeedFolder | null, next: FeedFolder, io: Io): readonly FeedFileState[] {
  const files = filesOf(next);
  const state = inspectFolder(io.cwd, folder, files, (head) => before !== null && head.includes(feedMark));
  if (state.foreign.length > 0)
    throw new UsageError(
      state.foreign.map((path) => ({
        message: `${folder} holds ${JSON.stringify(path)}, which feeds apply did not write; nothing was written`,
        hint: 'choose a folder of its own for each feed, and list it in the kustomization above',
      })),
    );
  // What was ours by name and is somebody else's by now stays.
  const was = new Set(before === null ? [] : filesOf(before).map((f) => f.path));
  const gone = state.stale.filter((path) => was.has(path));
  const fresh = new Set(state.files.filter((f) => f.state !== 'unchanged').map((f) => f.path));
  if (fresh.size > 0 || gone.length > 0)
    writeFolder(
      io.cwd,
      folder,
      files.filter((f) => fresh.has(f.path)),
      gone,
    );
  return [...state.files, ...gone.map((path) => ({ path, state: 'removed' as const }))];
}
