import type { Snapshot } from '../../src/model/snapshot.ts';
import type { Endpoint } from '../../src/model/verdict.ts';
import { type Protocol, protocols } from '../../src/space/transport-set.ts';
import type { WantSpec } from './case-file.ts';

/** One question of a truth table and its answer. */
export interface Expected {
  readonly from: string;
  readonly to: string;
  readonly protocol: Protocol;
  readonly port: number;
  readonly decision: 'allowed' | 'denied' | 'unknown' | 'ambiguous';
  /** The Service that is dialled, `namespace/name`; null when it is the destination's own address. */
  readonly via: string | null;
}

const letters: Readonly<Record<string, Expected['decision'] | null>> = { X: 'allowed', '.': 'denied', '?': 'unknown', '!': 'ambiguous', '-': null };

/** The questions of one `want` block, in reading order. Throws when the block is not well formed. */
export function expectedOf(want: WantSpec): Expected[] {
  const out: Expected[] = [];
  const add = (from: string, to: string, transport: string, letter: string, via: string | null): void => {
    if (!Object.hasOwn(letters, letter)) throw new Error(`unknown answer ${letter} for ${from} -> ${to}; use X . ? ! or -`);
    const decision = letters[letter];
    if (decision !== null && decision !== undefined) out.push({ from, to, ...transportOf(transport), decision, via });
  };
  if (want.table !== undefined) {
    const [corner, ...body] = linesOf(want.table);
    const head = corner?.slice(1);
    if (corner?.[0] !== 'from') throw new Error('a table starts with the word from');
    for (const transport of want.on ?? []) {
      for (const [from, ...cells] of body) {
        if (head === undefined || from === undefined || cells.length !== head.length)
          throw new Error(`row ${from} has ${cells.length} cells for ${head?.length ?? 0} columns`);
        for (const [i, letter] of cells.entries()) add(from, head[i] as string, transport, letter, null);
      }
    }
    if (want.on === undefined || want.on.length === 0) throw new Error('a table needs `on`');
  }
  for (const line of linesOf(want.rows ?? '')) {
    const [from, to, transport, letter, service] = line;
    const via = service === undefined ? null : (/^via:(\S+)$/.exec(service)?.[1] ?? undefined);
    if (line.length > 5 || from === undefined || to === undefined || transport === undefined || letter === undefined || via === undefined)
      throw new Error(`a row is "from to TCP/80 X", perhaps with "via:namespace/service", not "${line.join(' ')}"`);
    add(from, to, transport, letter, via);
  }
  if (out.length === 0) throw new Error('a want block asks nothing');
  return out;
}

function linesOf(text: string): string[][] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => line.split(/\s+/));
}

function transportOf(text: string): { protocol: Protocol; port: number } {
  const [name, port] = text.split('/');
  const protocol = protocols.find((p) => p === name);
  if (protocol === undefined || (port !== undefined && !/^\d+$/.test(port))) throw new Error(`not a protocol/port: ${text}`);
  return { protocol, port: Number(port ?? 0) };
}

/**
 * The concrete ends that a word of a table stands for: `ns/pod` (or just `pod` where one namespace has it) is every replica, `ns/pod#1` one of them,
 * `node:NAME`, `node:?` a node no input names, `ip:ADDRESS`, `name:HOST`. Throws when nothing or too much answers to it.
 */
export function endpointsNamed(snapshot: Snapshot, word: string): Endpoint[] {
  const colon = /^(node|ip|name):(.+)$/.exec(word);
  if (colon !== null) {
    const [, kind, rest] = colon;
    if (kind === 'node') return [{ kind: 'node', node: rest === '?' ? null : (rest as string) }];
    return kind === 'ip' ? [{ kind: 'address', ip: rest as string }] : [{ kind: 'name', name: rest as string }];
  }
  const [title, replica] = word.split('#');
  const found = snapshot.workloads.filter((w) => `${w.namespace}/${w.name}` === title || w.name === title);
  const [workload] = found;
  if (workload === undefined || found.length > 1)
    throw new Error(`${word} names ${found.length} workloads of: ${snapshot.workloads.map((w) => w.id).join(', ')}`);
  if (replica !== undefined) return [{ kind: 'pod', workload: workload.id, replica: Number(replica) }];
  return Array.from({ length: workload.replicas }, (_, i) => ({ kind: 'pod', workload: workload.id, replica: i }));
}
