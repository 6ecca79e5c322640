import { separates } from '../../engine/network-of.ts';
import { compareText } from '../../kernel/stable.ts';
import type { PartyAtom } from '../../model/certificate.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { addressesTaken } from '../claims/lies-in.ts';
import { assumptionsOf, judgedUnderAnother, type Modes } from '../modes.ts';
import { namesTaken } from '../names-taken.ts';

/** So many names are told in one line. */
const named = 10;

/**
 * Everything that a proof rests on beside its inputs: the CNI and its version, what the profile takes as given, what the input leaves unknown, and, where
 * outside names are among its atoms, what they are taken for.
 */
export function restsOn(snapshot: Snapshot, profile: Profile, modes: Modes, zones: readonly LoadedZone[], atoms: readonly PartyAtom[]): readonly string[] {
  const implied = [...snapshot.namespaces.values()].filter((n) => n.origin === null).map((n) => n.name);
  const unread = [...snapshot.unread].map(([kind, count]) => `${kind} (${count})`);
  return [
    `The cluster runs a CNI that behaves as profile ${profile.id} says, in that version.`,
    ...judgedUnderAnother(zones, profile),
    ...assumptionsOf(modes, profile),
    ...(unread.length === 0 ? [] : [`Objects of kinds that nothing reads have no effect, unless a claim says so: ${few(unread)}.`]),
    ...(implied.length === 0 ? [] : [`Labels of these namespaces were not given, and count as unknown: ${few(implied)}.`]),
    ...(snapshot.primaryNetworks.length > 0 && separates(snapshot, profile) === 'no'
      ? [`User-defined networks keep no pods apart under this profile: ${few(snapshot.primaryNetworks.map((n) => n.id))}.`]
      : []),
    ...addressesTaken(snapshot.ranges),
    ...namesTaken(
      snapshot,
      profile,
      atoms.some((atom) => atom.kind === 'name'),
    ),
  ];
}

function few(names: readonly string[]): string {
  const sorted = [...names].sort(compareText);
  return sorted.length <= named ? sorted.join(', ') : `${sorted.slice(0, named).join(', ')} and ${sorted.length - named} more`;
}
