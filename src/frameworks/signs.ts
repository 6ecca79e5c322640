import { within } from '../kernel/origin.ts';
import type { TrainingJob } from '../model/training-job.ts';
import { type Container, inContainer } from '../model/workload.ts';
import { containersOf, type Placed, wordsOf } from './command-line.ts';
import type { Sign } from './framework.ts';

/** Kinds whose pods are no job by their kind alone: what their image is called says nothing about whether they talk to each other. */
const plainKinds: readonly string[] = ['Pod', 'Deployment', 'ReplicaSet', 'ReplicationController', 'DaemonSet', 'StatefulSet', 'Job', 'CronJob'];

/** A sign for each container whose command line names one of the programs, as a word of its own. */
export function startedBy(job: TrainingJob, programs: readonly string[]): readonly Sign[] {
  return containersOf(job).flatMap((placed) => {
    const program = startOf(placed.container, programs);
    return program === undefined ? [] : [{ ...sign(placed, `starts ${program}`), starts: true }];
  });
}

/** The first of the programs that a container's command line names as a word of its own. */
export function startOf(container: Container, programs: readonly string[]): string | undefined {
  const words = new Set(wordsOf(container).map((word) => word.slice(word.lastIndexOf('/') + 1)));
  return programs.find((p) => words.has(p));
}

/** A sign for each container whose command line has one word directly after another: `--backend`, `nccl` (an option may join them with `=`). */
export function saidBy(job: TrainingJob, option: string, value: string): readonly Sign[] {
  return containersOf(job).flatMap((placed) => {
    const words = wordsOf(placed.container);
    const said = words.some((word, i) => word === `${option}=${value}` || (word === option && words[i + 1] === value));
    return said ? [{ ...sign(placed, `says ${option} ${value}`), starts: true }] : [];
  });
}

/** A sign for each container that sets a variable with one of these names or, where they end in `_`, beginnings: in its env or in its command line. */
export function configuredBy(job: TrainingJob, names: readonly string[]): readonly Sign[] {
  const wanted = (key: string) => names.some((n) => (n.endsWith('_') ? key.startsWith(n) : key === n));
  return containersOf(job).flatMap((placed) => {
    const { member, container } = placed;
    const name = Object.keys(container.env).find(wanted);
    if (name !== undefined) return [{ text: `container ${container.name} sets ${name}`, origin: inContainer(member, container, 'env') }];
    const assigned = wordsOf(container)
      .filter((word) => word.includes('='))
      .map((word) => word.slice(0, word.indexOf('=')))
      .find(wanted);
    return assigned === undefined ? [] : [sign(placed, `sets ${assigned}`)];
  });
}

/** A sign for a job of one of these kinds. */
export function ofKind(job: TrainingJob, kinds: readonly string[]): readonly Sign[] {
  return kinds.includes(job.kind) ? [{ text: `kind ${job.kind}`, origin: within(job.origin, 'kind') }] : [];
}

/** The same where the operator of the kind starts the framework itself, whatever the containers run. */
export function operatedBy(job: TrainingJob, kinds: readonly string[]): readonly Sign[] {
  return ofKind(job, kinds).map((s) => ({ ...s, starts: true }));
}

/** A sign for a job whose pods carry the label by which an operator marks them. */
export function labelledBy(job: TrainingJob, key: string): readonly Sign[] {
  return job.label?.key === key ? [{ text: `label ${key}=${job.label.value}`, origin: job.origin }] : [];
}

/** A sign for each container of an operator's job whose image, without registry and tag, has one of the words as a part between `/`, `-`, `_` and `.`. */
export function packedIn(job: TrainingJob, words: readonly string[]): readonly Sign[] {
  if (plainKinds.includes(job.kind)) return [];
  return containersOf(job).flatMap(({ member, container }) => {
    const [name = ''] = container.image.split(/[@]|:(?=[^/]*$)/);
    const parts = name
      .slice(name.indexOf('/') + 1)
      .toLowerCase()
      .split(/[/_.-]+/);
    const word = words.find((w) => parts.includes(w));
    return word === undefined ? [] : [{ text: `image ${container.image} of container ${container.name}`, origin: inContainer(member, container, 'image') }];
  });
}

/** A sign for the first container that asks for a resource with one of these names or, where they end in `/`, beginnings. */
export function asksFor(job: TrainingJob, names: readonly string[]): readonly Sign[] {
  for (const { member, container } of containersOf(job)) {
    const name = Object.keys(container.requests).find((key) => names.some((n) => (n.endsWith('/') ? key.startsWith(n) : key === n)));
    if (name !== undefined && !/^0+(?:\.0{0,9})?$/.test(container.requests[name] ?? ''))
      return [{ text: `container ${container.name} asks for ${name}`, origin: inContainer(member, container, 'resources') }];
  }
  return [];
}

function sign({ member, container }: Placed, does: string): Sign {
  return { text: `container ${container.name} ${does}`, origin: inContainer(member, container, container.command.length > 0 ? 'command' : 'args') };
}
