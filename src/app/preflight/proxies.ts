import { cidrSet } from '../../engine/addresses.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { type Container, whyWithoutValue } from '../../model/workload.ts';
import { gcsHost } from '../../services/gcs.ts';
import { ipHas, parseCidr, parseIp } from '../../space/ip-set.ts';
import type { Named } from './carried-destinations.ts';
import { expanded } from './expanded-text.ts';
import { insideOf } from './inside-names.ts';
import { hostAndPort, hostOf } from './plain-hosts.ts';

/** A proxy that a container is told to use for a place; `host` is null where its address is not in sight. */
interface Proxy {
  readonly variable: string;
  readonly host: string | null;
  readonly port: number;
}

/** Schemes that clients take through a proxy, and the variables that name it. Sources: golang.org/x/net/http/httpproxy; curl docs/MANPAGE; psf/requests src/requests/utils.py; boto/botocore. */
const variables: ReadonlyMap<string, readonly string[]> = new Map([
  ...['http', 'ws', 'webhdfs'].map((s): [string, readonly string[]] => [s, ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY']]),
  ...['https', 'wss', 's3', 's3a', 's3n', 'gs', 'gcs', 'abfss', 'wasbs'].map((s): [string, readonly string[]] => [
    s,
    ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
  ]),
]);

const usualPorts: Readonly<Record<string, number>> = { https: 443, socks5: 1080, socks5h: 1080, socks4: 1080 };

/** The proxy through which a container reaches a host by a scheme; null where it dials the host itself. */
export function proxyFor(container: Container, scheme: string, host: string, port: number | null): Proxy | null {
  const { env } = container;
  const variable = (variables.get(scheme) ?? []).find((name) => Object.hasOwn(env, name) && env[name] !== '');
  if (variable === undefined || isExcepted(container, host, port)) return null;
  const value = env[variable] ?? null;
  const [, kind = 'http', authority = ''] =
    /^(?:([a-z][a-z0-9+.-]{0,20}):\/\/)?([^/?#\s]{1,400})/i.exec(value === null ? '' : expanded(value, container)) ?? [];
  const match = hostAndPort.exec(authority.slice(authority.lastIndexOf('@') + 1));
  if (match === null) return { variable, host: null, port: 0 };
  return { variable, host: hostOf(match), port: match[2] === undefined ? (usualPorts[kind.toLowerCase()] ?? 80) : Number(match[2]) };
}

/** Whether NO_PROXY has a host: itself, a domain that it ends in, or a block of addresses. Source: golang.org/x/net/http/httpproxy config.go. */
function isExcepted(container: Container, host: string, port: number | null): boolean {
  const { env } = container;
  const ip = parseIp(host);
  const name = ['no_proxy', 'NO_PROXY'].find((n) => Object.hasOwn(env, n));
  const value = name === undefined ? null : (env[name] ?? null);
  if (value === null) return false;
  return expanded(value.slice(0, 65_536), container)
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === '*') return true;
      const block = parseCidr(entry);
      if (block !== undefined) return ip !== undefined && ipHas(cidrSet([entry]), ip);
      const [, domain = '', at] = /^(?:\*?\.)?([^:\s]{1,255})(?::(\d{1,5}))?$/.exec(entry.toLowerCase()) ?? [];
      if (domain === '' || (at !== undefined && Number(at) !== port)) return entry.toLowerCase() === host;
      return host === domain || (ip === undefined && host.endsWith(`.${domain}`));
    });
}

/**
 * A place that a container names, as far as the network goes: the proxy, where it is told to use one. Whether a proxy leads back into the cluster nobody can
 * tell: such places are unknown.
 */
export function throughProxy(named: Named, snapshot: Snapshot): Named {
  const { scheme, host, port, container, member, where } = named;
  if (host === null) return named;
  const dialled = hostDialled(scheme, host);
  if (dialled === 'localhost' || dialled.endsWith('.localhost') || dialled.startsWith('127.') || dialled === '::1') return named;
  const proxy = proxyFor(container, scheme, dialled, port);
  if (proxy === null || (proxy.host === host && proxy.port === port)) return named;
  const called = port === null ? host : `${host}:${port}`;
  const unknown = (why: string): Named => ({ ...named, host: null, port: null, called, why });
  if (proxy.host === null)
    return unknown(`${called} is reached through a proxy, and the value of ${proxy.variable} of container ${container.name} ${whyNot(container, proxy)}`);
  const inside = parseIp(dialled) === undefined ? insideOf(snapshot, dialled, port ?? 443, member.namespace) : null;
  if (inside?.certain === true)
    return unknown(
      `${called} is a Service of the cluster and goes to the proxy ${proxy.host}:${proxy.port} (${proxy.variable}), since NO_PROXY does not have it: put it in, as .svc or by its name`,
    );
  return {
    ...named,
    scheme: '',
    host: proxy.host,
    port: proxy.port,
    called: proxy.host,
    where: `${proxy.variable} of container ${container.name}, for ${dialled} of ${where}`,
  };
}

function whyNot(container: Container, { variable }: Proxy): string {
  return container.env[variable] === null ? whyWithoutValue(container, variable) : 'is no address of one';
}

/** The host behind a bucket. */
function hostDialled(scheme: string, host: string): string {
  if (scheme.startsWith('s3')) return `${host}.s3.amazonaws.com`;
  return scheme === 'gs' || scheme === 'gcs' ? gcsHost : host;
}
