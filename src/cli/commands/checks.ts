import { checks } from '../../checks/registry.gen.ts';
import { severities } from '../../model/finding.ts';
import { severityInks } from '../../report/finding-text.ts';
import type { Pen } from '../../report/pen.ts';
import { tableLines } from '../../report/table.ts';
import { visibleLines } from '../../report/visible.ts';
import { wrap } from '../../report/width.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { penOf } from '../stream-pen.ts';

export const command: Command = {
  name: 'checks',
  summary: 'list the checks, or explain one',
  description: [
    'Without an argument lists every check that scan and verify run, worst first. With one says why it matters, how to mend it, where its facts come from, and shows manifests on which it fires and does not.',
  ],
  operands: { name: 'CHECK', min: 0, max: 1, help: 'The check to explain.', choices: checks.map((c) => c.slug) },
  options: [],
  examples: [
    { line: 'ringfence checks', note: 'all checks' },
    { line: `ringfence checks ${checks[0]?.slug ?? ''}`, note: 'one check in full' },
  ],
  async run({ operands: [slug] }, { io }) {
    const pen = penOf(io.stdout, io);
    const lines = slug === undefined ? listLines(pen) : checkLines(slug, pen);
    io.stdout.write(`${lines.join('\n')}\n`);
    return exitCodes.clean;
  },
};

function listLines(pen: Pen): string[] {
  const rows = severities.flatMap((severity) =>
    checks.filter((c) => c.severity === severity).map((c) => [pen.ink(severity, ...severityInks[severity]), pen.ink(c.slug, 'bold'), c.title]),
  );
  return tableLines(rows);
}

function checkLines(slug: string, pen: Pen): string[] {
  const check = checks.find((c) => c.slug === slug);
  if (check === undefined) throw new Error(`no check ${slug}`);
  const paragraphs = (text: string): string[] => visibleLines(text.trim()).flatMap((line) => wrap(line, pen.style.width));
  const example = (text: string): string[] => visibleLines(text.trimEnd()).map((line) => `  ${line}`);
  const under = check.example.profile === undefined ? '' : ` under --profile ${check.example.profile}`;
  return [
    `${pen.ink(check.slug, 'bold')}: ${check.title}`,
    `${pen.ink(check.severity, ...severityInks[check.severity])}, ${check.plane} plane`,
    '',
    ...paragraphs(check.why),
    '',
    pen.ink('How to mend it', 'bold'),
    ...paragraphs(check.fix),
    '',
    pen.ink(`It fires on${under}`, 'bold'),
    ...example(check.example.bad),
    '',
    pen.ink('It is silent on', 'bold'),
    ...example(check.example.good),
    '',
    pen.ink('Sources', 'bold'),
    ...check.sources.flatMap((source) => wrap(source, pen.style.width - 2).map((line) => `  ${line}`)),
  ];
}
