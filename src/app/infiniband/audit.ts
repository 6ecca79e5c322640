import type { Diagnostic } from '../../kernel/result.ts';
import { compareText } from '../../kernel/stable.ts';
import type { FabricAuditReport, FabricMatrix } from '../../model/fabric-audit-report.ts';
import type { Finding } from '../../model/finding.ts';
import { baseOf, defaultPartition } from '../../model/pkey.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { answerOf } from './answer.ts';
import { clusterFindings } from './attached.ts';
import { logFindings, managerFindings, partitionFindings, settingFindings } from './configuration.ts';
import { crossingsOf } from './crossings.ts';
import type { Evidence } from './evidence.ts';
import { intentOf } from './intent.ts';
import { jobKeyFindings } from './job-keys.ts';
import { memberFindings } from './members.ts';
import { hostFacts } from './node-guids.ts';
import { questionsOf } from './questions.ts';
import { hostOf, judged, partyOf, type Situation, situationOf } from './situation.ts';

const assumptions: readonly string[] = [
  'ibnetdiscover has seen the whole fabric: ports that were down may hold other keys when they come up.',
  'Switches and adapters do what their tables say; nobody has firmware of their own.',
  'A port GUID is where the zone says it is; virtual functions get theirs from whoever makes them.',
  'Full members of the default partition that are declared as infrastructure reach everybody, and are trusted.',
];

/** Answers for the fabric of some zones from what operators export. `cluster` null: no manifests were given. Pure. */
export function auditFabric(
  zones: readonly LoadedZone[],
  evidence: Evidence,
  cluster: Snapshot | null,
): { readonly report: FabricAuditReport; readonly diagnostics: readonly Diagnostic[] } {
  const situation = situationFor(zones, evidence, cluster);
  const { intent } = situation;
  const { crossings, findings: crossed } = crossingsOf(situation);
  const findings: readonly Finding[] = [
    ...memberFindings(situation, new Set(crossings.map((c) => c.pkey))),
    ...crossed,
    ...managerFindings(situation),
    ...partitionFindings(situation),
    ...settingFindings(situation),
    ...logFindings(situation),
    ...(cluster === null ? [] : [...clusterFindings(cluster, zones), ...jobKeyFindings(situation, cluster, zones)]),
  ];
  const { apart, because: apartBecause } = answerOf(situation, crossings.length, findings);
  return {
    report: {
      fabric: {
        hosts: situation.hosts.length,
        switches: situation.seen.subnet.ports.filter((p) => p.kind === 'switch').length,
        tables: situation.live !== null ? 'live' : judged(situation).length > 0 ? 'configured' : 'none',
      },
      parties: intent.parties.map(({ name, kind, base }) => ({
        name,
        kind,
        pkey: base,
        ports: [...intent.places.values()].filter((p) => p.party.name === name).length,
      })),
      apart,
      apartBecause,
      crossings,
      matrix: matrixOf(situation),
      questions: questionsOf(situation, findings, cluster !== null, { apart, apartBecause }),
      findings,
      assumptions,
    },
    diagnostics: intent.diagnostics,
  };
}

/** What an audit of some zones looks at. `cluster` null: no manifests were given. */
export function situationFor(zones: readonly LoadedZone[], evidence: Evidence, cluster: Snapshot | null): Situation {
  const bare = situationOf(evidence, { parties: [], places: new Map(), portless: [], byDescription: [], diagnostics: [] });
  return { ...bare, intent: intentOf(zones, { nodes: cluster?.nodes ?? [], facts: hostFacts(evidence, cluster), subnet: bare.seen.subnet }) };
}

/** Who is in which partition: rows by party and host, columns by key. */
function matrixOf(situation: Situation): FabricMatrix {
  const tables = judged(situation)[0];
  const bases = new Set<number>([defaultPartition]);
  for (const party of situation.intent.parties) if (party.base !== null) bases.add(party.base);
  for (const { guid } of situation.hosts) for (const key of tables?.keys.get(guid) ?? []) if (baseOf(key) !== 0) bases.add(baseOf(key));
  const sorted = [...bases].sort((a, b) => a - b);
  const nameOf = (base: number): string =>
    situation.intent.parties.find((p) => p.base === base)?.name ??
    situation.evidence.partitions?.partitions.find((p) => p.base === base)?.name ??
    (base === defaultPartition ? 'Default' : '');
  const order = new Map(situation.intent.parties.map((p, i) => [p, i]));
  const rows = situation.hosts.map(({ guid }) => {
    const keys = tables?.keys.get(guid) ?? [];
    const party = partyOf(situation, guid);
    return {
      rank: party === null ? order.size : (order.get(party) ?? 0),
      row: {
        host: hostOf(situation, guid),
        guid,
        party: party?.name ?? null,
        cells: sorted.map((base) => (keys.some((k) => k === (base | 0x8000)) ? ('full' as const) : keys.includes(base) ? ('limited' as const) : null)),
        indexZero: keys[0] ?? null,
      },
    };
  });
  return {
    pkeys: sorted.map((pkey) => ({ pkey, name: nameOf(pkey) })),
    rows: rows.sort((a, b) => a.rank - b.rank || compareText(a.row.host, b.row.host) || compareText(a.row.guid, b.row.guid)).map(({ row }) => row),
  };
}
