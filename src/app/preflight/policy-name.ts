import type { Snapshot } from '../../model/snapshot.ts';
import { objectName } from '../advice/party.ts';
import { digestOf } from '../certificate/digest.ts';
import type { NeededPath } from './needed-path.ts';
import type { Wanted } from './wanted.ts';

/** How much of the names of a job and a path a policy's name has room for, with a suffix after it. Source: RFC 1123 labels, 63 characters. */
const room = { job: 25, path: 29 };

/** How much of it a digest takes from each. */
const digits = 8;

/**
 * What a policy of a job for a path is called in a namespace: after both. Names of policies are one space for all jobs of the namespace, and what is applied last
 * stands: where a name is cut, or says less than the job's, a digest of all of it follows. In other namespaces the job's own namespace goes before it, and where
 * jobs of two kinds have one name, the kind after it.
 */
export function policyName({ workloads }: Pick<Snapshot, 'workloads'>, job: Wanted['job'], { id }: Pick<NeededPath, 'id'>, namespace: string): string {
  const kind = job.members[0]?.kind;
  const twin = workloads.some((w) => w.namespace === job.namespace && w.name === job.name && w.kind !== kind);
  const own = [
    ...(namespace === job.namespace ? [] : [job.namespace]),
    job.name,
    ...(job.group === null ? [] : [job.group.value]),
    ...(twin && kind !== undefined ? [kind.toLowerCase()] : []),
  ].join('-');
  const path = id.replace(/^(?:named|zone)\//, '');
  const told = [objectName(own), objectName(path)] as const;
  if (own.length <= room.job && path.length <= room.path && !/[^a-z0-9*-]/.test(own)) return objectName(told.join('-'));
  const digest = digestOf(JSON.stringify([job.namespace, kind, job.name, job.group, id])).slice(0, digits);
  return objectName(`${told[0].slice(0, room.job - 4)}-${told[1].slice(0, room.path - 5)}-${digest}`);
}
