import { filesOf } from '../../app/feeds/folder-files.ts';
import { standingOf } from '../../app/feeds/standing.ts';
import { defaultHoldHours } from '../../feeds/state.ts';
import type { Diagnostic } from '../../kernel/result.ts';
import { inspectFolder } from '../../live/output.ts';
import type { FeedStanding } from '../../model/feed-report.ts';
import type { Finding } from '../../model/finding.ts';
import { feedStatusJson, feedStatusMarkdown, feedStatusText } from '../../report/feed-status.ts';
import { jsonText } from '../../report/json.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { readFeedFolder } from '../feed-folder.ts';
import { providerNamed } from '../feed-input.ts';
import { printDiagnostics } from '../inputs.ts';
import { placeless } from '../placeless.ts';
import { emit, formatOf, formatOption, outputOption, resultPen } from '../present.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'feeds status',
  summary: 'say how old the addresses in force are, what is held, and whether files were changed by hand',
  description: [
    'Reads folders of feeds apply: the edition in force, its age and that of its download, what is open, what is held and until when, what a rollback goes back to.',
    'Exits with 1 when an edition is stale, when its age is not known, or when a file is not as it was written.',
  ],
  operands: { name: 'FOLDER', min: 1, max: null, help: 'Folders that feeds apply wrote.' },
  options: [
    {
      name: 'max-age',
      value: 'DAYS',
      help: 'From which age on an edition or its download is stale; when left out, several times the usual pause between two editions of the provider.',
    },
    { name: 'hold', value: 'HOURS', help: `The hold-down that feeds apply is given; ${defaultHoldHours} when left out.` },
    outputOption,
    formatOption(['text', 'json', 'markdown'], { sarif: 'feeds status has no findings in files to write as SARIF' }),
  ],
  examples: [{ line: 'ringfence feeds status pack/s3 pack/google', note: 'in CI, once a day' }],
  async run(invocation, { io }) {
    const maxAge = daysOf(invocation.text('max-age'), '--max-age');
    const hold = daysOf(invocation.text('hold'), '--hold');
    const standings: FeedStanding[] = [];
    const findings: Finding[] = [];
    const diagnostics: Diagnostic[] = [];
    for (const folder of invocation.operands) {
      const { before, diagnostics: faults } = await readFeedFolder(folder, io);
      diagnostics.push(...faults);
      if (faults.length > 0) continue;
      if (before === null) throw new UsageError([{ message: `feeds apply did not write ${JSON.stringify(folder)}`, hint: 'give the folder of -o' }]);
      const astray = inspectFolder(io.cwd, folder, filesOf(before), () => true)
        .files.filter((f) => f.state !== 'unchanged')
        .map((f) => f.path);
      const { standing, findings: found } = standingOf(folder, before, providerNamed(before.state.latest.provider), {
        bound: maxAge,
        holdHours: hold ?? defaultHoldHours,
        now: io.now,
        astray,
      });
      standings.push(standing);
      findings.push(...found);
    }
    const locator = placeless;
    if (printDiagnostics(diagnostics, locator, io)) return exitCodes.badInput;
    const report = { feeds: standings, findings };
    const format = formatOf(invocation);
    const text =
      format === 'json'
        ? jsonText(feedStatusJson(report, { locator, diagnostics }))
        : format === 'markdown'
          ? feedStatusMarkdown(report)
          : feedStatusText(report, { pen: resultPen(invocation, io), locator });
    emit(text, invocation, io);
    return findings.length > 0 || standings.some((s) => s.astray.length > 0) ? exitCodes.findings : exitCodes.clean;
  },
};

function daysOf(text: string | undefined, option: string): number | null {
  if (text === undefined) return null;
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new UsageError([{ message: `${option} cannot be ${JSON.stringify(text)}`, hint: 'write a whole number' }]);
}
