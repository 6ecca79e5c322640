import type { Lint } from '../../app/iam/lints/lint.ts';
import { lints } from '../../app/iam/lints/registry.gen.ts';
import type { Check } from '../../checks/check.ts';
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
    'Without an argument lists every check that scan and verify run, worst first, and every lint of iam lint. With one says why it matters, how to mend it, where its facts come from, and shows manifests or policies on which it fires and does not.',
  ],
  operands: { name: 'CHECK', min: 0, max: 1, help: 'The check to explain.', choices: [...checks, ...lints].map((c) => c.slug) },
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
  const rows = (all: readonly (Check | Lint)[]): string[][] =>
    severities.flatMap((severity) =>
      all.filter((c) => c.severity === severity).map((c) => [pen.ink(severity, ...severityInks[severity]), pen.ink(c.slug, 'bold'), c.title]),
    );
  return [...tableLines(rows(checks)), '', pen.ink('Of policies (iam lint)', 'bold'), ...tableLines(rows(lints))];
}

function checkLines(slug: string, pen: Pen): string[] {
  const check: Check | Lint | undefined = checks.find((c) => c.slug === slug) ?? lints.find((c) => c.slug === slug);
  if (check === undefined) throw new Error(`no check ${slug}`);
  const paragraphs = (text: string): string[] => visibleLines(text.trim()).flatMap((line) => wrap(line, pen.style.width));
  const example = (text: string): string[] => visibleLines(text.trimEnd()).map((line) => `  ${line}`);
  const under = 'profile' in check.example && check.example.profile !== undefined ? ` under --profile ${check.example.profile}` : '';
  const alike = 'alike' in check ? check.alike : [];
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
    ...(alike.length === 0 ? [] : [pen.ink('Elsewhere', 'bold'), ...alike.map((name) => `  ${name}`), '']),
    pen.ink('Sources', 'bold'),
    ...check.sources.flatMap((source) => wrap(source, pen.style.width - 2).map((line) => `  ${line}`)),
  ];
}
