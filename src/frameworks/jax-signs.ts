import type { TrainingJob } from '../model/training-job.ts';
import { type Container, inContainer } from '../model/workload.ts';
import { commandLine, containersOf, wordsOf } from './command-line.ts';
import type { Sign } from './framework.ts';
import { configuredBy, ofKind, packedIn } from './signs.ts';

/** Packages that are run as a module and train with JAX. */
const modules: readonly string[] = ['maxtext', 'axlearn', 'levanter'];

/** What shows that a job is one of JAX. */
export function jaxSigns(job: TrainingJob): readonly Sign[] {
  return [
    ...ofKind(job, ['JAXJob']),
    ...containersOf(job).flatMap(({ member, container }) => {
      const does = startOfJax(container);
      const origin = inContainer(member, container, container.command.length > 0 ? 'command' : 'args');
      return does === null ? [] : [{ text: `container ${container.name} ${does}`, origin, starts: true as const }];
    }),
    ...configuredBy(job, ['JAX_COORDINATOR_ADDRESS', 'JAX_COORDINATOR_PORT', 'JAX_NUM_PROCESSES', 'JAX_PROCESS_ID']),
    ...packedIn(job, ['jax', 'maxtext']),
  ];
}

/** A program in the command line that joins the processes of JAX, or a module that does. */
function startOfJax(container: Container): string | null {
  if (/\bjax\.distributed\.initialize\b/.test(commandLine(container))) return 'calls jax.distributed.initialize';
  const words = wordsOf(container);
  const module = words.find((word, i) => words[i - 1] === '-m' && modules.includes(word.split('.')[0]?.toLowerCase() ?? ''));
  return module === undefined ? null : `runs module ${module}`;
}

/**
 * The coordinator that a program in the command line gives JAX: `host:port`, null for what only the running program knows. Undefined where it gives none, and
 * JAX looks for itself. Source: jax jax/_src/distributed.py initialize, whose first parameter is coordinator_address.
 */
export function coordinatorGiven(container: Container): string | null | undefined {
  const [, inside] = /\bjax\.distributed\.initialize\(([^)]{0,400})/.exec(commandLine(container)) ?? [];
  if (inside === undefined) return undefined;
  const [, value] = /(?:^|,)\s{0,99}(?:coordinator_address\s{0,9}=\s{0,9})([^,]{1,300})/.exec(inside) ?? /^\s{0,99}([^,=]{1,300})(?:,|$)/.exec(inside) ?? [];
  const text = value?.trim() ?? '';
  if (text === '' || text === 'None') return undefined;
  return /^\\?["']([^"'\\{}]{1,300})\\?["']$/.exec(text)?.[1] ?? null;
}
