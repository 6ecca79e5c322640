import type { Pen } from '../report/pen.ts';
import { tableLines } from '../report/table.ts';
import { displayWidth, wrap } from '../report/width.ts';
import type { Command, Option } from './command.ts';
import { optionsOf } from './parse.ts';

/** What the exit codes mean, for every help text. */
const exitCodeRows: readonly (readonly [string, string])[] = [
  ['0', 'clean'],
  ['1', 'findings, claims that do not hold, or a difference'],
  ['2', 'bad usage or input'],
  ['3', 'could not finish'],
];

/** `ringfence --help`: what it is, the verbs, and where to start. */
export function overviewText(commands: readonly Command[], pen: Pen): string {
  const rows = commands.map((c) => [pen.ink(c.name, 'bold'), c.summary]);
  const starts = [
    ['ringfence scan ./manifests', 'what can a compromised training pod reach today?'],
    ['ringfence generate -f zone.yaml -o pack/', 'the right policies'],
    ['ringfence verify -f zone.yaml ./manifests pack/', 'is it really closed, and will jobs still run?'],
    ['ringfence explain ./manifests --from ml/train --to data/db --port 5432/TCP', 'why (not)?'],
  ];
  return `${[
    'Ringfence keeps AI training clusters apart from everything they must not touch, and proves it.',
    '',
    pen.ink('Usage', 'bold'),
    '  ringfence VERB [PATH...] [OPTIONS]',
    '',
    pen.ink('Verbs', 'bold'),
    ...tableLines(rows, { indent: 2 }),
    '',
    pen.ink('Start here', 'bold'),
    ...starts.flatMap(([line, note]) => [`  ${line}`, pen.ink(`      ${note}`, 'dim')]),
    '',
    pen.ink('Exit codes', 'bold'),
    ...tableLines(exitCodeRows, { indent: 2 }),
    '',
    'ringfence VERB --help tells more about a verb.',
  ].join('\n')}\n`;
}

/** `ringfence GROUP --help`: the verbs that share a first word. */
export function groupHelp(group: string, members: readonly Command[], pen: Pen): string {
  return `${[
    pen.ink('Usage', 'bold'),
    `  ringfence ${group} VERB [PATH...] [OPTIONS]`,
    '',
    pen.ink('Verbs', 'bold'),
    ...tableLines(
      members.map((c) => [pen.ink(c.name, 'bold'), c.summary]),
      { indent: 2 },
    ),
    '',
    `ringfence ${group} VERB --help tells more about a verb.`,
  ].join('\n')}\n`;
}

/** `ringfence VERB --help`. */
export function commandHelp(command: Command, pen: Pen): string {
  const { width } = pen.style;
  const operands = command.operands === null ? '' : ` ${operandUsage(command.operands)}`;
  const sections: string[][] = [
    [`ringfence ${command.name}: ${command.summary}`],
    [pen.ink('Usage', 'bold'), `  ringfence ${command.name}${operands} [OPTIONS]`],
    ...command.description.map((paragraph) => wrap(paragraph, width)),
  ];
  if (command.operands !== null) sections.push([pen.ink('Arguments', 'bold'), ...terms([[command.operands.name, command.operands.help]], pen)]);
  sections.push([
    pen.ink('Options', 'bold'),
    ...terms(
      optionsOf(command).map((o) => [optionUsage(o), optionHelp(o)]),
      pen,
    ),
  ]);
  if (command.examples.length > 0)
    sections.push([pen.ink('Examples', 'bold'), ...command.examples.flatMap((e) => [pen.ink(`  # ${e.note}`, 'dim'), `  ${e.line}`])]);
  for (const section of command.sections?.() ?? []) sections.push([pen.ink(section.title, 'bold'), ...terms(section.rows, pen)]);
  sections.push([pen.ink('Exit codes', 'bold'), ...tableLines(exitCodeRows, { indent: 2 })]);
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function operandUsage(operands: NonNullable<Command['operands']>): string {
  const name = operands.max === 1 ? operands.name : `${operands.name}...`;
  return operands.min === 0 ? `[${name}]` : name;
}

function optionUsage(option: Option): string {
  const short = option.short === undefined ? '    ' : `-${option.short}, `;
  return `${short}--${option.name}${option.value === undefined ? '' : ` ${option.value}`}`;
}

function optionHelp(option: Option): string {
  return [
    option.help,
    ...(option.choices === undefined ? [] : [`One of ${option.choices.join(', ')}.`]),
    ...(option.repeats === true ? ['May be repeated.'] : []),
  ].join(' ');
}

/** Terms on the left, meanings wrapped on the right; a long term has its meaning on the next line. */
function terms(rows: readonly (readonly [string, string])[], pen: Pen): string[] {
  const left = Math.min(28, Math.max(...rows.map(([term]) => displayWidth(term))));
  return rows.flatMap(([term, meaning]) => {
    const lines = wrap(meaning, Math.max(30, pen.style.width - left - 4));
    const margin = ' '.repeat(left + 4);
    if (displayWidth(term) > left) return [`  ${term}`, ...lines.map((line) => margin + line)];
    return lines.map((line, i) => (i === 0 ? `  ${term}${' '.repeat(left - displayWidth(term))}  ${line}` : margin + line));
  });
}
