import { type AgainstBaseline, againstBaseline, baselineText, readBaseline } from '../app/known-findings.ts';
import type { Locator } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { Finding } from '../model/finding.ts';
import type { Invocation, Option } from './command.ts';
import { readTexts } from './inputs.ts';
import type { Io } from './io.ts';
import { writeResult } from './own-inputs.ts';

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

/** Reads the baseline, where one is given, takes out what it knows, and writes the new one, where one is asked for. One that cannot be read knows nothing. */
export async function throughBaseline(findings: readonly Finding[], invocation: Invocation, io: Io): Promise<BaselineAnswer> {
  const [path, written] = [invocation.text('baseline'), invocation.text('write-baseline')];
  const plain: BaselineAnswer = { fresh: findings, known: [], gone: [], diagnostics: [], locators: [] };
  const answer = path === undefined ? plain : await answerOf(path, findings, plain, io);
  if (written !== undefined) writeResult(io, written, baselineText(findings));
  return answer;
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
