import type { Policy } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { inDoubt } from './in-doubt.ts';
import { withMadeUp } from './made-up.ts';
import { families } from './profiles/registry.gen.ts';
import { withUnowned } from './unowned.ts';

/** A cluster as one CNI sees it. */
export interface Seen {
  readonly snapshot: Snapshot;
  readonly profile: Profile;
}

/**
 * The cluster as this CNI sees it: the profile as the settings among the manifests have it (`profileFor`), and each policy as the version of the profile
 * reads it. Pure, and the same when asked again. Everything that answers about a cluster asks for this first.
 */
export function seenBy(snapshot: Snapshot, base: Profile): Seen {
  const profile = profileFor(snapshot, base);
  const { unreadPolicies = [], policies } = snapshot;
  const asked = unreadPolicies.length === 0 ? policies : [...policies.filter((p) => p.unread !== true), ...unreadPolicies];
  const plain = profile.settled === undefined && asked.every((p) => p.readings === undefined);
  const read = plain ? asked : asked.flatMap((p) => readAs(p, profile.readsAs));
  const taken = withUnowned(withMadeUp(profile.settled?.(read) ?? read, snapshot.workloads), snapshot.workloads, profile);
  return { snapshot: sameItems(taken, policies) ? snapshot : { ...snapshot, policies: taken }, profile };
}

/** Whether the CNI takes each of these policies as it stands, as far as settling goes. */
export function leavesAlone({ settled }: Profile, { policies, workloads }: Pick<Snapshot, 'policies' | 'workloads'>): boolean {
  return sameItems(withMadeUp(settled?.(policies) ?? policies, workloads), policies);
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

/** The profile with what the manifests say about the options of its CNI; the profile itself where they say nothing. */
export function profileFor(snapshot: Snapshot, base: Profile): Profile {
  const family = families.find((f) => f.profiles.some((p) => p.id === base.id));
  const known = family?.profiles.find((p) => p.id === base.id);
  return known === undefined ? base : (family?.configured?.(known, snapshot) ?? base);
}

function readAs(given: Policy, reading: string | undefined): Policy[] {
  const { readings = [], ...policy } = given;
  if (readings.length === 0) return [given];
  if (reading === undefined)
    return [
      inDoubt(
        policy,
        readings.map((r) => r.policy),
        'the version of the CNI, which decides what this rule means',
      ),
    ];
  const found = readings.find((r) => r.reading === reading);
  if (found === undefined) return [policy];
  return found.policy === null ? [] : [found.policy];
}
