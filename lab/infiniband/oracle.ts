import { readDump } from '../../src/fabric/dumps/read-dump.ts';
import type { Fact } from '../../src/fabric/facts.ts';
import { observed } from '../../src/fabric/observed.ts';
import { usableKeys } from '../../src/fabric/pairs.ts';
import { readPartitions } from '../../src/fabric/partitions/read-partitions.ts';
import { tablesOf } from '../../src/fabric/tables.ts';
import { Fabric } from './simulator.ts';

/** What becomes of a partition file on a fabric: said by OpenSM, or by us. Only what compares: ports by GUID, keys as text. */
export interface Outcome {
  /** The complaint in the log, or how the program ended. Null: neither. */
  readonly says: string | null;
  /** Keys by port, in the order of the table. */
  readonly tables: Readonly<Record<string, string>>;
  /** Pairs of host ports that the subnet administrator has a path for, and tells of. */
  readonly paths: readonly string[];
}

/** The topology as `ibnetdiscover` prints it, `saquery NR` of each port, and `sminfo`. */
export interface Network {
  readonly ibnetdiscover: string;
  readonly nodes: string;
  readonly sminfo: string;
}

/** What the tools printed beside that. */
export interface Dumps extends Network {
  readonly pkeys: string;
  readonly log: string;
}

/** Runs OpenSM on a fabric with a partition file (null: without), and asks for each table and each pair of hosts. */
export async function asked(net: string, partitions: string | null, settings: readonly string[]): Promise<Outcome & { readonly dumps: Dumps }> {
  const fabric = await Fabric.start(net, partitions, settings);
  try {
    if (fabric.died !== null)
      return { says: fabric.died, tables: {}, paths: [], dumps: { ibnetdiscover: '', nodes: '', sminfo: '', pkeys: '', log: fabric.log() } };
    const topology = { ibnetdiscover: await fabric.ask('ibnetdiscover'), sminfo: await fabric.ask('sminfo') };
    let nodes = '';
    let pkeys = '';
    for (const { lid } of observed(factsOf(topology.ibnetdiscover)).subnet.ports) {
      nodes += await fabric.ask('saquery', 'NR', String(lid));
      pkeys += `# smpquery pkeys ${lid}\n${await fabric.ask('smpquery', 'pkeys', String(lid))}`;
    }
    const network: Network = { ...topology, nodes };
    const { subnet, tables } = observed([...factsOf(network.ibnetdiscover), ...factsOf(pkeys)]);
    const paths: string[] = [];
    for (const [a, b] of pairsOf(subnet.ports.filter((p) => p.kind === 'ca'))) {
      const record = await fabric.ask('saquery', 'PR', '--slid', String(a.lid), '--dlid', String(b.lid));
      if (record.includes('pkey..')) paths.push(`${a.guid} ${b.guid}`);
    }
    return {
      says: complaint(fabric.log()),
      tables: byGuid([...tables].map(([guid, table]) => [guid, table.keys])),
      paths: paths.sort(),
      dumps: { ...network, pkeys, log: fabric.log() },
    };
  } finally {
    await fabric.stop();
  }
}

/** What we say becomes of it. */
export function foretold(network: Network, partitions: string | null, settings: readonly string[]): Outcome {
  const file = partitions === null ? null : readPartitions({ file: 'partitions.conf', text: partitions });
  if (file?.rejected?.says === 'Segmentation fault') return { says: 'SIGSEGV', tables: {}, paths: [] };
  const { subnet, managers } = observed([...factsOf(network.ibnetdiscover), ...factsOf(network.nodes), ...factsOf(network.sminfo)]);
  const tables = tablesOf(file, subnet, { smPort: managers[0]?.guid ?? null, allowBoth: settings.includes('allow_both_pkeys TRUE') });
  const keysOf = (guid: string): readonly number[] => tables.get(guid)?.keys ?? [];
  const talk = (a: string, b: string): boolean => a === b || usableKeys(keysOf(a), keysOf(b)).length > 0;
  // The administrator tells of no port that whoever asks cannot talk to. We ask from the manager's host. Source: opensm osm_sa_path_record.c.
  const asker = managers[0]?.guid ?? '';
  const paths = pairsOf(subnet.ports.filter((p) => p.kind === 'ca')).filter(([a, b]) => talk(a.guid, b.guid) && talk(asker, a.guid) && talk(asker, b.guid));
  return {
    says: file?.rejected?.says ?? null,
    tables: byGuid([...tables].map(([guid, table]) => [guid, table.keys])),
    paths: paths.map(([a, b]) => `${a.guid} ${b.guid}`).sort(),
  };
}

function factsOf(text: string): readonly Fact[] {
  return readDump({ file: 'dump', text }).facts;
}

/** Each pair once, the smaller GUID first. */
function pairsOf<T extends { readonly guid: string }>(ports: readonly T[]): readonly (readonly [T, T])[] {
  const sorted = [...ports].sort((a, b) => (a.guid < b.guid ? -1 : 1));
  return sorted.flatMap((a, i) => sorted.slice(i + 1).map((b) => [a, b] as const));
}

function complaint(log: string): string | null {
  if (!log.includes('retrying with default config')) return null;
  return /PARSE ERROR: line \d+: [a-zA-Z ]+/.exec(log)?.[0].trim() ?? 'Partition configuration in error; retrying with default config';
}

function byGuid(tables: readonly (readonly [string, readonly number[]])[]): Readonly<Record<string, string>> {
  return Object.fromEntries([...tables].sort(([a], [b]) => (a < b ? -1 : 1)).map(([guid, keys]) => [guid, keysText(keys)]));
}

function keysText(keys: readonly number[]): string {
  const last = keys.findLastIndex((key) => key !== 0);
  return keys
    .slice(0, last + 1)
    .map((key) => key.toString(16).padStart(4, '0'))
    .join(' ');
}
