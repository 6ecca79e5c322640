import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { presentChange, workedOut } from '../feed-change.ts';
import { feedOptions } from '../feed-options.ts';
import { formatOption, outputOption } from '../present.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'feeds diff',
  summary: 'say what a new edition of a feed would change, and whether it would be taken',
  description: [
    'Compares an edition with what a folder of feeds apply holds: addresses that it would open, that would be missed and held, that come back, and that would be shut because their time is over. Only addresses that the filter takes count; a new version without a change among them is no difference.',
    'Exits with 1 when something would change, or when the edition would be refused.',
  ],
  operands: { name: 'FEED', min: 1, max: null, help: 'A bundle of feeds fetch, or the files of the provider; - is standard input.' },
  options: [
    { name: 'against', value: 'FOLDER', completes: 'folder', help: 'The folder that feeds apply wrote. One that does not exist yet holds nothing.' },
    ...feedOptions,
    outputOption,
    formatOption(['text', 'json', 'markdown'], { sarif: 'feeds diff has no findings in files to write as SARIF' }),
  ],
  examples: [
    { line: 'ringfence feeds diff feeds/ --against pack/s3', note: 'before it is applied' },
    { line: 'ringfence feeds diff feeds/ --against pack/s3 --format markdown', note: 'for a pull request' },
  ],
  async run(invocation, { io }) {
    const folder = invocation.text('against');
    if (folder === undefined) throw new UsageError([{ message: 'feeds diff needs the folder to compare with: --against FOLDER' }]);
    const change = await workedOut(folder, invocation.operands, invocation, io);
    if (change === null) return exitCodes.badInput;
    const { report } = change;
    presentChange(report, change, invocation, io, true);
    const moves = [report.opened, report.missed, report.returned, report.shut].some((blocks) => blocks.length > 0);
    return moves || report.outcome === 'refused' ? exitCodes.findings : exitCodes.clean;
  },
};
