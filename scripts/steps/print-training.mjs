import { built, generatedNote } from './printing.mjs';

/** The page that says which workloads count as training. */
export async function trainingFiles() {
  const { trainingMarks } = await built('index.js');
  const text = [
    '# What counts as training',
    '',
    generatedNote('src/app/training.ts'),
    '',
    '`ringfence scan` needs no configuration: a workload counts as training when it carries one of these marks. The report says which, for each workload.',
    '',
    '| mark | source |',
    '| --- | --- |',
    ...trainingMarks().map(({ mark, source }) => `| ${mark.replaceAll('|', '\\|')} | ${source.replaceAll('|', '\\|')} |`),
    '',
  ].join('\n');
  return [{ path: 'docs/training.md', text }];
}
