import { kept } from '../kernel/memo.ts';
import { Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { stableJson } from '../kernel/stable.ts';
import type { EndpointPort, Service, ServiceEndpoint } from '../model/cluster.ts';
import { labelOf } from '../model/labels.ts';
import { groupOf, labelsOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';
import { parseIp } from '../space/ip-set.ts';

/** Names the Service that a slice is for. Source: kubernetes/api discovery/v1 LabelServiceName. */
const serviceNameLabel = 'kubernetes.io/service-name';

/** Objects that say which addresses are behind a Service. */
export function isEndpointsObject(object: RawObject): boolean {
  const group = groupOf(object.apiVersion);
  return (group === 'discovery.k8s.io' && object.kind === 'EndpointSlice') || (group === '' && object.kind === 'Endpoints');
}

/**
 * Services without a selector, with the endpoints that these objects give them; those of other Services follow from the pods, and are not looked at. One that
 * is not ready counts: it may be at any time. Objects with a fault leave the endpoints of their Service unknown.
 * Source: kubernetes.io, Services without selectors; kubernetes/api discovery/v1 EndpointSlice, core/v1 Endpoints.
 */
export function withEndpoints(services: readonly Service[], objects: readonly RawObject[], diagnostics: Diagnostic[]): readonly Service[] {
  const byHand = new Set(services.filter((s) => s.selector === null && s.type !== 'ExternalName').map((s) => `${s.namespace}/${s.name}`));
  const given = new Map<string, RawObject[]>();
  for (const object of byHand.size === 0 ? [] : objects) {
    if (!isEndpointsObject(object)) continue;
    const name = object.kind === 'Endpoints' ? object.name : labelOf(labelsOf(object), serviceNameLabel);
    const key = `${object.namespace ?? 'default'}/${name ?? ''}`;
    if (byHand.has(key)) kept(given, key, () => []).push(object);
  }
  if (given.size === 0) return services;
  return services.map((service) => {
    const found = given.get(`${service.namespace}/${service.name}`);
    if (found === undefined || !byHand.has(`${service.namespace}/${service.name}`)) return service;
    const own: Diagnostic[] = [];
    const endpoints = found.flatMap((object) => readObject(object, own));
    for (const d of own) diagnostics.push(d);
    return own.some((d) => d.severity === 'error') ? service : { ...service, endpoints: distinct(endpoints) };
  });
}

function readObject(object: RawObject, diagnostics: Diagnostic[]): readonly ServiceEndpoint[] {
  const at = new Reader(object.body, object.origin, diagnostics);
  if (object.kind === 'Endpoints') return at.field('subsets').each().flatMap(readSubset);
  at.required('addressType');
  // Names of hosts: deprecated, and nothing dials them.
  if (at.field('addressType').oneOf(['IPv4', 'IPv6', 'FQDN']) === 'FQDN') return [];
  const ports = readPorts(at.field('ports'));
  return at
    .field('endpoints')
    .each()
    .flatMap((endpoint) =>
      endpoint
        .field('addresses')
        .each()
        .flatMap((address) => readAddress(address, endpoint, ports)),
    );
}

function readSubset(subset: Reader): readonly ServiceEndpoint[] {
  const ports = readPorts(subset.field('ports'));
  return ['addresses', 'notReadyAddresses'].flatMap((field) =>
    subset
      .field(field)
      .each()
      .flatMap((endpoint) => (endpoint.required('ip') ? readAddress(endpoint.field('ip'), endpoint, ports) : [])),
  );
}

function readAddress(at: Reader, endpoint: Reader, ports: readonly EndpointPort[]): readonly ServiceEndpoint[] {
  const address = at.string();
  if (address === undefined) return [];
  if (parseIp(address) === undefined) {
    at.error('bad-address', 'This is no IP address.');
    return [];
  }
  const target = endpoint.field('targetRef');
  const pod = target.field('kind').value === 'Pod' ? (target.field('name').string() ?? null) : null;
  return [{ address, pod, ports }];
}

/** A port without a number is one that nothing is dialled on. Source: kubernetes/kubernetes pkg/proxy/endpointslicecache.go. */
function readPorts(at: Reader): readonly EndpointPort[] {
  return at.each().flatMap((item) => {
    const port = item.field('port').integer(1, 65535);
    const protocol = item.field('protocol').oneOf(['TCP', 'UDP', 'SCTP']) ?? 'TCP';
    return port === undefined ? [] : [{ name: item.field('name').string() || null, protocol, port }];
  });
}

/** The same endpoint may be in Endpoints and in the slice that mirrors them. */
function distinct(endpoints: readonly ServiceEndpoint[]): readonly ServiceEndpoint[] {
  return [...new Map(endpoints.map((e) => [stableJson(e), e])).values()];
}
