import type { NameMatch } from '../model/policy.ts';
import type { Workload } from '../model/workload.ts';
import { formatIp, type IpSet, ipHas, ipIntersect, ipIsEmpty, parseIp } from '../space/ip-set.ts';
import { type Protocol, protocols, TransportSet } from '../space/transport-set.ts';
import { assumedClusterRanges, publicAddresses } from './addresses.ts';
import { canonicalName, matchesName } from './match.ts';

/**
 * Ports that people know, most telling first. Source: IANA service names; PostgreSQL, MySQL, Redis, MongoDB, Kafka, Elasticsearch and MinIO documentation for
 * theirs; Kubernetes documentation, Ports and Protocols, for the API server and the kubelet.
 */
const knownPorts: readonly number[] = [443, 80, 5432, 3306, 6379, 27017, 9092, 9200, 8080, 8443, 22, 53, 6443, 10250, 9000, 2379, 2049, 3389, 1433, 1521];

/** Addresses that people know, tried before any other: the metadata services, public resolvers. */
const knownAddresses: readonly string[] = ['169.254.169.254', 'fd00:ec2::254', '1.1.1.1', '8.8.8.8', '2606:4700:4700::1111'];

/** A port that bind(0) gives under Linux's default range 32768–60999: where NCCL, Gloo and most RPC libraries listen. Source: Linux ip-sysctl, ip_local_port_range. */
const ephemeralPort = 43_211;

/**
 * The most believable port of a non-empty set: one that the destination declares (TCP before the others), then, protocol by protocol with TCP first, a
 * well-known one or the lowest.
 * Throws RangeError on the empty set.
 */
export function believablePort(set: TransportSet, destination: Pick<Workload, 'ports'> | null): { readonly protocol: Protocol; readonly port: number } {
  for (const protocol of protocols) {
    const declared = destination?.ports.find((p) => p.protocol === protocol && set.has(protocol, p.port));
    if (declared !== undefined) return { protocol, port: declared.port };
  }
  for (const protocol of protocols) {
    const points = set.on(protocol);
    if (points.length === 0) continue;
    const known = protocol === 'TCP' || protocol === 'UDP' ? knownPorts.find((p) => set.has(protocol, p)) : undefined;
    if (known !== undefined) return { protocol, port: known };
    const first = points[0] as readonly [number, number];
    return { protocol, port: first[0] === 0 && first[1] > 0 && protocol !== 'ICMP' ? 1 : first[0] };
  }
  throw new RangeError('no port in the empty set');
}

/** A port on which collective libraries would really listen, where the set has one: the ephemeral range first. */
export function ephemeralOr(set: TransportSet, destination: Pick<Workload, 'ports'> | null): { readonly protocol: Protocol; readonly port: number } {
  const ephemeral = set.intersect(TransportSet.of('TCP', [[32_768, 60_999]]));
  if (ephemeral.isEmpty) return believablePort(set, destination);
  return { protocol: 'TCP', port: ephemeral.has('TCP', ephemeralPort) ? ephemeralPort : (ephemeral.on('TCP')[0]?.[0] as number) };
}

/** Names that a pattern may match, more telling ones first; stars are filled with these words. */
const fillings: readonly string[] = ['anything', 'some.name', 'a', ''];

/**
 * Names that match, as people would believe them, the best first: an exact name is itself, `*.evil.com` is `anything.evil.com`. `more` further ones are tried for a
 * pattern. Empty when none was found.
 */
export function believableNames(match: NameMatch, more = 0): readonly string[] {
  if (match.kind === 'exact') return [canonicalName(match.name)];
  const words = [...fillings, ...Array.from({ length: more }, (_, i) => `anything-${i + 2}`)];
  const tries = words.flatMap((word) => [match.text.replace(/\*+/g, word), `${word}.example.com`]);
  return [...new Set(tries.map(canonicalName))].filter((name) => name !== '' && matchesName(match, name));
}

/** How believable a pod is as the end of a packet: 0 for one that runs, more for one that is still to run or on its way out. */
export function standing({ lifecycle }: Pick<Workload, 'lifecycle'>): number {
  return lifecycle === 'running' ? 0 : 1;
}

/** The most believable address of a non-empty set: one that people know, a public one, a private one, any. Throws RangeError on the empty set. */
export function believableAddress(set: IpSet): string {
  const known = knownAddresses.find((text) => {
    const ip = parseIp(text);
    return ip !== undefined && ipHas(set, ip);
  });
  if (known !== undefined) return known;
  const pool = [publicAddresses, assumedClusterRanges].map((range) => ipIntersect(set, range)).find((part) => !ipIsEmpty(part)) ?? set;
  const v4 = pool.v4[0];
  if (v4 !== undefined) return formatIp({ family: 4, value: v4[1] > v4[0] ? v4[0] + 1 : v4[0] });
  const v6 = pool.v6[0];
  if (v6 !== undefined) return formatIp({ family: 6, value: v6[1] > v6[0] ? v6[0] + 1n : v6[0] });
  throw new RangeError('no address in the empty set');
}
