import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { files, filesForBoth, filesOfChance } from './files.ts';
import type { Dumps, Network, Outcome } from './oracle.ts';

const home = new URL('.', import.meta.url).pathname;
const recorded = join(home, 'recorded');

/** One partition file on one fabric. `partitions` null: there is no file. */
export interface Case {
  readonly name: string;
  readonly net: 'small' | 'fabric';
  readonly partitions: string | null;
  readonly settings: readonly string[];
  /** What OpenSM does with it depends on what its memory holds. */
  readonly chance?: true;
}

const scenarios: readonly Case[] = [
  ...readdirSync(join(home, 'scenarios'))
    .sort()
    .map((file): Case => ({ name: file.replace(/\.conf$/, ''), net: 'fabric', partitions: readFileSync(join(home, 'scenarios', file), 'utf8'), settings: [] })),
  { name: 'no-config', net: 'fabric', partitions: null, settings: [] },
];

export const cases: readonly Case[] = [
  ...scenarios,
  ...Object.entries(files).map(([name, partitions]): Case => ({ name, net: 'small', partitions, settings: [] })),
  ...Object.entries(filesOfChance).map(([name, partitions]): Case => ({ name, net: 'small', partitions, settings: [], chance: true })),
  ...Object.entries(filesForBoth).map(
    ([name, partitions]): Case => ({ name: `with both memberships: ${name}`, net: 'small', partitions, settings: ['allow_both_pkeys TRUE'] }),
  ),
];

export function netOf({ net }: Case): string {
  return readFileSync(join(home, `${net}.net`), 'utf8');
}

export function networkOf({ net }: Case): Network {
  const read = (file: string): string => readFileSync(join(recorded, net, file), 'utf8');
  return { ibnetdiscover: read('ibnetdiscover.txt'), nodes: read('nodes.txt'), sminfo: read('sminfo.txt') };
}

/** What OpenSM made of each case when it was last asked. */
export function recordedOutcomes(): Readonly<Record<string, Outcome>> {
  const file = join(recorded, 'outcomes.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/** Keeps what the tools printed. Times, thread numbers and counters differ from run to run: they are made the same. */
export function record(outcomes: Readonly<Record<string, Outcome>>, dumps: readonly (readonly [Case, Dumps])[]): void {
  writeFileSync(join(recorded, 'outcomes.json'), `${JSON.stringify(outcomes, null, 1)}\n`);
  for (const [{ name, net }, { ibnetdiscover, nodes, sminfo, pkeys, log }] of dumps) {
    const write = (folder: string, file: string, text: string): void => {
      mkdirSync(join(recorded, folder), { recursive: true });
      writeFileSync(join(recorded, folder, file), text);
    };
    if (ibnetdiscover === '') continue;
    if (!existsSync(join(recorded, net, 'ibnetdiscover.txt'))) {
      write(net, 'ibnetdiscover.txt', ibnetdiscover.replace(/^# Topology file: generated.*\n/m, ''));
      write(net, 'nodes.txt', nodes);
      write(net, 'sminfo.txt', sminfo.replace(/activity count \d+/, 'activity count 3'));
    }
    if (net !== 'fabric') continue;
    write(name, 'pkeys.txt', pkeys);
    write(name, 'opensm.log', timeless(log));
  }
}

/** Keeps the log of a manager that was given other files while it ran. */
export function recordReload(log: string): void {
  mkdirSync(join(recorded, 'reload'), { recursive: true });
  writeFileSync(join(recorded, 'reload', 'opensm.log'), timeless(log));
}

export function timeless(log: string): string {
  return log.replace(/^[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d \d{6} \[[0-9A-F]+\]/gm, 'Nov 27 12:00:00 000000 [1]');
}
