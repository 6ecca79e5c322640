import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { httpsServer, type LocalServer } from '../../cases/support/https-server.ts';
import { sha256Of } from '../app/feeds/bundle.ts';
import type { Io } from './io.ts';
import { run } from './main.ts';

const edition = (token: number, ...prefixes: readonly string[]): string =>
  JSON.stringify({
    syncToken: String(token),
    prefixes: prefixes.map((ip_prefix) => ({ ip_prefix, region: 'us-east-1', service: 'S3' })),
    ipv6_prefixes: [],
  });

let served = '';
let server: LocalServer;
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ringfence-feeds-')));

beforeAll(async () => {
  server = await httpsServer('feeds.test', (_, response) => void response.end(served));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.close();
});

async function ringfence(
  line: string,
  now = '2026-11-23T12:00:00Z',
  inTest = true,
  env: Io['env'] = {},
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const said = { stdout: '', stderr: '' };
  const io: Io = {
    stdout: { write: (text) => void (said.stdout += text), isTerminal: false, columns: undefined },
    stderr: { write: (text) => void (said.stderr += text), isTerminal: false, columns: undefined },
    stdin: { isTerminal: false, bytes: async () => new Uint8Array(), chunks: async function* () {}, ask: async () => null },
    env,
    cwd: folder,
    today: now.slice(0, 10),
    now,
    ...(inTest ? { downloads: server.world } : {}),
  };
  return { code: await run(line.split(' '), io), ...said };
}

const address = (): string => `https://feeds.test:${server.port}/ip-ranges.json`;
const contents = (): Record<string, unknown> => JSON.parse(readFileSync(join(folder, 'b/bundle.json'), 'utf8')) as Record<string, unknown>;

test('a download is stored byte for byte, with where and when; an older edition does not replace a newer one', async () => {
  served = `\ufeff${edition(1_787_411_825, '52.216.0.0/15')}\n`;
  const first = await ringfence(`feeds fetch aws --url ${address()} -o b`);
  expect([first.code, first.stderr]).toEqual([0, '']);
  expect(readFileSync(join(folder, 'b/aws/ip-ranges.json'), 'utf8')).toBe(served);
  const entry = { name: 'ip-ranges.json', from: address(), bytes: Buffer.byteLength(served), sha256: sha256Of(Buffer.from(served)) };
  expect(contents()).toEqual({
    apiVersion: 'ringfence.dev/v1alpha1',
    kind: 'FeedBundle',
    feeds: [{ provider: 'aws', fetched: '2026-11-23T12:00:00Z', files: [entry] }],
  });

  served = edition(1_787_411_000, '52.216.0.0/15', '3.5.0.0/19');
  const back = await ringfence(`feeds fetch aws --url ${address()} -o b`, '2026-11-24T12:00:00Z');
  expect([back.code, back.stdout.includes('feed-rollback')]).toEqual([1, true]);
  expect(JSON.stringify(contents())).toContain('2026-11-23T12:00:00Z');

  served = edition(1_787_411_826, '52.216.0.0/15');
  expect((await ringfence(`feeds fetch aws --url ${address()} -o b`, '2026-11-25T12:00:00Z')).code).toBe(0);
  expect(JSON.stringify(contents())).toContain('2026-11-25T12:00:00Z');
});

test('what is no feed is not stored, and its place is told', async () => {
  served = edition(1_787_411_825, '10.0.0.0/8');
  const { code, stderr } = await ringfence(`feeds fetch aws --url ${address()} -o c`);
  expect(code).toBe(2);
  expect(stderr).toMatch(/ip-ranges\.json:1:\d+: error: bad-prefix: "10\.0\.0\.0\/8" holds addresses that are not on the internet/);
  expect(readdirSync(folder)).not.toContain('c');
});

test('a user cannot reach this machine', async () => {
  const { code, stderr } = await ringfence(`feeds fetch aws --url https://127.0.0.1:${server.port}/x -o d`, undefined, false);
  expect([code, stderr.includes('no address of the internet: nothing was connected to')]).toEqual([3, true]);
});

test('a bundle that was changed on the way is refused', async () => {
  writeFileSync(join(folder, 'b/aws/ip-ranges.json'), edition(1_787_411_826, '0.0.0.0/8'));
  const { code, stderr } = await ringfence('feeds fetch aws --from b -o e');
  expect([code, stderr.includes('wrong-digest')]).toEqual([2, true]);
});

test('a proxy that is set is not used, and a download that fails says so', async () => {
  const asked = (env: Io['env']) => ringfence('feeds fetch aws --url https://127.0.0.1/ip-ranges.json -o p', undefined, false, env);
  for (const name of ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy']) {
    const { code, stderr } = await asked({ [name]: 'http://proxy.example.com:3128' });
    expect([code, stderr.includes(`${name} is set, and feeds fetch uses no proxy`)]).toEqual([3, true]);
  }
  expect((await asked({ HTTPS_PROXY: '' })).stderr).not.toContain('proxy');
  served = edition(1_787_411_825, '52.216.0.0/15');
  const { code, stderr } = await ringfence(`feeds fetch aws --url ${address()} -o q`, undefined, true, { HTTPS_PROXY: 'http://proxy.example.com:3128' });
  expect([code, stderr]).toEqual([0, '']);
});
