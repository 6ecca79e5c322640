import { reach as solve } from '../engine/reach.ts';
import { sortedBy } from '../kernel/stable.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { VerifyReport } from '../model/verify-report.ts';
import { zoneIntents } from '../spec/intents.ts';
import type { LoadedZone } from '../spec/zone.ts';
import { claimsOf } from './claims/claims-of.ts';
import { bindZones } from './claims/member.ts';
import { runChecks } from './run-checks.ts';

/** What no claim says yet, printed with every proof so that silence is not taken for safety. */
const notCovered: readonly string[] = [
  'tenant reach: whose bucket stands behind a front end that the network admits (endpoint policies, VPC Service Controls)',
  'cloud identity: what the role of the service account may read, write or delete',
  'fabric: InfiniBand partitions, RoCE and EFA; RDMA never meets a NetworkPolicy',
  'admission: whether anything stops a new pod from asking for hostNetwork or another zone’s labels',
  'alerts: whether anyone would notice',
  'the moments before policies are enforced on a new pod, and connections that were open before a change',
];

/**
 * Proves or refutes each claim of each zone on a snapshot whose policies may be anyone's. Pure. Pods that do not exist yet stand in as
 * representatives: one sort for each workload (and job) of the zone, one for pods of its namespace that it does not describe.
 */
export function verify(snapshot: Snapshot, profile: Profile, zones: readonly LoadedZone[]): VerifyReport {
  const { snapshot: whole, bound } = bindZones(
    snapshot,
    zones.map((loaded) => ({ loaded, intents: zoneIntents(loaded) })),
  );
  const matrix = solve(whole, profile);
  return {
    profile: profile.id,
    zones: bound.map((zone) => ({
      zone: zone.intents.zone,
      claims: claimsOf(matrix, zone),
      notCovered:
        profile.otherProtocolsByRule === 'unknown'
          ? [...notCovered, 'ICMP and IP protocols other than TCP, UDP and SCTP: NetworkPolicy leaves them to the CNI, so name it with --profile']
          : notCovered,
    })),
    unread: sortedBy(snapshot.unread, ([kind]) => kind).map(([kind, count]) => ({ kind, count })),
    findings: runChecks(solve(snapshot, profile)),
    assumptions: profile.assumptions,
  };
}
