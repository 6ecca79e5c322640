import type { Endpoint } from '../../model/verdict.ts';
import { parseIp } from '../../space/ip-set.ts';
import { dialled, type Place, placesOf } from '../places.ts';
import type { AskedCluster } from './asked-cluster.ts';
import { canonical } from './suspects.ts';

/** Where a connection may lead. Of a Service it is one of its pods, at the port that the Service's leads to. */
export interface FarEnd {
  readonly endpoint: Endpoint;
  readonly port: number;
  readonly via: string | null;
  /** For people, where it is no pod of the job. */
  readonly title: string | null;
  readonly note: string | null;
}

/** Whom a line names; `why` says why nobody is known for it, and is null where somebody is. */
export interface Far {
  readonly ends: readonly FarEnd[];
  readonly why: string | null;
}

/** Pods behind one Service that are asked about. */
const mostBackends = 50;

/** Who is at the far end: a pod of the job, a pod behind a Service, a node, or somebody outside. Without a port nobody can be asked about, known or not. */
export function farOf(cluster: AskedCluster, host: string, port: number | null, amongPods: boolean): Far {
  const own = cluster.pods.endpoint(host, amongPods);
  if (own?.kind === 'pod') return plainly(own, port);
  const places = placesIn(cluster, host);
  if (places === null) return own === null ? { ends: [], why: nobody(host) } : plainly(own, port);
  if (places.length === 0) return { ends: [], why: `a Service of the input is at ${host}, and no pod or endpoint of the input is behind it` };
  if (port === null) return { ends: [], why: null };
  const ends = dialled(places, { protocol: 'TCP', port })
    .slice(0, mostBackends)
    .map(({ place: { endpoint, service, title }, port: target, note }) => ({
      endpoint,
      port: target,
      via: service === null ? null : `${service.namespace}/${service.name}`,
      title,
      note,
    }));
  const services = [...new Set(places.flatMap(({ service }) => (service === null ? [] : [`${service.namespace}/${service.name}`])))];
  return { ends, why: ends.length > 0 ? null : `${host} is that of Service ${services.join(' and ')}, which has no port ${port}` };
}

function plainly(endpoint: Endpoint, port: number | null): Far {
  return { ends: port === null ? [] : [{ endpoint, port, via: null, title: null, note: null }], why: null };
}

function nobody(host: string): string {
  return `no input has a pod or a place with ${parseIp(host) === undefined ? 'the name' : 'the address'} ${host}, so the policies cannot be asked about it`;
}

/** What the input says is there beside the pods of the job; null where it says nothing, and empty for a Service with nothing behind it. */
function placesIn({ snapshot, profile, jobs }: AskedCluster, host: string): readonly Place[] | null {
  const isAddress = parseIp(host) !== undefined;
  const address = canonical(host);
  const services = snapshot.services.filter((s) =>
    isAddress ? s.clusterIps.includes(address) || s.externalIps.includes(address) : isNameOf(s, host, new Set(jobs.map((j) => j.namespace))),
  );
  const word = isAddress ? address : services.slice(0, 1).map((s) => `${s.name}.${s.namespace}.svc`)[0];
  const found = word === undefined ? null : placesOf(snapshot, profile, word, 'to');
  const known = found?.ok === true ? found.value.filter((p) => p.service !== null || p.workload !== null || p.endpoint.kind !== 'address') : [];
  return known.length === 0 && services.length === 0 ? null : known;
}

/** `name` in a namespace of the jobs, `name.namespace`, and what the cluster's domain makes of it. Source: kubernetes/dns specification. */
function isNameOf(service: { readonly name: string; readonly namespace: string }, host: string, own: ReadonlySet<string>): boolean {
  const [name, namespace, svc, ...domain] = host.toLowerCase().replace(/\.$/, '').split('.');
  if (name !== service.name) return false;
  if (namespace === undefined) return own.has(service.namespace);
  return namespace === service.namespace && (svc === undefined || (svc === 'svc' && (domain.length === 0 || domain.at(-1) === 'local')));
}
