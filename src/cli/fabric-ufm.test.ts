import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { commandLine } from '../../cases/support/command-line.ts';
import { httpsServer, type LocalServer, selfSigned } from '../../cases/support/https-server.ts';
import { twoHostTopology, twoHostZone } from '../../cases/support/two-host-fabric.ts';
import type { DownloadWorld } from '../live/download.ts';

const zone = twoHostZone('pkey: 0x10, indexZero: false');
const answer = (...guids: readonly string[]): string =>
  JSON.stringify({ '0x7fff': { guids: [] }, '0x20': { ip_over_ib: true, guids: guids.map((guid) => ({ guid, membership: 'full', index0: true })) } });
const token = 'czQYeCfKIeXqlwSqtorunOPysaSp2r';

let server: LocalServer;
let asked: { readonly url: string; readonly authorization: string | undefined }[] = [];
let reply: { status: number; body: string; location?: string } = { status: 200, body: '' };
let cwd = '';

beforeAll(async () => {
  server = await httpsServer('ufm.test', (request, response) => {
    asked.push({ url: request.url ?? '', authorization: request.headers.authorization });
    response.writeHead(reply.status, reply.location === undefined ? {} : { location: reply.location }).end(reply.body);
  });
});
afterAll(() => server.close());
beforeEach(() => {
  asked = [];
  reply = { status: 200, body: answer('0000000000000021') };
  cwd = mkdtempSync(join(tmpdir(), 'ringfence-ufm-'));
  writeFileSync(join(cwd, 'z.yaml'), zone);
  writeFileSync(join(cwd, 'topology.txt'), twoHostTopology);
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const audit = async (words: string, { env = { UFM_TOKEN: token }, world = server.world }: { env?: Record<string, string>; world?: DownloadWorld } = {}) => {
  const result = await commandLine(`fabric audit -f z.yaml topology.txt ${words.replaceAll('HOST', `ufm.test:${server.port}`)}`, cwd, {
    env,
    downloads: world,
  });
  // Whatever happens, the token is for UFM alone.
  expect(result.stdout + result.stderr).not.toContain(token);
  return result;
};

describe('fabric audit --ufm', () => {
  test('asks UFM once, with the token, for its partitions', async () => {
    const { stdout, code } = await audit('--ufm https://HOST');
    expect(asked).toEqual([{ url: '/ufmRestV3/resources/pkeys?guids_data=true', authorization: `Basic ${token}` }]);
    expect(stdout).toContain('tables as the configuration will make them');
    expect(code).toBe(1);
  });

  test('finds what is wrong there, with its place', async () => {
    reply.body = answer('0000000000000021', '0000000000000011');
    const { stdout } = await audit('--ufm https://HOST/');
    expect(stdout).toContain('a (0x8020)');
    expect(stdout).toContain(`https://ufm.test:${server.port}/ufmRestV3/resources/pkeys?guids_data=true:1:`);
  });

  test('takes the token from a file', async () => {
    writeFileSync(join(cwd, 'token'), `${token}\n`);
    await audit('--ufm https://HOST --ufm-token token', { env: { UFM_TOKEN: 'another' } });
    expect(asked.map((a) => a.authorization)).toEqual([`Basic ${token}`]);
  });

  test.each<[string, { status: number; body: string; location?: string }, RegExp]>([
    ['that does not know the token', { status: 401, body: '' }, /answers with status 401: it does not know who asks/],
    ['that keeps it from this user', { status: 403, body: '' }, /answers with status 403: whoever asks may not have it/],
    ['that sends elsewhere', { status: 302, body: '', location: 'https://elsewhere.test/' }, /redirect to "https:\/\/elsewhere.test\/", which is not followed/],
    ['that answers with a page', { status: 200, body: '<html>' }, /does not answer .* as UFM does/],
    ['that answers with a fault', { status: 200, body: '{"error": "x"}' }, /does not answer .* as UFM does/],
    ['that has no partition at all', { status: 200, body: '{}' }, /does not answer .* as UFM does/],
    ['that sends without end', { status: 200, body: ' '.repeat(65 * 2 ** 20) }, /sends more than 64 MiB: that is no answer of UFM/],
  ])('a server %s', async (_, given, says) => {
    reply = given;
    const { stderr, code } = await audit('--ufm https://HOST');
    expect([code, stderr.replace(/\s+/g, ' ')]).toEqual([3, expect.stringMatching(says)]);
    expect(asked).toHaveLength(1);
  });

  test('a certificate of somebody else gets no token', async () => {
    const { stderr, code } = await audit('--ufm https://HOST', { world: { ...server.world, authority: selfSigned('ufm.test').certificate } });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/certificate|cannot be reached/)]);
    expect(asked).toEqual([]);
  });

  test.each<[string, string, Record<string, string>, RegExp]>([
    ['plain HTTP', '--ufm http://HOST', { UFM_TOKEN: token }, /is not HTTPS/],
    ['a password on the command line', '--ufm https://admin:secret@HOST', { UFM_TOKEN: token }, /holds a user name or password/],
    ['another path', '--ufm https://HOST/ufmRest/actions', { UFM_TOKEN: token }, /is more than the address of UFM/],
    ['no address', '--ufm ufm', { UFM_TOKEN: token }, /is no address/],
    ['no token', '--ufm https://HOST', {}, /there is no access token in UFM_TOKEN/],
    ['what no header can hold', '--ufm https://HOST', { UFM_TOKEN: 'a\nX-Evil: b' }, /what is in UFM_TOKEN is no access token/],
    ['a file that is not there', '--ufm https://HOST --ufm-token nowhere', {}, /nowhere/],
    ['a token for nobody', '--ufm-token z.yaml', {}, /of no use without --ufm/],
  ])('%s is bad usage, and nothing is asked', async (_, words, env, says) => {
    const { stderr, code } = await audit(words, { env });
    expect([code, stderr.replace(/\s+/g, ' ')]).toEqual([2, expect.stringMatching(says)]);
    expect(stderr).not.toContain('secret');
    expect(asked).toEqual([]);
  });
});
