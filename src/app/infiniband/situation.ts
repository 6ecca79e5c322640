import type { LogFact, MemberFact, SettingFact } from '../../fabric/facts.ts';
import type { Guid } from '../../fabric/guid.ts';
import { type Observed, observed } from '../../fabric/observed.ts';
import type { EndPort } from '../../fabric/subnet.ts';
import { type PortTable, tablesOf } from '../../fabric/tables.ts';
import type { Origin } from '../../kernel/origin.ts';
import { sortedBy } from '../../kernel/stable.ts';
import { asFull, baseOf, defaultPartition, isFull } from '../../model/pkey.ts';
import type { Evidence } from './evidence.ts';
import type { Intent, Party } from './intent.ts';

/** One side of an audit: tables, where each key of them comes from, and what to call them. */
export interface Tables {
  readonly when: 'now' | 'when the configuration is read';
  readonly keys: ReadonlyMap<Guid, readonly number[]>;
  /** What puts a key into a port; null: nobody says. */
  cause(guid: Guid, key: number): Origin | null;
}

/** All that an audit looks at, put together once. */
export interface Situation {
  readonly evidence: Evidence;
  readonly intent: Intent;
  readonly seen: Observed;
  readonly ports: ReadonlyMap<Guid, EndPort>;
  /** Host ports: those of channel adapters. */
  readonly hosts: readonly EndPort[];
  readonly smPort: Guid | null;
  readonly settings: ReadonlyMap<string, SettingFact>;
  /** An `opensm.conf` is among the inputs, so that what it leaves out has its default. */
  readonly hasSettings: boolean;
  readonly log: readonly LogFact[];
  readonly live: Tables | null;
  readonly configured: (Tables & { readonly tables: ReadonlyMap<Guid, PortTable> }) | null;
  /** Partitions as UFM has them. */
  readonly managed: Tables | null;
}

export function situationOf(evidence: Evidence, intent: Intent): Situation {
  const seen = observed(evidence.facts);
  const log = evidence.facts.filter((f) => f.kind === 'log');
  const settings = new Map<string, SettingFact>();
  for (const fact of evidence.facts) if (fact.kind === 'setting') settings.set(fact.name, fact);
  const master = seen.managers.find((m) => m.state === 'SMINFO_MASTER') ?? seen.managers[0];
  const smPort = master?.guid ?? log.findLast((f) => f.event === 'sm-port')?.guid ?? null;
  const configured = configuredTables(evidence, seen, smPort, isTrue(settings.get('allow_both_pkeys')?.value));
  const members = evidence.facts.filter((f) => f.kind === 'member');
  return {
    evidence,
    intent,
    seen,
    ports: new Map(seen.subnet.ports.map((p) => [p.guid, p])),
    hosts: sortedBy(
      seen.subnet.ports.filter((p) => p.kind === 'ca'),
      (p) => `${p.description} ${p.guid}`,
    ),
    smPort,
    settings,
    hasSettings: settings.size > 0,
    log,
    live: liveTables(seen, configured),
    configured,
    managed: members.length === 0 ? null : managedTables(members),
  };
}

function configuredTables(evidence: Evidence, seen: Observed, smPort: Guid | null, allowBoth: boolean): Situation['configured'] {
  const { partitions } = evidence;
  if (partitions === null) return null;
  const tables = tablesOf(partitions, seen.subnet, { smPort, allowBoth });
  // What a refused file has put into a port is the fault that it is refused for.
  const refusal = partitions.rejected?.origin ?? null;
  return {
    when: 'when the configuration is read',
    tables,
    keys: new Map([...tables].map(([guid, table]) => [guid, table.keys])),
    cause: (guid, key) => refusal ?? tables.get(guid)?.causes.get(key) ?? null,
  };
}

/** Where a live key is also what the configuration gives, its line is the cause; else all there is is the table. Of readings that disagree each counts. */
function liveTables(seen: Observed, configured: Situation['configured']): Tables | null {
  if (seen.tables.size === 0) return null;
  return {
    when: 'now',
    keys: new Map([...seen.tables].map(([guid, { keys, others }]) => [guid, [...keys, ...new Set(others.map((o) => o.key))]])),
    cause: (guid, key) => {
      const line = configured?.keys.get(guid)?.includes(key) === true ? configured.cause(guid, key) : null;
      const table = seen.tables.get(guid);
      return line ?? (table?.keys.includes(key) === true ? table.origin : table?.others.find((o) => o.key === key)?.origin) ?? table?.origin ?? null;
    },
  };
}

function managedTables(members: readonly MemberFact[]): Tables {
  const keys = new Map<Guid, number[]>();
  const causes = new Map<string, Origin>();
  for (const { guid, base, membership, origin } of members) {
    const key = membership === 'full' ? asFull(base) : base;
    keys.set(guid, [...(keys.get(guid) ?? []), key]);
    causes.set(`${guid} ${key}`, origin);
  }
  return { when: 'when the configuration is read', keys, cause: (guid, key) => causes.get(`${guid} ${key}`) ?? null };
}

/** Source: opensm osm_subnet.c (opts_parse_boolean): what is neither FALSE nor 0 is true. */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && !/^(?:false|0)$/i.test(value);
}

/** The tables by which an audit judges: as they are, and as they will be. Where the partition file and UFM differ, either may be what comes. */
export function judged({ live, configured, managed }: Situation): readonly Tables[] {
  return [live, configured, managed].filter((t) => t !== null);
}

/** What a port is to be in a partition. */
export function wanted(party: Party | null, base: number): 'full' | 'limited' | 'none' {
  if (base === defaultPartition) return party?.kind === 'infrastructure' ? 'full' : 'limited';
  if (party === null) return 'none';
  // What runs the fabric reaches all of it anyway.
  if (party.kind === 'infrastructure') return 'full';
  if (party.base === base) return 'full';
  return party.uses.includes(base) ? 'limited' : 'none';
}

/** Whether a key is more than a party is to have. */
export function isTooMuch(party: Party | null, key: number): boolean {
  const want = wanted(party, baseOf(key));
  return want === 'none' || (want === 'limited' && isFull(key));
}

/** Who a port is, for people: its host, else its description, else its GUID. */
export function hostOf({ intent, ports }: Situation, guid: Guid): string {
  const port = ports.get(guid);
  return intent.places.get(guid)?.host ?? (port === undefined || port.description === '' ? `0x${guid}` : port.description);
}

/** Whose a port is; null: nobody says. */
export function partyOf({ intent }: Situation, guid: Guid): Party | null {
  return intent.places.get(guid)?.party ?? null;
}
