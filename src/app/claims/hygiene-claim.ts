import { type Origin, type Path, within } from '../../kernel/origin.ts';
import type { ClaimResult, PodLanding } from '../../model/claim.ts';
import type { BoundZone } from './member.ts';

/** What a claim of hygiene rests on: `wrong` and `landings` refute; `missing` leaves undecided; with none of them the claim holds. */
export interface HygieneFacts {
  readonly wrong: readonly string[];
  readonly landings?: readonly PodLanding[];
  readonly missing: readonly string[];
  readonly evidence: readonly string[];
}

export function hygiene({ loaded }: BoundZone, path: Path, id: string, title: string, facts: HygieneFacts, fix: string): ClaimResult {
  const { wrong, missing, evidence, landings = [] } = facts;
  const status = wrong.length + landings.length > 0 ? 'fails' : missing.length > 0 ? 'undecided' : 'holds';
  const origin: Origin = within(loaded.origin, ...path);
  return {
    id: `hygiene/${id}`,
    group: 'hygiene',
    title,
    status,
    counterexamples: [],
    ...(landings.length > 0 ? { landings } : {}),
    reasons: [...wrong, ...missing],
    evidence,
    fix: status === 'holds' ? null : fix,
    origin,
  };
}
