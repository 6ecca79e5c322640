import { basename, dirname, resolve } from 'node:path';
import { type AgainstBaseline, againstBaseline, baselineText, readBaseline } from '../app/known-findings.ts';
import type { Locator } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { realPath } from '../live/output.ts';
import { TextLocator } from '../manifest/locator.ts';
import type { Finding } from '../model/finding.ts';
import type { Invocation, Option } from './command.ts';
import { printDiagnostics, readTexts } from './inputs.ts';
import type { Io } from './io.ts';
import { writeResult } from './own-inputs.ts';
import { UsageError } from './usage-error.ts';

/** `--baseline` and `--write-baseline`, for verbs that find things. */
export const baselineOptions: readonly Option[] = [
  {
    name: 'baseline',
    value: 'FILE',
    completes: 'file',
    help: 'Findings that are known, as --write-baseline wrote them: they are shown as such, and only others count for the exit code.',
  },
  {
    name: 'write-baseline',
    value: 'FILE',
    completes: 'file',
    help: 'Write what is found now to FILE, to be given as --baseline from then on.',
  },
];

/** What the baseline of this run makes of the findings, and where its entries stand. */
export interface BaselineAnswer extends AgainstBaseline {
  readonly diagnostics: readonly Diagnostic[];
  readonly locators: readonly Locator[];
}

/** Reads the baseline, where one is given, and takes out what it knows. One that cannot be read knows nothing. `results` are the options that name files to write. */
export async function throughBaseline(
  findings: readonly Finding[],
  invocation: Invocation,
  io: Io,
  results: readonly string[] = ['output'],
): Promise<BaselineAnswer> {
  refuseSharedOutput([...results, 'write-baseline'], invocation, io);
  const path = invocation.text('baseline');
  const plain: BaselineAnswer = { fresh: findings, known: [], gone: [], diagnostics: [], locators: [] };
  return path === undefined ? plain : answerOf(path, findings, plain, io);
}

/** Writes the new baseline, where one is asked for: last of all, and only of input that was read whole, lest what could not be read pass for mended. */
export function writeBaseline(findings: readonly Finding[], broken: boolean, invocation: Invocation, io: Io): void {
  const path = invocation.text('write-baseline');
  if (path === undefined) return;
  if (!broken) {
    writeResult(io, path, baselineText(findings));
    return;
  }
  const notWritten: Diagnostic = {
    code: 'baseline-not-written',
    severity: 'warning',
    message: 'The baseline was not written: not everything could be read, and it would know only the rest.',
    hint: 'Mend the errors above first.',
    origin: null,
  };
  printDiagnostics([notWritten], new TextLocator([]), io);
}

/** Two results in one file: the second would be all that is left. */
function refuseSharedOutput(options: readonly string[], invocation: Invocation, io: Io): void {
  const taken = new Map<string, string>();
  for (const option of options) {
    const path = invocation.text(option);
    if (path === undefined || path === '-') continue;
    const real = realPath(io.cwd, path) ?? resolve(realPath(io.cwd, dirname(path)) ?? io.cwd, basename(path));
    const other = taken.get(real);
    if (other !== undefined) throw new UsageError([{ message: `--${other} and --${option} name one file: ${path}` }]);
    taken.set(real, option);
  }
}

async function answerOf(path: string, findings: readonly Finding[], plain: BaselineAnswer, io: Io): Promise<BaselineAnswer> {
  const { texts, diagnostics } = await readTexts([path], io);
  const [source] = texts;
  if (source === undefined) return { ...plain, diagnostics };
  const read = readBaseline(source);
  if (!read.ok) return { ...plain, diagnostics: [...diagnostics, ...read.diagnostics] };
  const against = againstBaseline(findings, read.value);
  return { ...against, diagnostics: [...diagnostics, ...read.diagnostics, ...against.gone], locators: [read.value.locator] };
}
