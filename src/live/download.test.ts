import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { httpsServer, type LocalServer, selfSigned } from '../../cases/support/https-server.ts';
import { type DownloadWorld, download, downloadUrl, internet } from './download.ts';

const limits = { mostBytes: 100_000, seconds: 5 };
let server: LocalServer;
/** Requests that arrived. */
let asked = 0;

beforeAll(async () => {
  server = await httpsServer('feeds.test', (request, response) => {
    asked++;
    switch (request.url) {
      case '/feed.json':
        response.end(JSON.stringify({ agent: request.headers['user-agent'], host: request.headers.host }));
        break;
      case '/packed':
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(1000)));
        break;
      case '/bomb':
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(5_000_000)));
        break;
      case '/brotli':
        response.writeHead(200, { 'content-encoding': 'br' }).end('x');
        break;
      case '/redirect':
        response.writeHead(302, { location: 'https://169.254.169.254/latest' }).end();
        break;
      case '/large':
        response.writeHead(200, { 'content-length': '200000' }).end(Buffer.alloc(200_000));
        break;
      case '/endless': {
        const more = (): void => void (response.destroyed || response.write(Buffer.alloc(10_000), () => setImmediate(more)));
        more();
        break;
      }
      case '/cut':
        response.writeHead(200, { 'content-length': '1000' });
        response.write('x', () => response.socket?.destroy());
        break;
      case '/slow':
        response.write('x');
        break;
      case '/silent':
        break;
      default:
        response.writeHead(404).end();
    }
  });
});

afterAll(() => server.close());

const get = (path: string, world: DownloadWorld = server.world, host = server.host, within = limits): Promise<string> =>
  download(new URL(`https://${host}:${server.port}${path}`), within, { agent: 'ringfence/test', what: 'feed', mend: 'Try again.' }, world).then((bytes) =>
    Buffer.from(bytes).toString(),
  );
const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error as Error).message,
  );

describe('a download', () => {
  test('gives the bytes, under the name that was asked for', async () => {
    expect(JSON.parse(await get('/feed.json'))).toEqual({ agent: 'ringfence/test', host: `feeds.test:${server.port}` });
    expect(await get('/packed')).toBe('x'.repeat(1000));
  });

  test.each([
    ['/redirect', /answers with a redirect to "https:\/\/169\.254\.169\.254\/latest/],
    ['/nothing', /answers with status 404 instead of "\/nothing"/],
    ['/large', /sends more than 0 MiB: that is no feed/],
    ['/endless', /sends more than 0 MiB: that is no feed/],
    ['/bomb', /sends more than 0 MiB: that is no feed/],
    ['/brotli', /packed as "br"/],
    ['/cut', /cannot be reached|broke off/],
  ])('%s is refused', async (path, message) => {
    expect(await failure(get(path))).toMatch(message);
  });

  test.each(['/slow', '/silent'])('%s ends in time', async (path) => {
    expect(await failure(get(path, server.world, server.host, { ...limits, seconds: 0.3 }))).toMatch(/did not answer in full within 0.3 seconds|took too long/);
  });

  test('a name server that never answers ends in time', async () => {
    const world = { ...server.world, lookup: () => new Promise<never>(() => {}) };
    expect(await failure(get('/feed.json', world, server.host, { ...limits, seconds: 0.2 }))).toMatch(/did not answer in full/);
  });

  test('a certificate of somebody else, or for another name, is refused', async () => {
    expect(await failure(get('/feed.json', { ...server.world, authority: selfSigned('feeds.test').certificate }))).toMatch(/certificate|cannot be reached/);
    expect(await failure(get('/feed.json', server.world, 'other.test'))).toMatch(/its certificate is for another name/);
  });
});

describe('what leads inside is not connected to', () => {
  const world = (...addresses: readonly string[]): DownloadWorld => ({ ...server.world, lookup: async () => addresses, allows: internet.allows });

  test.each([
    ['127.0.0.1'],
    ['10.0.0.1'],
    ['169.254.169.254'],
    ['::1'],
    ['fe80::1'],
    ['fd00:ec2::254'],
    ['::ffff:10.0.0.1'],
    ['64:ff9b::a00:1'],
    ['0.0.0.0'],
    ['168.63.129.16'],
    ['100.100.100.200'],
  ])('a name that leads to %s', async (address) => {
    const before = asked;
    expect(await failure(get('/feed.json', world(address)))).toMatch(/no address of the internet: nothing was connected to/);
    // One of several is enough.
    expect(await failure(get('/feed.json', world('93.184.216.34', address)))).toMatch(/nothing was connected to/);
    expect(asked).toBe(before);
  });

  test.each(['127.0.0.1', '2130706433', '0x7f.1', '[::1]', '[::ffff:7f00:1]', '169.254.169.254'])('%s as a host', async (host) => {
    const before = asked;
    expect(await failure(get('/feed.json', { ...internet }, host))).toMatch(/no address of the internet: nothing was connected to/);
    expect(asked).toBe(before);
  });

  test('a name that answers otherwise the second time: the first answer is the one that is connected to', async () => {
    const answers = ['127.0.0.1', '127.0.0.2'];
    let lookups = 0;
    const rebinding: DownloadWorld = { ...server.world, lookup: async () => [answers[lookups++] ?? '127.0.0.3'], allows: (ip) => ip.value === 0x7f000001 };
    expect(JSON.parse(await get('/feed.json', rebinding))).toMatchObject({ agent: 'ringfence/test' });
    expect(lookups).toBe(1);
    // Had it connected to the second answer, this would pass too.
    expect(await failure(get('/feed.json', rebinding))).toMatch(/leads to "127.0.0.2"/);
  });

  test('localhost, as this machine resolves it', async () => {
    expect(await failure(get('/feed.json', internet, 'localhost'))).toMatch(/no address of the internet|cannot be reached/);
  });
});

test.each([
  ['http://ip-ranges.amazonaws.com/ip-ranges.json', /not fetched over HTTPS/],
  ['file:///etc/passwd', /not fetched over HTTPS/],
  ['https://user:secret@feeds.test/', /^"feeds.test" is given with a user name/],
  ['ip-ranges', /is no address/],
])('%s is refused before anything is asked', (text, message) => {
  expect(downloadUrl(text)).toMatch(message);
});
