import type { Reader } from '../kernel/reader.ts';
import { isLive } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';

/**
 * Whether what `said` says about the life of the object counts: only a cluster knows that, and in a manifest that somebody wrote it would take the object
 * out of the picture. Where it does not count, a warning at `said` tells why. `ran`: what else shows that the cluster ran it.
 */
export function isBelieved(object: RawObject, said: Reader, ran = true): boolean {
  const live = isLive(object);
  if (live && ran) return true;
  const lacking = live ? 'no node has ever run it' : 'it carries no uid, resourceVersion or creationTimestamp, which every object of a cluster has';
  said.warning(
    'status-not-believed',
    `This ${object.kind} says that its life is over, but ${lacking}; it counts as one that runs.`,
    'Leave it out of manifests that people write; give what kubectl get -o yaml prints where it is true.',
  );
  return false;
}
