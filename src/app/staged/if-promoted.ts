import { reach as solve } from '../../engine/reach.ts';
import { seenBy } from '../../engine/seen-by.ts';
import type { ClaimResult } from '../../model/claim.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { IfPromoted, PromotedClaim, StagedPolicy } from '../../model/staged-policy.ts';
import type { VerifyReport } from '../../model/verify-report.ts';
import { zoneIntents } from '../../spec/intents.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { claimsOf } from '../claims/claims-of.ts';
import { bindZones } from '../claims/member.ts';
import { judged } from '../modes.ts';
import { promote, stagedPolicies } from './promote.ts';

/** Of so many staged policies each is promoted alone, and each left out, to tell which one changes a claim. */
const mostTried = 24;

/** What promotion makes of each claim: `promoted` are the claims with all of it, as they are reported. */
export function ifPromoted(snapshot: Snapshot, profile: Profile, zones: readonly LoadedZone[], strict: boolean, promoted: VerifyReport['zones']): IfPromoted {
  const policies = stagedPolicies(snapshot);
  const active = policies.filter((p) => p.does !== 'nothing');
  const judge = (seen: Snapshot): Statuses => statusesOf(seen, profile, zones, strict);
  const now = active.length === 0 ? null : judge(snapshot);
  const claims = promoted.flatMap(({ zone, claims: list }) =>
    list.map(({ id, status }): PromotedClaim => ({ zone, claim: id, now: now?.get(key(zone, id)) ?? status, promoted: status, because: [] })),
  );
  const changed = claims.filter((c) => c.now !== c.promoted);
  if (now === null || changed.length === 0 || active.length > mostTried) return { policies, claims };
  const alone = active.map((policy) => ({ policy, statuses: judge(promote(snapshot, [policy]).snapshot) }));
  // Without the others' help none of them need do it: then each is left out in turn.
  const unexplained = changed.some((c) => !alone.some(({ statuses }) => statuses.get(key(c.zone, c.claim)) === c.promoted));
  const without = !unexplained
    ? []
    : active.map((policy) => ({
        policy,
        statuses: judge(
          promote(
            snapshot,
            active.filter((p) => p !== policy),
          ).snapshot,
        ),
      }));
  return { policies, claims: claims.map((c) => (c.now === c.promoted ? c : { ...c, because: becauseOf(c, alone, without) })) };
}

type Statuses = ReadonlyMap<string, ClaimResult['status']>;

interface Tried {
  readonly policy: StagedPolicy;
  readonly statuses: Statuses;
}

function becauseOf({ zone, claim, promoted }: PromotedClaim, alone: readonly Tried[], without: readonly Tried[]): readonly string[] {
  const status = ({ statuses }: Tried): ClaimResult['status'] | undefined => statuses.get(key(zone, claim));
  const enough = alone.filter((t) => status(t) === promoted);
  const needed = without.filter((t) => status(t) !== promoted);
  const found = enough.length > 0 ? enough : needed.length > 0 ? needed : alone;
  return found.map(({ policy }) => policy.id);
}

function statusesOf(read: Snapshot, base: Profile, zones: readonly LoadedZone[], strict: boolean): Statuses {
  const { snapshot, profile } = seenBy(read, base);
  const { snapshot: whole, bound } = bindZones(
    snapshot,
    zones.map((loaded) => ({ loaded, intents: zoneIntents(loaded) })),
  );
  const matrix = solve(whole, profile);
  return new Map(
    bound.flatMap((zone) => judged(claimsOf(matrix, zone), { strict }).map((c): [string, ClaimResult['status']] => [key(zone.intents.zone, c.id), c.status])),
  );
}

function key(zone: string, claim: string): string {
  return `${zone} ${claim}`;
}
