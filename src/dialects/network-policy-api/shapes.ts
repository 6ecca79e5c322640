import type { Reader } from '../../kernel/reader.ts';
import { type ClusterPolicyShape, oneOf, readNumberRangeOrName, readPortName, readPortNumber, readRange } from '../../model/cluster-policy-syntax.ts';
import { type PortMatch, type Tier, tiers } from '../../model/policy.ts';
import type { Protocol } from '../../space/transport-set.ts';

/** One kind of the API group: its versions that are read, its schema, and where its policies take part. */
export interface Kind {
  readonly versions: readonly string[];
  readonly shape: ClusterPolicyShape;
  /** Null: the object says it. */
  readonly tier: Tier | null;
}

/** Where the one BaselineAdminNetworkPolicy stands among the policies of its tier: last, as the API gives it no priority. */
export const baselineOrder = 1000;

/** Kind to what it looks like. Source: network-policy-api apis/v1alpha1 and apis/v1alpha2. */
export const kinds: Readonly<Record<'ClusterNetworkPolicy' | 'AdminNetworkPolicy' | 'BaselineAdminNetworkPolicy', Kind>> = {
  ClusterNetworkPolicy: {
    versions: ['v1alpha2'],
    shape: {
      actions: { Accept: 'allow', Deny: 'deny', Pass: 'pass' },
      portsField: 'protocols',
      readPort: readProtocol,
      most: 25,
      outside: ['nodes', 'networks', 'domainNames'],
      namedPortsOutside: false,
      namespaceSelectorOptional: true,
    },
    tier: null,
  },
  AdminNetworkPolicy: {
    versions: ['v1alpha1'],
    shape: {
      actions: { Allow: 'allow', Deny: 'deny', Pass: 'pass' },
      portsField: 'ports',
      readPort: (item) => readNumberRangeOrName(item, false),
      most: 100,
      outside: ['nodes', 'networks', 'domainNames'],
      namedPortsOutside: false,
      namespaceSelectorOptional: false,
    },
    tier: tiers.admin,
  },
  BaselineAdminNetworkPolicy: {
    versions: ['v1alpha1'],
    shape: {
      actions: { Allow: 'allow', Deny: 'deny' },
      portsField: 'ports',
      readPort: (item) => readNumberRangeOrName(item, false),
      most: 100,
      outside: ['nodes', 'networks'],
      namedPortsOutside: false,
      namespaceSelectorOptional: false,
    },
    tier: tiers.baseline,
  },
};

/** Field to protocol. */
export const protocolFields: readonly (readonly [string, Protocol])[] = [
  ['tcp', 'TCP'],
  ['udp', 'UDP'],
  ['sctp', 'SCTP'],
];

/** One item of `protocols`. Source: apis/v1alpha2 ClusterNetworkPolicyProtocol. */
function readProtocol(item: Reader): PortMatch | undefined {
  const fields = [...protocolFields.map(([field]) => field), 'destinationNamedPort'];
  const write = 'Write tcp: {destinationPort: {number: …}}.';
  if (item.absent) item.error('wrong-type', 'A protocol is nothing; expected an object.', write);
  const elsewhere = { portNumber: write, portRange: 'Write tcp: {destinationPort: {range: {start: …, end: …}}}.', namedPort: 'Write destinationNamedPort.' };
  if (!item.object(fields, { ...elsewhere, port: write, protocol: write })) return undefined;
  const given = oneOf(item, fields);
  if (given === undefined) return undefined;
  const [, protocol] = protocolFields.find(([field]) => field === given) ?? [];
  if (protocol === undefined) return readPortName(item.field('destinationNamedPort'));
  const at = item.field(given);
  if (!at.object(['destinationPort'], { port: 'Write destinationPort: {number: …}.', number: 'Put number under destinationPort.' })) return undefined;
  if (!at.required('destinationPort')) return undefined;
  const port = readDestinationPort(at.field('destinationPort'));
  return port === undefined ? undefined : { protocol, ...port };
}

function readDestinationPort(at: Reader): { readonly port: number; readonly endPort: number | null } | undefined {
  if (!at.object(['number', 'range'], { port: 'Write number.', start: 'Put start under range.', end: 'Put end under range.' })) return undefined;
  const given = oneOf(at, ['number', 'range']);
  if (given === undefined) return undefined;
  if (given === 'range') return at.field('range').object(['start', 'end']) ? readRange(at.field('range'), true) : undefined;
  const port = readPortNumber(at.field('number'));
  return port === undefined ? undefined : { port, endPort: null };
}
