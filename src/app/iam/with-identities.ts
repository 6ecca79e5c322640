import { asClaimResult } from '../../model/iam-report.ts';
import type { VerifyReport } from '../../model/verify-report.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { identityNotCovered } from '../verify.ts';
import type { PoliciesRead } from './read-policies.ts';
import { verifyIdentities } from './verify.ts';

/**
 * The claims of each zone with those about its identities beside them, under some policies: one answer for both planes. Pure. Of what `verify` says that it
 * leaves out, cloud identity goes, and what the policies leave open of it comes.
 */
export function withIdentities(report: VerifyReport, zones: readonly LoadedZone[], read: PoliciesRead): VerifyReport {
  const identities = verifyIdentities(zones, read);
  return {
    ...report,
    zones: report.zones.map((zone, i) => {
      const { claims, notCovered } = identities.zones[i] ?? { claims: [], notCovered: [] };
      return {
        ...zone,
        claims: [...zone.claims, ...claims.map(asClaimResult)],
        notCovered: [...zone.notCovered.filter((text) => text !== identityNotCovered), ...notCovered.map((text) => `cloud identity: ${text}`)],
      };
    }),
    assumptions: [...report.assumptions, ...identities.taken.map(({ name, as }) => `Policy ${name} is taken for ${as}.`), ...identities.assumptions],
  };
}
