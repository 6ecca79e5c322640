import { within } from '../kernel/origin.ts';
import type { TrainingJob } from '../model/training-job.ts';
import { type Container, inContainer, type Workload } from '../model/workload.ts';
import type { Sign } from './framework.ts';

/** Longest part of a command line that is looked at, in UTF-16 code units: scripts may be pasted into it. */
const longestCommand = 16_384;

/** A container with the sort of pod it is in; init containers are left out, native sidecars too. */
export interface Placed {
  readonly member: Workload;
  readonly container: Container;
}

/** The plain containers of a job, members in order. */
export function containersOf(job: TrainingJob): readonly Placed[] {
  return job.members.flatMap((member) => member.pod.containers.filter((c) => c.sort === 'container').map((container) => ({ member, container })));
}

/** What a container runs, as one line: command, then arguments. */
export function commandLine({ command, args }: Pick<Container, 'command' | 'args'>): string {
  return [...command, ...args].join(' ').slice(0, longestCommand);
}

/** A sign for each container whose command line names one of the programs, as a word of its own. */
export function startedBy(job: TrainingJob, programs: readonly string[]): readonly Sign[] {
  return containersOf(job).flatMap(({ member, container }) => {
    const words = new Set(
      commandLine(container)
        .split(/[\s;&|()'"`]+/)
        .map((word) => word.slice(word.lastIndexOf('/') + 1)),
    );
    const program = programs.find((p) => words.has(p));
    if (program === undefined) return [];
    return [
      { text: `container ${container.name} starts ${program}`, origin: inContainer(member, container, container.command.length > 0 ? 'command' : 'args') },
    ];
  });
}

/** A sign for each container that sets a variable with one of these names or, where they end in `_`, beginnings. */
export function configuredBy(job: TrainingJob, names: readonly string[]): readonly Sign[] {
  return containersOf(job).flatMap(({ member, container }) => {
    const name = Object.keys(container.env).find((key) => names.some((n) => (n.endsWith('_') ? key.startsWith(n) : key === n)));
    return name === undefined ? [] : [{ text: `container ${container.name} sets ${name}`, origin: inContainer(member, container, 'env') }];
  });
}

/** A sign for a job of one of these kinds. */
export function ofKind(job: TrainingJob, kinds: readonly string[]): readonly Sign[] {
  return kinds.includes(job.kind) ? [{ text: `kind ${job.kind}`, origin: within(job.origin, 'kind') }] : [];
}

/** A sign for each container whose image, without registry and tag, has one of the words as a part between `/`, `-`, `_` and `.`. */
export function packedIn(job: TrainingJob, words: readonly string[]): readonly Sign[] {
  return containersOf(job).flatMap(({ member, container }) => {
    const [name = ''] = container.image.split(/[@]|:(?=[^/]*$)/);
    const parts = name.toLowerCase().split(/[/_.-]+/);
    const word = words.find((w) => parts.includes(w));
    return word === undefined ? [] : [{ text: `image ${container.image} of container ${container.name}`, origin: inContainer(member, container, 'image') }];
  });
}
