import type { TrainingJob } from '../model/training-job.ts';
import type { Container, Workload } from '../model/workload.ts';

/** Longest part of a command line that is looked at, in UTF-16 code units: scripts may be pasted into it. */
const longestCommand = 65_536;

/** A container with the sort of pod it is in; init containers are left out, native sidecars too. */
export interface Placed {
  readonly member: Workload;
  readonly container: Container;
}

/** The plain containers of a job, members in order. */
export function containersOf(job: Pick<TrainingJob, 'members'>): readonly Placed[] {
  return job.members.flatMap((member) => member.pod.containers.filter((c) => c.sort === 'container').map((container) => ({ member, container })));
}

const known = new WeakMap<Container, readonly string[]>();

/**
 * What a container runs, as words: command, then arguments, and the words inside of scripts too. Quotes are gone; `$(NAME)`, by which a manifest uses a
 * variable, is written `${NAME}` as a shell does. Source: kubernetes/kubernetes third_party/forked/golang/expansion.
 */
export function wordsOf(container: Container): readonly string[] {
  const before = known.get(container);
  if (before !== undefined) return before;
  const words = commandLine(container)
    .replaceAll(/\$\(([A-Za-z_][A-Za-z0-9_]{0,99})\)/g, '${$1}')
    .split(/(?:[\s;&|()'"`]|\\\n)+/)
    .filter((word) => word !== '');
  known.set(container, words);
  return words;
}

/** Whether a container's command line is longer than what is looked at. */
export function isCut(container: Container): boolean {
  return textOf(container).length > longestCommand;
}

function textOf({ command, args }: Pick<Container, 'command' | 'args'>): string {
  return [...command, ...args].join(' ');
}

/** What a container runs, as one line: command, then arguments. */
export function commandLine(container: Pick<Container, 'command' | 'args'>): string {
  return textOf(container).slice(0, longestCommand);
}

/** Options of torchrun that take a value, which may be the next word. Source: pytorch torch/distributed/run.py get_args_parser. */
const withValue: readonly string[] = [
  ...['nnodes', 'nproc-per-node', 'rdzv-backend', 'rdzv-endpoint', 'rdzv-id', 'rdzv-conf', 'max-restarts', 'monitor-interval', 'start-method'],
  ...['event-log-handler', 'role', 'log-dir', 'redirects', 'tee', 'local-ranks-filter', 'node-rank', 'master-addr', 'master-port', 'local-addr'],
  ...['logs-specs', 'numa-binding', 'signals-to-handle', 'duplicate-stdout-filters', 'duplicate-stderr-filters', 'r', 't'],
];

/** Names under which torchrun is started. */
export const torchrun: readonly string[] = ['torchrun', 'torch.distributed.run', 'torch.distributed.launch'];

/** What each start of torchrun in a container gets as its own options: the words up to the script, whose options are no business of torchrun. */
export function torchrunsIn(container: Container): readonly (readonly string[])[] {
  return startsOf(container, false);
}

/** Words among which options of torch.distributed stand: those of torchrun itself where the container starts it, with what comes after a variable that may hold some. */
export function torchWordsOf(container: Container): readonly string[] {
  const starts = startsOf(container, true);
  return starts.length > 0 ? starts.flat() : wordsOf(container);
}

/** Options of DeepSpeed's launcher that take a value. Source: DeepSpeed deepspeed/launcher/runner.py parse_args. */
const withDeepSpeedValue: readonly string[] = [
  ...['hostfile', 'H', 'include', 'i', 'exclude', 'e', 'num-nodes', 'min-elastic-nodes', 'max-elastic-nodes', 'num-gpus', 'master-port', 'master-addr'],
  ...['node-rank', 'launcher', 'launcher-args', 'enable-each-rank-log', 'autotuning', 'bind-core-list', 'ssh-port', 'venv-script'],
];

/** What DeepSpeed's launcher gets as its own options in a container, up to the script that it starts. */
export function deepSpeedWordsOf(container: Container): readonly string[] {
  return startsOf(container, true, ['deepspeed'], withDeepSpeedValue).flat();
}

/**
 * Whether options of torchrun in a container may be those of its script: they come after a variable, which may hold the script, and what follows them is
 * neither a script nor the name of a module.
 */
export function mayBeOfScript(container: Container): boolean {
  return startsIn(container, true, torchrun, withValue).some(({ options, next }) => {
    const variable = options.findIndex((word) => word.startsWith('$'));
    const behind = variable < 0 ? [] : options.slice(variable).filter((word) => word.startsWith('-'));
    return behind.length > 0 && !behind.some((word) => word === '-m' || word === '--module') && !/\.py$|\//.test(next);
  });
}

function startsOf(container: Container, overVariables: boolean, programs = torchrun, valued = withValue): readonly (readonly string[])[] {
  return startsIn(container, overVariables, programs, valued).map(({ options }) => options);
}

/** Each start of one of the programs: the words up to what it starts, and the first of that. */
function startsIn(
  container: Container,
  overVariables: boolean,
  programs: readonly string[],
  valued: readonly string[],
): readonly { readonly options: readonly string[]; readonly next: string }[] {
  const words = wordsOf(container);
  const goesOn = (word: string | undefined): boolean => word !== undefined && (word.startsWith('-') || (overVariables && word.startsWith('$')));
  return words.flatMap((word, at) => {
    if (!programs.includes(word.slice(word.lastIndexOf('/') + 1))) return [];
    let end = at + 1;
    while (goesOn(words[end])) end += takesNext(words[end] ?? '', valued) ? 2 : 1;
    return [{ options: words.slice(at + 1, end), next: words[end] ?? '' }];
  });
}

/** Options may be shortened as long as it is clear which one is meant. One that is not known takes nothing: the next word then counts as the script. */
function takesNext(word: string, valued: readonly string[]): boolean {
  if (word.includes('=')) return false;
  const name = word.replace(/^-{1,2}/, '').replaceAll('_', '-');
  return valued.some((option) => option === name || (name.length > 2 && option.startsWith(name)));
}
