import type { ClaimResult } from '../../model/claim.ts';
import type { ClaimMatrix } from './claim-matrix.ts';
import { driverClaims } from './drivers.ts';
import { fabricClaims } from './fabric-claims.ts';
import { hygieneClaims } from './hygiene.ts';
import { livenessClaims } from './liveness.ts';
import type { BoundZone } from './member.ts';
import { safetyClaims } from './safety.ts';

/** Every claim of a zone, judged on a matrix. */
export function claimsOf(reach: ClaimMatrix, zone: BoundZone): ClaimResult[] {
  return [
    ...safetyClaims(reach, zone),
    ...fabricClaims(reach.snapshot, zone),
    ...livenessClaims(reach, zone),
    ...hygieneClaims(reach, zone),
    ...driverClaims(reach, zone),
  ];
}
