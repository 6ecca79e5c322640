import type { Container } from '../model/workload.ts';
import { isCut, torchrun, torchrunsIn } from './command-line.ts';

/** Commands of a shell line that start nothing that could talk to other pods of the job. */
const harmless: readonly string[] = ['cd', 'echo', 'export', 'ls', 'mkdir', 'nvidia-smi', 'pwd', 'set', 'tee', 'true', 'ulimit', 'umask', 'unset'];

/**
 * The options of torchrun where one start of it is all that a container runs: its command is torchrun, or a shell line with nothing beside that start but what
 * is harmless. Null for everything else: what an image, another program or a script does, nobody can tell.
 */
export function soleTorchrun(container: Container): readonly string[] | null {
  const [options, another] = isCut(container) ? [] : torchrunsIn(container);
  if (options === undefined || another !== undefined || container.command.length === 0) return null;
  const words = [...container.command, ...container.args];
  const script = shellScript(words);
  if (script === null) return isTorchrun(words) ? options : null;
  const pieces = piecesOf(script);
  if (pieces === null) return null;
  const others = pieces.filter((piece) => !isTorchrun(started(piece)));
  return others.length === pieces.length - 1 && others.every(isHarmless) ? options : null;
}

/** What a shell is given to run with `-c`, and nothing after it; null where no shell is started so. */
function shellScript([program = '', ...rest]: readonly string[]): string | null {
  if (!['sh', 'bash', 'dash', 'ash', 'zsh'].includes(nameOf(program))) return null;
  const at = rest.findIndex((word) => !/^[-+]/.test(word));
  const options = rest.slice(0, at < 0 ? rest.length : at);
  const runs = options.some((word) => /^-[a-z]{0,9}c$/.test(word)) && at === rest.length - 1;
  return runs ? (rest[at] ?? null) : null;
}

/** The commands of a shell script, each as its words; null where a part may start what cannot be seen: a substitution, a quoted separator. */
function piecesOf(script: string): readonly (readonly string[])[] | null {
  if (/`|[$<>]\(/.test(script)) return null;
  const lines = script
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'));
  const pieces = lines.flatMap((line) => line.replaceAll(/\d?>&\d/g, ' ').split(/[;&|]+/)).filter((piece) => piece.trim() !== '');
  if (pieces.some((piece) => ['"', "'"].some((quote) => piece.split(quote).length % 2 === 0))) return null;
  return pieces.map((piece) => piece.split(/[\s"']+/).filter((word) => word !== ''));
}

/** What is left of a command once `exec` and variables set for it alone are taken away. */
function started(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => word !== 'exec' && !/^[A-Za-z_][A-Za-z0-9_]{0,99}=/.test(word));
  return at < 0 ? [] : words.slice(at);
}

function isTorchrun([program = '', ...rest]: readonly string[]): boolean {
  if (torchrun.includes(nameOf(program))) return true;
  if (!/^python[\d.]{0,9}$/.test(nameOf(program))) return false;
  const at = rest.findIndex((word) => !word.startsWith('-'));
  return at > 0 && rest[at - 1] === '-m' && torchrun.includes(rest[at] ?? '');
}

function isHarmless(words: readonly string[]): boolean {
  const [program, ...rest] = started(words);
  if (program === undefined) return words[0] !== 'exec' || words.length === 1;
  const installs = /^pip3?$/.test(nameOf(program)) && rest[0] === 'install';
  return (harmless.includes(program) || installs) && words[0] !== 'exec';
}

function nameOf(program: string): string {
  return program.slice(program.lastIndexOf('/') + 1);
}
