import { nearest } from '../kernel/spelling.ts';
import { OutputRefused } from '../live/output-refused.ts';
import { UnfinishedError } from '../live/unfinished-error.ts';
import { visible, visibleLines } from '../report/visible.ts';
import type { CliContext, Command } from './command.ts';
import { commands } from './commands.gen.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { commandHelp, overviewText } from './help.ts';
import type { Io } from './io.ts';
import { parseInvocation } from './parse.ts';
import { penOf } from './stream-pen.ts';
import { UsageError, type UsageProblem } from './usage-error.ts';
import { readVersion } from './version.ts';

/** Runs one command line (without the program's name) to its end and gives the exit code. Throws nothing. */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  const [verb] = argv;
  try {
    return await dispatch(argv, { io, version: readVersion(), commands: inHelpOrder(commands) });
  } catch (error) {
    if (error instanceof UsageError) return usageFailure(error.problems, verb, io);
    if (error instanceof OutputRefused) return usageFailure([error], verb, io);
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
    io.stderr.write(overviewText(context.commands, penOf(io.stderr, io)));
    return exitCodes.badInput;
  }
  if (verb === '--help' || verb === '-h' || verb === 'help') return help(rest, context);
  const command = verb === '--version' ? context.commands.find((c) => c.name === 'version') : context.commands.find((c) => c.name === verb);
  if (command === undefined) throw new UsageError([unknownVerb(verb, context.commands)]);
  const invocation = parseInvocation(command, rest);
  if (invocation.flag('help')) {
    io.stdout.write(commandHelp(command, penOf(io.stdout, io)));
    return exitCodes.clean;
  }
  return command.run(invocation, context);
}

function help(args: readonly string[], { io, commands: all }: CliContext): ExitCode {
  const [name] = args.filter((arg) => !arg.startsWith('-'));
  const pen = penOf(io.stdout, io);
  if (name === undefined) {
    io.stdout.write(overviewText(all, pen));
    return exitCodes.clean;
  }
  const command = all.find((c) => c.name === name);
  if (command === undefined) throw new UsageError([unknownVerb(name, all)]);
  io.stdout.write(commandHelp(command, pen));
  return exitCodes.clean;
}

function unknownVerb(verb: string, all: readonly Command[]): UsageProblem {
  const names = all.map((c) => c.name);
  if (verb.startsWith('-')) {
    const option = verb.toLowerCase() === '-v' ? '--version' : nearest(verb, ['--version', '--help']);
    return { message: `unknown option ${JSON.stringify(verb)}`, hint: option === undefined ? 'give a verb first' : `did you mean ${option}?` };
  }
  const meant = nearest(verb, names);
  return { message: `unknown verb ${JSON.stringify(verb)}`, hint: meant === undefined ? `the verbs are ${names.join(', ')}` : `did you mean ${meant}?` };
}

function usageFailure(problems: readonly UsageProblem[], verb: string | undefined, io: Io): ExitCode {
  const pen = penOf(io.stderr, io);
  const known = commands.some((c) => c.name === verb);
  for (const { message, hint } of problems)
    io.stderr.write(`${pen.ink('error:', 'red', 'bold')} ${visible(message)}\n${hint === undefined ? '' : `  ${visible(hint)}\n`}`);
  io.stderr.write(`Run ${pen.ink(`ringfence ${known ? `${verb} ` : ''}--help`, 'bold')} for how to use it.\n`);
  return exitCodes.badInput;
}

/** The registry is in alphabetical order; help follows the work. */
const workOrder = ['scan', 'init', 'generate', 'verify', 'query', 'check-certificate', 'explain', 'diff', 'checks', 'completion', 'version'];

function inHelpOrder(all: readonly Command[]): readonly Command[] {
  const place = (c: Command): number => (workOrder.includes(c.name) ? workOrder.indexOf(c.name) : workOrder.length - 2.5);
  return [...all].sort((a, b) => place(a) - place(b));
}
