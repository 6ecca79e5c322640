import { reach as solve } from '../engine/reach.ts';
import { seenBy } from '../engine/seen-by.ts';
import { sortedBy } from '../kernel/stable.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { VerifyReport } from '../model/verify-report.ts';
import { type WorkloadIntent, zoneIntents } from '../spec/intents.ts';
import type { LoadedZone } from '../spec/zone.ts';
import { admissionInForce } from './admission/in-force.ts';
import { claimsOf } from './claims/claims-of.ts';
import { addressesTaken } from './claims/lies-in.ts';
import { bindZones } from './claims/member.ts';
import { assumptionsOf, judged, judgedUnderAnother, type Modes, plainModes } from './modes.ts';
import { namesTaken } from './names-taken.ts';
import { runChecks } from './run-checks.ts';
import { ifPromoted } from './staged/if-promoted.ts';
import { promote } from './staged/promote.ts';

/** What `withIdentities` adds where policies of the roles are given. */
export const identityNotCovered = 'cloud identity: what the role of the service account may read, write or delete (its policies with --iam say)';

const admissionNotCovered = 'admission: whether anything stops a new pod from asking for hostNetwork or another zone’s labels';

/** What stays open of fabrics with `withFabric`, and what there is without it. */
export const attachmentsNotCovered =
  'fabric: VLANs, security groups, networks and ComputeDomains that spec.fabric does not name; RDMA never meets a NetworkPolicy';
export const fabricNotCovered =
  'fabric: InfiniBand partitions (its dumps with --fabric say), and VLANs, security groups, networks and ComputeDomains that spec.fabric does not name; RDMA never meets a NetworkPolicy';

/** What no claim says yet, printed with every proof so that silence is not taken for safety. */
const notCovered: readonly string[] = [
  'tenant reach: whose bucket stands behind a front end that the network admits (endpoint policies, VPC Service Controls)',
  identityNotCovered,
  fabricNotCovered,
  admissionNotCovered,
  'alerts: whether anyone would notice',
  'the moments before policies are enforced on a new pod, and connections that were open before a change',
];

const otherProtocols = 'ICMP and IP protocols other than TCP, UDP and SCTP: NetworkPolicy leaves them to the CNI, so name it with --profile';

/**
 * Proves or refutes each claim of each zone on a snapshot whose policies may be anyone's. Pure. Pods that do not exist yet stand in as
 * representatives: one sort for each workload (and job) of the zone, one for pods of its namespace that it does not describe.
 * `enforced` is the input as it is; where staged policies count as promoted, all else is about the input with them.
 */
export function verify(enforced: Snapshot, base: Profile, zones: readonly LoadedZone[], modes: Modes = plainModes): VerifyReport {
  const { snapshot, profile } = seenBy(modes.promoted ? promote(enforced).snapshot : enforced, base);
  const { snapshot: whole, bound } = bindZones(
    snapshot,
    zones.map((loaded) => ({ loaded, intents: zoneIntents(loaded) })),
  );
  const matrix = solve(whole, profile);
  const judgedZones = bound.map((zone) => ({
    zone: zone.intents.zone,
    claims: judged(claimsOf(matrix, zone), modes),
    notCovered: [
      ...notCovered.filter((text) => text !== admissionNotCovered || admissionInForce(whole, zone.loaded.zone, 'training').is !== 'yes'),
      ...(profile.otherProtocolsByRule === 'unknown' ? [otherProtocols] : []),
      ...driversNotCovered(zone.intents.workloads),
    ],
  }));
  return {
    profile: profile.id,
    zones: judgedZones,
    unread: sortedBy(snapshot.unread, ([kind]) => kind).map(([kind, count]) => ({ kind, count })),
    findings: runChecks(solve(snapshot, profile)),
    strict: modes.strict,
    staged: modes.promoted ? ifPromoted(enforced, base, zones, modes.strict, judgedZones) : null,
    assumptions: [
      ...judgedUnderAnother(zones, profile),
      ...assumptionsOf(modes, profile),
      ...namesTaken(
        whole,
        profile,
        bound.some(({ intents }) => intents.workloads.some(asksForNames)),
      ),
      ...(bound.some((z) => z.intents.protected.some((p) => p.cidrs.length > 0)) ? addressesTaken(whole.ranges) : []),
    ],
  };
}

/** Others of the cluster may mount through the same driver, so what its pods reach for them is no fault of the zone; nor is it proven to be nothing. */
function driversNotCovered(workloads: readonly WorkloadIntent[]): readonly string[] {
  const who = new Set(workloads.flatMap((w) => w.drivers.map((d) => `${d.title} in ${d.namespace}`)));
  return [...who].map(
    (pods) =>
      `pods of ${pods}: what other policies let them reach (the metadata service, the internet); that they have their data and are under default deny is all that is claimed`,
  );
}

function asksForNames({ needs, drivers }: WorkloadIntent): boolean {
  return [...needs, ...drivers.flatMap((d) => d.needs)].some(({ targets }) => targets.some((target) => target.kind === 'names'));
}
