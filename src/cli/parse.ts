import { parseArgs } from 'node:util';
import { nearest } from '../kernel/spelling.ts';
import type { Command, Invocation, Option } from './command.ts';
import { UsageError, type UsageProblem } from './usage-error.ts';

/** Every command takes these. */
export const commonOptions: readonly Option[] = [{ name: 'help', short: 'h', help: 'Show this help and do nothing else.' }];

/** The options that `command` takes, its own first. */
export function optionsOf(command: Command): readonly Option[] {
  return [...command.options, ...commonOptions];
}

/**
 * Understands what follows the verb. Options may stand anywhere; `--` ends them; `-` is an operand (standard input).
 * Throws a `UsageError` with every problem at once. With --help nothing else is checked.
 */
export function parseInvocation(command: Command, args: readonly string[]): Invocation {
  const options = optionsOf(command);
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      options.map((o) => [
        o.name,
        { type: o.value === undefined ? ('boolean' as const) : ('string' as const), multiple: true, ...(o.short === undefined ? {} : { short: o.short }) },
      ]),
    ),
  });
  const problems: UsageProblem[] = [];
  const values = new Map<string, string[]>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const option = options.find((o) => o.name === token.name);
    if (option === undefined) {
      problems.push(unknownOption(token.rawName, token.name, options));
      continue;
    }
    const problem = valueProblem(option, token.rawName, token.value, token.inlineValue === true);
    if (problem !== null) problems.push(problem);
    const had = values.get(option.name) ?? [];
    if (had.length === 1 && option.repeats !== true && option.value !== undefined)
      problems.push({ message: `${token.rawName} is given more than once`, hint: 'give it once' });
    values.set(option.name, [...had, token.value ?? '']);
  }
  problems.push(...operandProblems(command, operands));
  if (problems.length > 0 && !values.has('help')) throw new UsageError(problems);
  return invocationOf(options, values, operands);
}

function invocationOf(options: readonly Option[], values: ReadonlyMap<string, readonly string[]>, operands: readonly string[]): Invocation {
  const of = (name: string): readonly string[] => {
    if (!options.some((o) => o.name === name)) throw new Error(`the command declares no option --${name}`);
    return values.get(name) ?? [];
  };
  return { operands, flag: (name) => of(name).length > 0, text: (name) => of(name)[0], texts: of };
}

function unknownOption(rawName: string, name: string, options: readonly Option[]): UsageProblem {
  const message = `unknown option ${JSON.stringify(rawName)}`;
  const meant = rawName.startsWith('--')
    ? nearest(
        name,
        options.map((o) => o.name),
      )
    : undefined;
  return meant === undefined ? { message } : { message, hint: `did you mean --${meant}?` };
}

function valueProblem(option: Option, rawName: string, value: string | undefined, inline: boolean): UsageProblem | null {
  if (option.value === undefined) return inline ? { message: `${rawName} takes no value`, hint: `write ${rawName} alone` } : null;
  // parseArgs gives the next word whatever it is; a following option means that the value was forgotten.
  const forgotten = value === undefined || (!inline && value.startsWith('-') && value !== '-');
  if (forgotten) return { message: `${rawName} needs a value: ${rawName} ${option.value}` };
  if (value === '') return { message: `${rawName} is empty: it needs a value, ${rawName} ${option.value}` };
  if (option.choices === undefined || option.choices.includes(value)) return null;
  if (option.refused !== undefined && Object.hasOwn(option.refused, value))
    return { message: option.refused[value] ?? '', hint: `choose one of ${option.choices.join(', ')}` };
  const meant = nearest(value, option.choices);
  return {
    message: `${rawName} cannot be ${JSON.stringify(value)}`,
    hint: meant === undefined ? `choose one of ${option.choices.join(', ')}` : `did you mean ${meant}?`,
  };
}

function exampleOf(command: Command): { readonly hint?: string } {
  const [example] = command.examples;
  return example === undefined ? {} : { hint: `for example: ${example.line}` };
}

function operandProblems(command: Command, operands: readonly string[]): UsageProblem[] {
  const wanted = command.operands;
  if (wanted === null) return operands.map((operand) => ({ message: `${command.name} takes no ${JSON.stringify(operand)}` }));
  const problems: UsageProblem[] = [];
  if (operands.length < wanted.min) problems.push({ message: `${command.name} needs ${wanted.name}`, ...exampleOf(command) });
  if (wanted.max !== null) for (const extra of operands.slice(wanted.max)) problems.push({ message: `one ${wanted.name} too many: ${JSON.stringify(extra)}` });
  const { choices } = wanted;
  if (choices === undefined) return problems;
  for (const operand of operands.slice(0, wanted.max ?? operands.length).filter((o) => !choices.includes(o))) {
    const meant = nearest(operand, choices);
    problems.push({
      message: `there is no ${wanted.name.toLowerCase()} ${JSON.stringify(operand)}`,
      hint: meant === undefined ? `choose one of ${choices.slice(0, 12).join(', ')}${choices.length > 12 ? ' …' : ''}` : `did you mean ${meant}?`,
    });
  }
  return problems;
}
