import { namesOf } from '../engine/name-parties.ts';
import { partsOf } from '../model/peer-parts.ts';
import { mayEnforce, type Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';

/**
 * What verdicts about outside names rest on where rules on addresses bear on them: nobody knows the addresses of a name here. `asked`: names are asked about
 * that no rule speaks of.
 */
export function namesTaken({ policies }: Pick<Snapshot, 'policies'>, profile: Profile, asked: boolean): readonly string[] {
  const peers = policies.filter((p) => mayEnforce(profile, p)).flatMap((p) => p.rules.flatMap((rule) => rule.peers ?? []));
  if (!peers.some((peer) => partsOf(peer).some((part) => part.kind === 'cidr'))) return [];
  if (!asked && !peers.some((peer) => namesOf(peer).length > 0)) return [];
  return [
    'Host names outside the cluster are taken to have public addresses only: a block of private addresses neither opens nor shuts one, and a block of every public address of one family opens it.',
  ];
}
