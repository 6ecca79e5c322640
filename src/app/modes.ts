import { profileOf } from '../engine/profiles.ts';
import { shown } from '../kernel/reader.ts';
import type { ClaimResult } from '../model/claim.ts';
import type { Profile } from '../model/profile.ts';
import type { LoadedZone } from '../spec/zone.ts';

/** How an input is read and judged, beside the profile. */
export interface Modes {
  /** Staged policies count as promoted. */
  readonly promoted: boolean;
  /** What is not known counts as reachable. */
  readonly strict: boolean;
}

export const plainModes: Modes = { promoted: false, strict: false };

/** What a proof rests on: the modes that are on, then what the profile assumes. */
export function assumptionsOf({ promoted, strict }: Modes, profile: Profile): readonly string[] {
  return [
    ...(promoted ? ['Every staged policy of the input counts as promoted (--with-staged).'] : []),
    ...(strict ? ['What is not known counts as reachable (--strict).'] : []),
    ...profile.assumptions,
  ];
}

/** Zones that say another CNI, or another version of it, than the one that they are judged under: a sentence each. A CNI without a version is its newest one known. */
export function judgedUnderAnother(zones: readonly LoadedZone[], { id }: Pick<Profile, 'id'>): readonly string[] {
  return zones.flatMap(({ zone: { metadata, spec } }) => {
    const { cni } = spec.platform;
    const said = profileOf(cni);
    if (said.ok && said.value.id === id) return [];
    const meant = said.ok && said.value.id !== cni ? `${cni} (${said.value.id})` : cni;
    return [`Zone ${shown(metadata.name)} says platform.cni: ${meant}; it is judged under ${id} instead.`];
  });
}

/**
 * Claims as strict mode judges them: a safety claim that is undecided fails, with its packets if it has any. Liveness and hygiene stay undecided, which
 * is not holding: that something is reachable is no proof that it is when nobody knows.
 */
export function judged(claims: readonly ClaimResult[], { strict }: Pick<Modes, 'strict'>): readonly ClaimResult[] {
  if (!strict) return claims;
  return claims.map((claim) =>
    claim.group === 'safety' && claim.status === 'undecided'
      ? { ...claim, status: 'fails', reasons: [...claim.reasons, 'what is not known counts as reachable (--strict)'] }
      : claim,
  );
}
