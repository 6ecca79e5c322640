import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { flowColumns, flowOfCells, flowSchemaVersion } from '../../flows/columns.ts';
import { noEnd, type ObservedFlow } from '../../model/observed-flow.ts';
import { readParts } from './flow-reader.ts';
import { FlowWriter } from './flow-writer.ts';
import { ingestionId, StoreFolder } from './store-folder.ts';

const installed = await import('@duckdb/node-api').then(
  () => true,
  () => false,
);
const names = flowColumns.map((c) => c.name);
const hour = 3_600_000_000_000n;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringfence-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const store = (): StoreFolder => new StoreFolder(folder, 'store', flowSchemaVersion);

function flow(timeNs: bigint, over: Partial<ObservedFlow> = {}): ObservedFlow {
  return {
    ...{
      format: 'hubble',
      timeNs,
      durationNs: 0,
      source: { ...noEnd, pod: "a'b", labels: 'a=b,c=d', port: 65_535 },
      destination: { ...noEnd, ip: '::1', names: 'x.y' },
    },
    ...{ protocol: 'TCP', verdict: 'dropped', reason: 'POLICY_DENIED', direction: 'egress', isReply: false, knowsInitiator: true, bytesSent: 2 ** 53 - 1 },
    ...{
      bytesReceived: 0,
      hasBytes: true,
      connections: 1,
      isLayer7: false,
      dnsQuery: 'é\\010.x',
      dnsTypes: '',
      dnsCode: '',
      service: '',
      policies: '',
      node: 'n',
      cluster: '',
    },
    ...over,
  };
}

let ingestions = 0;
/** One a second: of two in the same second no name tells which was first. */
async function ingest(flows: readonly ObservedFlow[], end: 'commit' | 'die' = 'commit'): Promise<void> {
  const owned = store();
  owned.own();
  const writer = await FlowWriter.open<ObservedFlow>(owned, flowColumns);
  for (const one of flows) writer.add(one);
  await writer.flush();
  if (end === 'commit') await writer.commit(ingestionId(`2026-11-26T10:00:${String(ingestions++ % 60).padStart(2, '0')}Z`), { flows: flows.length });
  writer.close();
  // Who dies leaves the lock and what lies in tmp.
  if (end === 'commit') owned.release();
}

async function stored(): Promise<ObservedFlow[]> {
  const flows: ObservedFlow[] = [];
  await readParts(store(), store().receipts(), names, (cells) => flows.push(flowOfCells(cells)));
  return flows;
}

const parts = (): string[] =>
  readdirSync(join(folder, 'store/parts'), { recursive: true })
    .map(String)
    .filter((p) => p.endsWith('.parquet'));

function leaveLock(lock: object): void {
  mkdirSync(join(folder, 'store'), { recursive: true });
  writeFileSync(join(folder, 'store/lock'), JSON.stringify(lock));
}

/** No process has it: the highest number that Linux gives is 4,194,304. */
const gone = 2 ** 30;

describe.skipIf(!installed)('a store of flows (DuckDB is an optional package)', () => {
  test('gives back what was put in, in the order of time, over several ingestions', async () => {
    await ingest([flow(3n * hour), flow(1n), flow(2n)]);
    await ingest([flow(4n * hour, { verdict: 'forwarded', hasBytes: false, bytesSent: 0 })]);
    expect(await stored()).toEqual([flow(1n), flow(2n), flow(3n * hour), flow(4n * hour, { verdict: 'forwarded', hasBytes: false, bytesSent: 0 })]);
    expect(parts()).toHaveLength(3);
    expect(existsSync(join(folder, 'store/lock'))).toBe(false);
  });

  test('more than a vector at a time', async () => {
    await ingest(Array.from({ length: 5000 }, (_, i) => flow(BigInt(i))));
    expect((await stored()).map((f) => f.timeNs)).toEqual(Array.from({ length: 5000 }, (_, i) => BigInt(i)));
  });

  test('an ingestion that dies leaves nothing behind that counts, and the next one clears it away', async () => {
    await ingest([flow(1n)]);
    await ingest([flow(2n)], 'die');
    leaveLock({ pid: gone, host: hostname() });
    // Moved, and killed before the receipt.
    mkdirSync(join(folder, 'store/parts/1970-01-01'), { recursive: true });
    writeFileSync(join(folder, 'store/parts/1970-01-01/half.parquet'), 'PAR1');
    expect(await stored()).toEqual([flow(1n)]);
    await ingest([flow(3n)]);
    expect(await stored()).toEqual([flow(1n), flow(3n)]);
    expect(parts().some((p) => p.includes('half'))).toBe(false);
  });

  test('clocks that jump make no million parts', async () => {
    const jumping = [...Array.from({ length: 500 }, (_, i) => flow(BigInt(i) * hour)), flow(2n ** 62n), flow(-(2n ** 62n))];
    await ingest(jumping);
    expect(parts().length).toBeLessThan(50);
    expect(await stored()).toHaveLength(jumping.length);
    await ingest(Array.from({ length: 500 }, (_, i) => flow(BigInt(i) * 24n * hour)));
    expect(readdirSync(join(folder, 'store/parts/any-time'))).toContainEqual(expect.stringMatching(/^all-/));
  });
});

describe('whose a store is', () => {
  test('one process at a time', () => {
    const first = store();
    first.own();
    expect(() => store().own()).toThrow(`store is being written by process ${process.pid}`);
    first.release();
    expect(() => store().own()).not.toThrow();
  });

  test.each<[string, object | string, RegExp | null]>([
    ['of a process that is gone is taken over', { pid: gone, host: hostname() }, null],
    ['of another machine is left', { pid: 1, host: 'elsewhere.example.com' }, /process 1 on elsewhere/],
    ['that is just being written is left', '{"pi', /another process/],
  ])('a lock %s', (_, lock, refused) => {
    mkdirSync(join(folder, 'store'));
    writeFileSync(join(folder, 'store/lock'), typeof lock === 'string' ? lock : JSON.stringify(lock));
    const own = (): void => store().own();
    if (refused === null) expect(own).not.toThrow();
    else {
      expect(own).toThrow(refused);
      expect(readFileSync(join(folder, 'store/lock'), 'utf8')).not.toContain(String(process.pid));
    }
  });

  test('what is no store, is damaged, is of another version, or names what is not there or lies outside is refused', () => {
    expect(() => store().receipts()).toThrow('is no store of flows');
    store().own();
    const receipt = (text: string): void => writeFileSync(join(folder, 'store/receipts/x.json'), text);
    const all = (): unknown => store().receipts();
    receipt('{"schema": 1, "par');
    expect(all).toThrow('is damaged');
    receipt('{"schema": 99, "parts": []}');
    expect(all).toThrow('has schema 99');
    receipt(JSON.stringify({ schema: flowSchemaVersion, parts: [{ path: 'parts/2026-01-01/00-x.parquet', rows: 1 }] }));
    expect(all).toThrow('which is not there');
    receipt(JSON.stringify({ schema: flowSchemaVersion, parts: [{ path: '../../etc/passwd', rows: 1 }] }));
    expect(all).toThrow('which is not there');
  });
});
