import type { Reader } from '../kernel/reader.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Lifecycle } from '../model/workload.ts';
import { isBelieved } from './believed.ts';

/** A job is finished where its status says so, by a true condition of one of these types, and it is an object of a cluster. `job` reads the object. */
export function endedBy(types: readonly string[], object: RawObject, job: Reader): Lifecycle {
  const ended = job
    .field('status')
    .field('conditions')
    .each()
    .find((c) => types.some((type) => c.field('type').value === type) && c.field('status').value === 'True');
  return ended !== undefined && isBelieved(object, ended) ? 'finished' : 'running';
}
