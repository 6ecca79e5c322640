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
export function containersOf(job: TrainingJob): readonly Placed[] {
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
    .split(/[\s;&|()'"`]+/)
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
const torchrun: readonly string[] = ['torchrun', 'torch.distributed.run', 'torch.distributed.launch'];

/** What each start of torchrun in a container gets as its own options: the words up to the script, whose options are no business of torchrun. */
export function torchrunsIn(container: Container): readonly (readonly string[])[] {
  return startsOf(container, false);
}

/** Words among which options of torch.distributed stand: those of torchrun itself where the container starts it, with what comes after a variable that may hold some. */
export function torchWordsOf(container: Container): readonly string[] {
  const starts = startsOf(container, true);
  return starts.length > 0 ? starts.flat() : wordsOf(container);
}

function startsOf(container: Container, overVariables: boolean): readonly (readonly string[])[] {
  const words = wordsOf(container);
  const goesOn = (word: string | undefined): boolean => word !== undefined && (word.startsWith('-') || (overVariables && word.startsWith('$')));
  return words.flatMap((word, at) => {
    if (!torchrun.includes(word.slice(word.lastIndexOf('/') + 1))) return [];
    let end = at + 1;
    while (goesOn(words[end])) end += takesNext(words[end] ?? '') ? 2 : 1;
    return [words.slice(at + 1, end)];
  });
}

/** Options may be shortened as long as it is clear which one is meant. One that is not known takes nothing: the next word then counts as the script. */
function takesNext(word: string): boolean {
  if (word.includes('=')) return false;
  const name = word.replace(/^-{1,2}/, '').replaceAll('_', '-');
  return withValue.some((option) => option === name || (name.length > 2 && option.startsWith(name)));
}
