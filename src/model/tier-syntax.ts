import { type Reader, shown } from '../kernel/reader.ts';
import { nearest } from '../kernel/spelling.ts';

/** Reports, at the place that names it, a tier that neither the CNI makes nor the input holds. `known` are the names that may be meant. */
export function missingTier(at: Reader, name: string, known: readonly string[]): void {
  const meant = nearest(name, known);
  at.error(
    'missing-tier',
    `The input has no Tier ${shown(name)}, so it is not known when this policy comes.`,
    meant === undefined ? 'Give the Tier object.' : `Did you mean ${meant}? If not, give the Tier object.`,
  );
}
