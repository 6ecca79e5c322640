import { nearest } from '../kernel/spelling.ts';
import { OutputRefused } from '../live/output-refused.ts';
import { UnfinishedError } from '../live/unfinished-error.ts';
import { visible, visibleLines } from '../report/visible.ts';
import type { CliContext, Command } from './command.ts';
import { loaders } from './commands.gen.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { commandHelp, groupHelp, overviewText } from './help.ts';
import type { Io } from './io.ts';
import { parseInvocation } from './parse.ts';
import { penOf } from './stream-pen.ts';
import { UsageError, type UsageProblem } from './usage-error.ts';
import { allOf, firstWords, namedBy } from './verbs.ts';
import { readVersion } from './version.ts';

/** Runs one command line (without the program's name) to its end and gives the exit code. Throws nothing. */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  try {
    return await dispatch(argv, { io, version: readVersion(), allCommands: async () => inHelpOrder(await allOf(loaders)) });
  } catch (error) {
    if (error instanceof UsageError) return await usageFailure(error.problems, argv, io);
    if (error instanceof OutputRefused) return await usageFailure([error], argv, io);
    const pen = penOf(io.stderr, io);
    const label = pen.ink('error:', 'red', 'bold');
    if (error instanceof UnfinishedError) {
      io.stderr.write(`${label} ${visible(error.message)}\n${error.hint === undefined ? '' : `  ${visible(error.hint)}\n`}`);
      return exitCodes.unfinished;
    }
    // A bug of ours, never a mistake of the user: the stack is what a report needs.
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    io.stderr.write(
      `${label} something went wrong inside ringfence ${readVersion()}; please report this with the lines below\n${visibleLines(stack).join('\n')}\n`,
    );
    return exitCodes.unfinished;
  }
}

async function dispatch(argv: readonly string[], context: CliContext): Promise<ExitCode> {
  const { io } = context;
  const [verb, ...rest] = argv;
  if (verb === undefined) {
    io.stderr.write(overviewText(await context.allCommands(), penOf(io.stderr, io)));
    return exitCodes.badInput;
  }
  if (verb === '--help' || verb === '-h' || verb === 'help') return help(rest, context);
  const named = await namedBy(verb === '--version' ? ['version', ...rest] : argv, loaders);
  if (named.kind === 'unknown') throw new UsageError([unknownVerb(verb, firstWords(await context.allCommands()))]);
  if (named.kind === 'group') return groupAlone(named.group, named.members, named.rest, io);
  const { command } = named;
  const invocation = parseInvocation(command, named.rest);
  if (invocation.flag('help')) {
    io.stdout.write(commandHelp(command, penOf(io.stdout, io)));
    return exitCodes.clean;
  }
  return command.run(invocation, context);
}

/** `ringfence iam`: a group without a verb of it. Its help is all there is to give. */
function groupAlone(group: string, members: readonly Command[], rest: readonly string[], io: Io): ExitCode {
  const word = rest.find((one) => !one.startsWith('-'));
  if (word !== undefined)
    throw new UsageError([
      unknownVerb(
        `${group} ${word}`,
        members.map((c) => c.name),
      ),
    ]);
  const asked = rest.includes('--help') || rest.includes('-h');
  const stream = asked ? io.stdout : io.stderr;
  stream.write(groupHelp(group, members, penOf(stream, io)));
  return asked ? exitCodes.clean : exitCodes.badInput;
}

async function help(args: readonly string[], { io, allCommands }: CliContext): Promise<ExitCode> {
  const words = args.filter((arg) => !arg.startsWith('-'));
  const pen = penOf(io.stdout, io);
  if (words.length === 0) {
    io.stdout.write(overviewText(await allCommands(), pen));
    return exitCodes.clean;
  }
  const named = await namedBy(words, loaders);
  if (named.kind === 'unknown') throw new UsageError([unknownVerb(named.word, firstWords(await allCommands()))]);
  if (named.kind === 'group') return groupAlone(named.group, named.members, named.rest.length === 0 ? ['--help'] : named.rest, io);
  io.stdout.write(commandHelp(named.command, pen));
  return exitCodes.clean;
}

function unknownVerb(verb: string, names: readonly string[]): UsageProblem {
  if (verb.startsWith('-')) {
    const option = verb.toLowerCase() === '-v' ? '--version' : nearest(verb, ['--version', '--help']);
    return { message: `unknown option ${JSON.stringify(verb)}`, hint: option === undefined ? 'give a verb first' : `did you mean ${option}?` };
  }
  const meant = nearest(verb, names);
  return { message: `unknown verb ${JSON.stringify(verb)}`, hint: meant === undefined ? `the verbs are ${names.join(', ')}` : `did you mean ${meant}?` };
}

async function usageFailure(problems: readonly UsageProblem[], argv: readonly string[], io: Io): Promise<ExitCode> {
  const pen = penOf(io.stderr, io);
  const named = await namedBy(argv.length === 0 ? [''] : argv, loaders);
  const known = named.kind === 'verb' ? `${named.command.name} ` : named.kind === 'group' ? `${named.group} ` : '';
  for (const { message, hint } of problems)
    io.stderr.write(`${pen.ink('error:', 'red', 'bold')} ${visible(message)}\n${hint === undefined ? '' : `  ${visible(hint)}\n`}`);
  io.stderr.write(`Run ${pen.ink(`ringfence ${known}--help`, 'bold')} for how to use it.\n`);
  return exitCodes.badInput;
}

/** The registry is in alphabetical order; help follows the work. */
const workOrder = ['scan', 'init', 'generate', 'verify', 'query', 'check-certificate', 'explain', 'diff', 'checks', 'completion', 'version'];

function inHelpOrder(all: readonly Command[]): readonly Command[] {
  const place = (c: Command): number => (workOrder.includes(c.name) ? workOrder.indexOf(c.name) : workOrder.length - 2.5);
  return [...all].sort((a, b) => place(a) - place(b));
}
