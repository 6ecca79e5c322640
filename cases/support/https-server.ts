import { generateKeyPairSync, sign } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { DownloadWorld } from '../../src/live/download.ts';

/** A server on this machine, and the world in which `host` leads to it. */
export interface LocalServer {
  readonly host: string;
  readonly port: number;
  readonly world: DownloadWorld;
  close(): Promise<void>;
}

/** Serves over HTTPS on a free port of the loopback, under a certificate for `host` that is made here and trusted by the returned world alone. */
export async function httpsServer(host: string, listener: RequestListener): Promise<LocalServer> {
  const { key, certificate } = selfSigned(host);
  const server = createServer({ key, cert: certificate }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host,
    port: (server.address() as AddressInfo).port,
    world: { lookup: async () => ['127.0.0.1'], allows: () => true, authority: certificate },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** One DER value. Source: ITU-T X.690 §8. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

/** A certificate for one name, signed by its own key, valid from 2020 to 2049. Source: RFC 5280 §4.1, RFC 5758 §3.2. */
export function selfSigned(host: string): { readonly key: string; readonly certificate: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
  const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
  const algorithm = sequence(oid('2a8648ce3d040302'));
  const name = sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(host)))));
  const time = (text: string): Buffer => der(0x17, Buffer.from(text));
  const alternative = sequence(oid('551d11'), der(0x04, sequence(der(0x82, Buffer.from(host)))));
  const toSign = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    name,
    sequence(time('200101000000Z'), time('490101000000Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(alternative)),
  );
  const whole = sequence(toSign, algorithm, der(0x03, Buffer.from([0]), sign('sha256', toSign, privateKey)));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  };
}
