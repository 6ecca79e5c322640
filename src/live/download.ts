import { lookup } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { gunzipSync } from 'node:zlib';
import { shown } from '../kernel/reader.ts';
import { isPublic } from '../model/public-addresses.ts';
import { type IpAddress, parseIp } from '../space/ip-set.ts';
import { UnfinishedError } from './unfinished-error.ts';

/** What a download rests on, so that tests can put a server of their own at the end of it. No option, variable or file of a user leads here. */
export interface DownloadWorld {
  /** Every address of a name. */
  lookup(host: string): Promise<readonly string[]>;
  /** Whether a connection to the address may be made. */
  allows(address: IpAddress): boolean;
  /** A certificate to trust in place of those that Node trusts, as PEM. */
  readonly authority?: string;
}

/** Bounds of one download. */
export interface DownloadLimits {
  /** Of the content, unpacked. */
  readonly mostBytes: number;
  readonly seconds: number;
}

/** Who asks, and for what. */
export interface DownloadRequest {
  readonly agent: string;
  /** What is expected there: `feed`. */
  readonly what: string;
  /** What people may do where it fails. */
  readonly mend: string;
  /** Header `Authorization`. It goes to the address that was asked for, and is in no message. */
  readonly authorization?: string;
}

/** Names are resolved as everything on this machine resolves them; only addresses of the internet are connected to. */
export const internet: DownloadWorld = {
  lookup: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  allows: isPublic,
};

/** The address as a URL that may be downloaded from, or the sentence that says why not. */
export function downloadUrl(text: string): URL | string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) return `${shown(text)} is no address; expected one such as https://ip-ranges.amazonaws.com/ip-ranges.json`;
  if (url.protocol !== 'https:') return `${shown(text)} is not fetched over HTTPS: anybody on the way could change what it says`;
  if (url.username !== '' || url.password !== '') return `${shown(url.host)} is given with a user name or password; feeds are public`;
  return url;
}

/**
 * The content of an address. The name is resolved once and the connection is made to what was looked at then, so that it cannot lead elsewhere between the
 * two; when any of its addresses is not of the internet nothing is connected to. Redirects are refused, size and time bounded. Throws UnfinishedError.
 */
export async function download(url: URL, limits: DownloadLimits, asked: DownloadRequest, world: DownloadWorld): Promise<Uint8Array> {
  const deadline = AbortSignal.timeout(limits.seconds * 1000);
  const late = new Promise<never>((_, reject) => {
    deadline.addEventListener('abort', () => reject(new UnfinishedError(`${url.host} did not answer in full within ${limits.seconds} seconds`, asked.mend)), {
      once: true,
    });
  });
  // Whoever loses the race below must not become an unhandled rejection.
  late.catch(() => {});
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = await Promise.race([resolved(host, world, asked), late]);
  const response = await Promise.race([answer(url, host, addresses, asked, world, deadline), late]);
  return await Promise.race([content(response, url, limits, asked), late]).finally(() => response.destroy());
}

async function resolved(host: string, world: DownloadWorld, { mend }: DownloadRequest): Promise<readonly string[]> {
  const literal = parseIp(host);
  const found = literal === undefined ? await world.lookup(host).catch((error: unknown) => Promise.reject(unreachableHost(host, error, mend))) : [host];
  if (found.length === 0) throw new UnfinishedError(`${host} has no address`, mend);
  for (const text of found) {
    const address = parseIp(text);
    if (address === undefined || !world.allows(address))
      throw new UnfinishedError(
        `${host}${literal === undefined ? ` leads to ${shown(text)}, which` : ''} is no address of the internet: nothing was connected to`,
        'Feeds are fetched from the internet only. Download from a mirror of your own by other means, and give the file with --from.',
      );
  }
  return found;
}

function answer(
  url: URL,
  host: string,
  addresses: readonly string[],
  asked: DownloadRequest,
  world: DownloadWorld,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const pinned = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        hostname: host,
        port: url.port === '' ? 443 : Number(url.port),
        path: `${url.pathname}${url.search}`,
        method: 'GET',
        headers: {
          'user-agent': asked.agent,
          accept: '*/*',
          'accept-encoding': 'gzip, identity',
          ...(asked.authorization === undefined ? {} : { authorization: asked.authorization }),
        },
        // No connection of another request, no proxy, no resolver but the one that was asked above.
        agent: false,
        lookup: (_, options, callback) => {
          const [first] = pinned;
          if (options.all === true) callback(null, pinned);
          else callback(null, first?.address ?? '', first?.family ?? 4);
        },
        // Whatever NODE_TLS_REJECT_UNAUTHORIZED says.
        rejectUnauthorized: true,
        signal,
        ...(world.authority === undefined ? {} : { ca: world.authority }),
      },
      (response) => {
        const peer = parseIp(response.socket.remoteAddress ?? '');
        if (peer !== undefined && world.allows(peer)) resolve(response);
        else {
          response.destroy();
          reject(
            new UnfinishedError(
              `the connection to ${host} ended up at ${shown(response.socket.remoteAddress ?? 'nowhere')}, which is no address of the internet`,
            ),
          );
        }
      },
    );
    asking.on('error', (error) => reject(unreachableHost(host, error, asked.mend)));
    asking.end();
  });
}

async function content(response: IncomingMessage, url: URL, { mostBytes }: DownloadLimits, { what, mend }: DownloadRequest): Promise<Uint8Array> {
  const { statusCode = 0, headers } = response;
  if (statusCode >= 300 && statusCode < 400)
    throw new UnfinishedError(
      `${url.host} answers with a redirect to ${shown(headers.location ?? 'nowhere')}, which is not followed`,
      `If that is where the ${what} is, give its address.`,
    );
  if (statusCode === 401 || statusCode === 403)
    throw new UnfinishedError(
      `${url.host} answers with status ${statusCode}: ${statusCode === 401 ? 'it does not know who asks' : 'whoever asks may not have it'}`,
      mend,
    );
  if (statusCode !== 200) throw new UnfinishedError(`${url.host} answers with status ${statusCode} instead of ${shown(url.pathname)}`, mend);
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip')
    throw new UnfinishedError(`${url.host} sends its answer packed as ${shown(encoding)}, which is not understood`, mend);
  const large = `${url.host} sends more than ${Math.floor(mostBytes / 2 ** 20)} MiB: that is no ${what}`;
  if (Number(headers['content-length'] ?? 0) > mostBytes) throw new UnfinishedError(large);
  const chunks: Uint8Array[] = [];
  let total = 0;
  try {
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      total += chunk.length;
      if (total > mostBytes) throw new UnfinishedError(large);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof UnfinishedError ? error : unreachableHost(url.host, error, mend);
  }
  if (!response.complete) throw new UnfinishedError(`${url.host} broke off in the middle of its answer`, mend);
  const bytes = Buffer.concat(chunks);
  if (encoding === 'identity') return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes });
  } catch (error) {
    throw new UnfinishedError(codeOf(error) === 'ERR_BUFFER_TOO_LARGE' ? large : `${url.host} sends an answer that cannot be unpacked`, mend);
  }
}

function unreachableHost(host: string, error: unknown, mend: string): UnfinishedError {
  const code = codeOf(error);
  return new UnfinishedError(`${host} cannot be reached${code === null ? '' : `: ${Object.hasOwn(reasons, code) ? reasons[code] : code}`}`, mend);
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such name',
  EAI_AGAIN: 'no name server answers',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was broken off',
  ETIMEDOUT: 'nothing answers',
  EHOSTUNREACH: 'there is no way there',
  ENETUNREACH: 'there is no way there',
  ABORT_ERR: 'it took too long',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by nobody that is trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by nobody that is trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by nobody that is trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by nobody that is trusted',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};
