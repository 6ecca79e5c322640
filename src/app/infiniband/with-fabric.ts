import type { ClaimResult } from '../../model/claim.ts';
import type { FabricWay } from '../../model/fabric-reach.ts';
import { defaultPartition, keyText } from '../../model/pkey.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { VerifyReport } from '../../model/verify-report.ts';
import { type LoadedZone, originIn } from '../../spec/zone.ts';
import { attachmentsNotCovered, fabricNotCovered } from '../verify.ts';
import { contradictionsOf, missingFor } from './answer.ts';
import { joiningsOf } from './attached.ts';
import { situationFor } from './audit.ts';
import type { Evidence } from './evidence.ts';
import type { Situation } from './situation.ts';
import { waysOutOf } from './ways.ts';

/**
 * The claims of each zone with the one about its InfiniBand fabric beside them: nobody meets its hosts there but its hubs. A way out goes from a pod over its
 * node's port and the partition to the host at the other end, each step with its place. Pure.
 */
export function withFabric(report: VerifyReport, zones: readonly LoadedZone[], evidence: Evidence, snapshot: Snapshot): VerifyReport {
  const situation = situationFor(zones, evidence, snapshot);
  return {
    ...report,
    zones: report.zones.map((zone, i) => {
      const loaded = zones[i];
      if (loaded === undefined || loaded.zone.spec.fabric?.infiniband == null) return zone;
      return {
        ...zone,
        claims: [...zone.claims, apartClaim(situation, loaded, snapshot)],
        notCovered: zone.notCovered.map((text) => (text === fabricNotCovered ? attachmentsNotCovered : text)),
      };
    }),
    assumptions: [
      ...report.assumptions,
      'Ports of the InfiniBand fabric do what their tables say, and hosts are where the zone, the map of hosts or the descriptions of ports say; switches enforce partitions only where opensm.conf says so (ringfence fabric audit).',
      ...evidence.taken.map(({ file, as }) => `${file} is taken for ${as}.`),
    ],
  };
}

function apartClaim(situation: Situation, loaded: LoadedZone, snapshot: Snapshot): ClaimResult {
  const { name } = loaded.zone.metadata;
  const { ways, doubts, missing } = waysOutOf(situation, loaded, snapshot);
  const mine = [...situation.intent.places.values()].filter((p) => p.party.name === name).length;
  const lacks = mine === 0 ? ['no port of the fabric is known to be of the zone'] : missingFor(situation);
  const joinings = joiningsOf(snapshot, [loaded]).filter((j) => j.zones.includes(name));
  const contradictions = [...contradictionsOf(situation), ...joinings.filter((j) => j.doubt === null).map((j) => j.finding)];
  const unknown = [
    ...lacks,
    ...missing,
    ...doubts,
    ...joinings.flatMap(({ doubt, finding }) => (doubt === null ? [] : [`${doubt}: if so, ${finding.message}`])),
  ];
  const status = ways.length + contradictions.length > 0 ? 'fails' : unknown.length === 0 ? 'holds' : 'undecided';
  return {
    id: 'safety/infiniband-apart',
    group: 'safety',
    title: `over InfiniBand nobody meets the hosts of ${name} but its hubs and what runs the fabric`,
    status,
    counterexamples: [],
    ways,
    reasons: status === 'undecided' ? unknown : contradictions.map((f) => f.message),
    evidence: [`${mine} of ${situation.hosts.length} host ports, each with each of the others, by their P_Key tables`],
    fix: status === 'holds' ? null : ways.length > 0 ? fixOf(ways) : (contradictions[0]?.fix ?? fixOf(ways)),
    origin: originIn(loaded, 'spec', 'fabric', 'infiniband'),
  };
}

function fixOf(ways: readonly FabricWay[]): string {
  const [first] = ways;
  if (first === undefined) return 'give ringfence verify what ringfence fabric audit asks for: ibnetdiscover, the tables or partitions.conf, sminfo';
  if (first.pkey === defaultPartition && first.strangers.length > 0)
    return `keep ${first.strangers.length === 1 ? 'that workload' : 'those workloads'} off ${first.to}, which runs the fabric; node software belongs in a namespace of nodes.sharedWith`;
  return `take ${first.to} or ${first.from} out of partition ${keyText(first.pkey)}: ringfence fabric audit names the line, and what else is wrong`;
}
