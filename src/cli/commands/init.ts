import type { InitAnswers } from '../../app/init/answers.ts';
import type { InitQuestion } from '../../app/init/questions.ts';
import { detectAnswers, initQuestions, proposeZone } from '../../app/init.ts';
import { isTaken } from '../../live/output.ts';
import { readZones } from '../../spec/parse.ts';
import type { Command, Invocation, Option } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { manifestOperands, printDiagnostics, readCluster } from '../inputs.ts';
import type { Io } from '../io.ts';
import { emit } from '../present.ts';
import { progressOn } from '../progress.ts';
import { askAll } from '../questions.ts';
import { UsageError } from '../usage-error.ts';

/** An answer that is given on the command line is not asked for: `--service-account` answers `serviceAccount`. */
const answerOptions: readonly Option[] = initQuestions().map(({ id, text, explain, choices }) => ({
  name: optionName(id),
  value: 'TEXT',
  ...(choices.length === 0 ? {} : { choices: choices.filter((choice) => choice !== '') }),
  help: `${text}. ${explain}`,
}));

export const command: Command = {
  name: 'init',
  summary: 'write a commented zone.yaml from a few questions',
  description: [
    'Asks a few questions on a terminal, each with an answer ready: what was detected in the manifests you give, or the safe default. Without a terminal the answers come from the options, then from what was detected. The zone shows every default with a comment.',
    'The zone goes to standard output, or to the file of -o, which must not exist yet.',
  ],
  operands: { ...manifestOperands, min: 0, help: `To detect answers in: ${manifestOperands.help}` },
  options: [
    { name: 'output', short: 'o', value: 'FILE', completes: 'file', help: 'Write the zone to FILE instead of standard output.' },
    { name: 'force', help: 'Replace the file of -o when it exists.' },
    ...answerOptions,
  ],
  examples: [
    { line: 'ringfence init ./manifests -o zone.yaml', note: 'from what runs in the cluster, with questions on a terminal' },
    { line: 'ringfence init --name llm --cni cilium --cloud aws --region us-east-1 --data "s3://corpus read" > zone.yaml', note: 'without questions' },
  ],
  async run(invocation, { io }) {
    const output = invocation.text('output');
    if (output !== undefined && output !== '-' && !invocation.flag('force') && isTaken(io.cwd, output)) {
      throw new UsageError([{ message: `${output} exists already and was left as it is`, hint: 'choose another file, or give --force to replace it' }]);
    }
    const detected = await detect(invocation, io);
    if (detected === null) return exitCodes.badInput;
    const questions = initQuestions(detected);
    const given = givenAnswers(invocation, questions);
    const open = questions.filter((question) => !Object.hasOwn(given, question.id));
    const mayAsk = io.stdin.isTerminal && io.stderr.isTerminal && !invocation.operands.includes('-');
    const answered = mayAsk && open.length > 0 ? await askAll(open, io) : {};
    if (answered === null) {
      io.stderr.write('\nThe questions were broken off; nothing was written.\n');
      return exitCodes.badInput;
    }
    const text = proposeZone({ ...given, ...answered }, detected);
    // What the answers amount to is judged by the same reader as any zone, before anything is written.
    const { diagnostics, locator } = readZones([{ file: output === undefined || output === '-' ? 'zone.yaml' : output, text }]);
    if (printDiagnostics(diagnostics, locator, io)) return exitCodes.badInput;
    emit(text, invocation, io);
    return exitCodes.clean;
  },
};

/** What the manifests tell; null when some could not be read, which has been said then. */
async function detect(invocation: Invocation, io: Io): Promise<InitAnswers | undefined | null> {
  if (invocation.operands.length === 0) return undefined;
  const progress = progressOn(io);
  const { snapshot, diagnostics, locator } = await readCluster(invocation.operands, io, progress);
  progress.done();
  return printDiagnostics(diagnostics, locator, io) ? null : detectAnswers(snapshot);
}

function givenAnswers(invocation: Invocation, questions: readonly InitQuestion[]): Partial<InitAnswers> {
  const pairs = questions.map(({ id }) => [id, invocation.text(optionName(id))] as const).filter(([, text]) => text !== undefined);
  return Object.fromEntries(pairs) as Partial<InitAnswers>;
}

function optionName(id: string): string {
  return id.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
