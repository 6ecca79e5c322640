import type { Diagnostic } from '../../kernel/result.ts';
import { compareText } from '../../kernel/stable.ts';
import type { FabricAuditReport, FabricMatrix } from '../../model/fabric-audit-report.ts';
import type { Finding } from '../../model/finding.ts';
import { baseOf, defaultPartition, keyText } from '../../model/pkey.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { answerOf } from './answer.ts';
import { clusterFindings, joiningsOf } from './attached.ts';
import { logFindings, managerFindings, partitionFindings, settingFindings } from './configuration.ts';
import { crossingsOf } from './crossings.ts';
import type { Evidence } from './evidence.ts';
import { found } from './found.ts';
import { intentOf } from './intent.ts';
import { jobKeyFindings } from './job-keys.ts';
import { memberFindings } from './members.ts';
import { hostFacts } from './node-guids.ts';
import { questionsOf } from './questions.ts';
import { hostOf, judged, partyOf, type Situation, situationOf } from './situation.ts';
import { waysOutOf } from './ways.ts';

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
  const pods = cluster === null ? { findings: [], doubts: [] } : ofPods(situation, zones, cluster);
  const findings: readonly Finding[] = [
    ...memberFindings(situation, new Set(crossings.map((c) => c.pkey))),
    ...crossed,
    ...managerFindings(situation),
    ...partitionFindings(situation),
    ...settingFindings(situation),
    ...logFindings(situation),
    ...(crossings.length > 0 ? [] : pods.findings),
    ...(cluster === null ? [] : [...clusterFindings(cluster, zones), ...jobKeyFindings(situation, cluster, zones)]),
  ];
  const { apart, because: apartBecause } = answerOf(situation, crossings.length, findings, pods.doubts);
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

/** What pods of zones come to beside what ports do: whoever stands where they meet, and what would join them to somebody. */
function ofPods(
  situation: Situation,
  zones: readonly LoadedZone[],
  cluster: Snapshot,
): { readonly findings: readonly Finding[]; readonly doubts: readonly string[] } {
  const told = zones.filter((z) => z.zone.spec.fabric?.infiniband != null).map((loaded) => ({ loaded, ...waysOutOf(situation, loaded, cluster) }));
  return {
    findings: told.flatMap(({ loaded, ways }) =>
      ways.map((way) => {
        const [first, ...steps] = way.steps;
        return found('fabric-pods-meet', {
          message: `Over InfiniBand pods of ${loaded.zone.metadata.name} come from ${way.from} to ${way.to}, in partition ${keyText(way.pkey)}: ${way.steps.map((s) => s.text).join('; ')}.`,
          primary: first?.origin ?? null,
          related: steps.flatMap(({ origin, text }) => (origin === null ? [] : [{ origin, message: text }])),
          subjects: [loaded.zone.metadata.name, way.to],
        });
      }),
    ),
    doubts: [
      ...told.flatMap((t) => t.doubts),
      ...joiningsOf(cluster, zones).flatMap((j) => (j.zones.length === 0 || j.doubt === null ? [] : [`${j.doubt}: if so, ${j.finding.message}`])),
    ],
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
