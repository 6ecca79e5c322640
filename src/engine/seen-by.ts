import { stableJson } from '../kernel/stable.ts';
import type { Direction, Policy, Rule } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { families } from './profiles/registry.gen.ts';

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
  if (snapshot.policies.every((p) => p.readings === undefined)) return { snapshot, profile };
  return { snapshot: { ...snapshot, policies: snapshot.policies.flatMap((p) => readAs(p, profile.readsAs)) }, profile };
}

/** The profile with what the manifests say about the options of its CNI; the profile itself where they say nothing. */
export function profileFor(snapshot: Snapshot, base: Profile): Profile {
  const family = families.find((f) => f.profiles.some((p) => p.id === base.id));
  const known = family?.profiles.find((p) => p.id === base.id);
  return known === undefined ? base : (family?.configured?.(known, snapshot) ?? base);
}

function readAs({ readings = [], ...policy }: Policy, reading: string | undefined): Policy[] {
  if (readings.length === 0) return [policy];
  if (reading === undefined)
    return [
      inDoubt(
        policy,
        readings.map((r) => r.policy),
      ),
    ];
  const found = readings.find((r) => r.reading === reading);
  if (found === undefined) return [policy];
  return found.policy === null ? [] : [found.policy];
}

const doubt = 'the version of the CNI, which decides what this rule means';

/** A policy that versions take in different ways, under a CNI whose version is not known: what they agree on is certain, all else possible. */
function inDoubt(policy: Policy, others: readonly (Policy | null)[]): Policy {
  const versions = [policy, ...others];
  const refused = versions.some((v) => v === null);
  const inAll = (rule: Rule): boolean => !refused && versions.every((v) => v?.rules.some((r) => meaning(r) === meaning(rule)) === true);
  const rules = new Map(versions.flatMap((v) => v?.rules ?? []).map((rule) => [meaning(rule), rule]));
  const perhaps = [...rules.values()].map((rule) => (inAll(rule) ? rule : { ...rule, condition: rule.condition ?? doubt }));
  const open = refused ? directions.filter((d) => policy.isolates[d]).map((direction) => unenforced(policy, direction)) : [];
  return { ...policy, rules: [...perhaps, ...open] };
}

const directions: readonly Direction[] = ['ingress', 'egress'];

function meaning(rule: Rule): string {
  return stableJson({ ...rule, origin: null });
}

/** Stands for the version that refuses the policy: its pods are then open. */
function unenforced(policy: Policy, direction: Direction): Rule {
  return { direction, action: 'allow', peers: null, ports: null, application: null, condition: doubt, origin: policy.origin };
}
