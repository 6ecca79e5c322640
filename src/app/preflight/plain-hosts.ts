import type { Container } from '../../model/workload.ts';
import { parseIp } from '../../space/ip-set.ts';

/** A host by its name or address, and its port where something says it. */
export const hostAndPort: RegExp = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9])?)\.?(?::(\d{1,5}))?$/i;

/** The host of such a match, as it is compared. */
export function hostOf([, host = '']: RegExpExecArray): string {
  return host.toLowerCase().replace(/^\[|\]$/g, '');
}

/** Last words of variables that hold where something is. */
const places = /(?:^|_)(?:HOST|HOSTNAME|ADDR|ADDRESS|ADDRESSES|SERVERS?|ENDPOINTS?|BROKERS?|URI|URL|PROXY)$/i;

/** Variables by which launchers give pods their peers, where to bind, or where no proxy is asked. */
const others = /^(?:PET_|NCCL_|RCCL_|GLOO_|MASTER_|RDZV_|OMPI_|UCX_)|NO_PROXY$|BIND|LISTEN/i;

/** Whether a variable holds where something is, by its name. */
export function holdsPlace(name: string): boolean {
  return places.test(name.slice(-60)) && !others.test(name.slice(0, 200));
}

/** Hosts that a variable names without a scheme. */
export interface PlainHost {
  readonly host: string;
  /** Null where nothing says it. */
  readonly port: number | null;
}

/**
 * Hosts that a variable names without a scheme: with a port, where the name of the variable says that it holds a place or the host is a Service by its full
 * name; without one, where `X_PORT` says it beside `X_HOST`, and Services by their full name in any case. Words that are no host name nothing.
 */
export function plainHosts(name: string, value: string, { env }: Pick<Container, 'env'>): readonly PlainHost[] {
  if (value.includes('://') || value.length > 8192 || others.test(name.slice(0, 200))) return [];
  // The address is dialled, and the name merely checked. Source: PostgreSQL, libpq, hostaddr.
  if (name === 'PGHOST' && Object.hasOwn(env, 'PGHOSTADDR')) return [];
  const isPlace = places.test(name.slice(-60));
  return value.split(',').flatMap((part): readonly PlainHost[] => {
    const match = hostAndPort.exec(part.trim());
    if (match === null) return [];
    const host = hostOf(match);
    const isService = /[^.]\.svc(?:\.|$)/.test(host);
    const port = match[2] === undefined ? portBeside(name, env) : Number(match[2]);
    const told = isService || ((isPlace || usualPortOf(name) !== null) && port !== null && (parseIp(host) !== undefined || /[a-z]/.test(host)));
    return told ? [{ host, port }] : [];
  });
}

/** Ports of servers whose clients read such variables, or whose users name them so. Sources: PostgreSQL, libpq, Environment Variables; MySQL, Environment Variables; IANA, Service Name registry. */
const usualPorts: readonly (readonly [RegExp, number])[] = [
  [/^(?:PG|POSTGRES_|POSTGRESQL_)HOST$/i, 5432],
  [/^PGHOSTADDR$/, 5432],
  [/^(?:MYSQL|MARIADB)_HOST$/i, 3306],
  [/^REDIS_HOST$/i, 6379],
  [/^MONGO(?:DB)?_HOST$/i, 27017],
  [/^RABBITMQ_HOST$/i, 5672],
  [/^MEMCACHED_HOST$/i, 11211],
  [/^ETCD_HOST$/i, 2379],
];

function usualPortOf(name: string): number | null {
  return usualPorts.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/** `REDIS_PORT` beside `REDIS_HOST`. */
function portBeside(name: string, env: Container['env']): number | null {
  const port = name.replace(/(?:HOSTADDR|HOST|HOSTNAME|ADDR|ADDRESS|SERVER)$/i, 'PORT');
  if (port === name || !Object.hasOwn(env, port)) return usualPortOf(name);
  const value = env[port];
  return typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : null;
}

/** The container itself. Source: RFC 6761, section 6.3; RFC 1122, section 3.2.1.3. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  return parseIp(host) !== undefined && (host.startsWith('127.') || host === '::1' || host === '0.0.0.0' || host === '::');
}
