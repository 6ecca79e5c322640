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
