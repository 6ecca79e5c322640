import { cidrSet } from '../../engine/addresses.ts';
import type { Reachability } from '../../engine/reach.ts';
import { commandLine, containersOf } from '../../frameworks/command-line.ts';
import type { Origin } from '../../kernel/origin.ts';
import type { Service, ServicePort } from '../../model/cluster.ts';
import { selects } from '../../model/labels.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import { inContainer, type Workload, workloadTitle } from '../../model/workload.ts';
import { gcsHost } from '../../services/gcs.ts';
import { s3Hosts } from '../../services/s3.ts';
import { hostCidr, parseIp } from '../../space/ip-set.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { type ByHand, behindByHand, behindPort } from '../behind.ts';
import { membersTitle } from './member-title.ts';
import { type NeededPath, nameEnd, type PathEnd, podEnd } from './needed-path.ts';

/** Ports that URLs leave out. Sources: IANA, Uniform Resource Identifier (URI) Schemes and Service Name registries; PostgreSQL, MySQL, Redis and MongoDB documentation. */
const defaultPorts: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
  ['postgresql', 5432],
  ['postgres', 5432],
  ['mysql', 3306],
  ['redis', 6379],
  ['rediss', 6379],
  ['mongodb', 27017],
  ['amqp', 5672],
  ['amqps', 5671],
  ['ssh', 22],
]);

/** `scheme://[user@]host[:port]`; each part is bounded and no part can match in two ways. */
const url =
  /\b([a-z][a-z0-9]{1,11})(?:\+[a-z0-9]{1,12})?:\/\/(?:[^\s/@'"`<>]{1,200}@)?(\[[0-9a-f:.]{2,45}\]|[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?)(?::(\d{1,5}))?/gi;

/** Destinations that are told of one job; manifests with more are lists, not jobs. */
const mostTold = 100;

/** A URL that a container of a job carries. */
interface Named {
  readonly scheme: string;
  readonly host: string;
  readonly port: number | null;
  readonly member: Workload;
  readonly where: string;
  readonly origin: Origin;
}

/** Places that the job's own variables and command lines name, as paths: a tracker, a model hub, a bucket, a data base. */
export function namedPaths(reach: Reachability, job: TrainingJob, region: string | null): readonly NeededPath[] {
  const byPlace = new Map<string, Named[]>();
  for (const named of namedIn(job)) {
    const key = `${named.scheme === 's3' || named.scheme === 'gs' ? `${named.scheme}:` : ''}${named.host}:${named.port ?? defaultPorts.get(named.scheme) ?? ''}`;
    const known = byPlace.get(key);
    if (known !== undefined) known.push(named);
    else if (byPlace.size < mostTold) byPlace.set(key, [named]);
  }
  return [...byPlace.values()].flatMap((all) => pathTo(reach, job, all, region) ?? []);
}

function* namedIn(job: TrainingJob): Generator<Named> {
  for (const { member, container } of containersOf(job)) {
    for (const [name, value] of Object.entries(container.env))
      if (value !== null)
        for (const found of urlsIn(value))
          yield { ...found, member, where: `${name} of container ${container.name}`, origin: inContainer(member, container, 'env') };
    const step = container.args.length > 0 ? 'args' : 'command';
    for (const found of urlsIn(commandLine(container)))
      yield { ...found, member, where: `the ${step} of container ${container.name}`, origin: inContainer(member, container, step) };
  }
}

function* urlsIn(text: string): Generator<Pick<Named, 'scheme' | 'host' | 'port'>> {
  for (const match of text.slice(0, 16_384).matchAll(url)) {
    const [, scheme = '', host = '', port] = match;
    yield { scheme: scheme.toLowerCase(), host: host.toLowerCase().replace(/^\[|\]$/g, ''), port: port === undefined ? null : Number(port) };
  }
}

function pathTo(reach: Reachability, job: TrainingJob, all: readonly Named[], region: string | null): NeededPath | null {
  const [first] = all;
  if (first === undefined) return null;
  const { scheme, host } = first;
  if (host === 'localhost' || host.startsWith('127.') || host === '::1' || host === '0.0.0.0') return null;
  const place = scheme === 's3' ? bucketEnds(first, region) : scheme === 'gs' || scheme === 'gcs' ? gcsEnds() : endsAt(reach, first);
  if (place === null) return null;
  const from = [...new Set(all.map((n) => n.member))];
  return {
    id: `named/${place.id}`,
    title: place.id,
    from,
    fromTitle: membersTitle(job, from),
    toTitle: place.id,
    ends: place.ends,
    picked: false,
    required: true,
    because: `named in ${[...new Set(all.map((n) => n.where))].slice(0, 3).join(' and ')}`,
    source: 'RFC 3986, URI generic syntax',
    origin: first.origin,
    missing: place.missing,
  };
}

interface Destination {
  readonly id: string;
  readonly ends: readonly PathEnd[];
  readonly missing: readonly string[];
}

const https = TransportSet.of('TCP', [[443, 443]]);

function bucketEnds({ host, member }: Named, region: string | null): Destination | null {
  const own = ['AWS_REGION', 'AWS_DEFAULT_REGION'].flatMap((key) =>
    member.pod.containers.flatMap((c) => (Object.hasOwn(c.env, key) ? (c.env[key] ?? []) : [])),
  );
  const where = own[0] ?? region;
  const endpoint = member.pod.containers.some((c) => Object.keys(c.env).some((key) => key === 'AWS_ENDPOINT_URL' || key === 'AWS_ENDPOINT_URL_S3'));
  // The endpoint itself is named by that variable, and asked about for itself.
  if (endpoint) return null;
  if (where === null || where === undefined || !/^[a-z0-9-]{2,40}$/.test(where))
    return { id: `s3://${host}`, ends: [], missing: ['the region of the bucket is not known: set AWS_REGION in the container, or give a zone'] };
  const ends = s3Hosts(host, where, null, 'virtual-hosted')
    .filter((h) => h.required)
    .map((h) => nameEnd(h.name, https));
  return { id: `s3://${host}`, ends, missing: [] };
}

function gcsEnds(): Destination {
  return { id: gcsHost, ends: [nameEnd(gcsHost, https)], missing: [] };
}

function endsAt(reach: Reachability, { scheme, host, port, member }: Named): Destination | null {
  const wanted = port ?? defaultPorts.get(scheme);
  if (wanted === undefined || wanted < 1 || wanted > 65_535) return null;
  const id = `${host}:${wanted}`;
  const ports = TransportSet.of('TCP', [[wanted, wanted]]);
  const ip = parseIp(host);
  if (ip !== undefined) return { id, ends: [addressEnd(host, ports)], missing: [] };
  const inside = insideOf(reach, host, member.namespace);
  if (inside === null) return { id, ends: [nameEnd(host, ports)], missing: [] };
  const service = serviceOf(reach, inside);
  if (service !== undefined) return { id, ...backendsOf(reach, service, wanted, inside.pod) };
  // The name of one of the job's own Services or pods: the passages of its frameworks say what goes there.
  if (inside.namespace === member.namespace && member.name !== '' && (inside.name === member.name || inside.name.startsWith(`${member.name}-`))) return null;
  return { id, ends: [], missing: [`Service ${inside.namespace}/${inside.name} is not in the input: give its manifest and those of its pods`] };
}

/** A Service by its name, and the pod behind it that is meant where the name begins with one. */
interface Inside {
  readonly name: string;
  readonly namespace: string;
  readonly pod: string | null;
}

/**
 * Service, or pod of a headless Service, that a name in the cluster stands for. Without `svc` only the first label is certain to be one: of longer names those
 * count whose Service is in the input, since any of them may be outside. Source: kubernetes.io, DNS for Services and Pods.
 */
function insideOf(reach: Reachability, host: string, own: string): Inside | null {
  const parts = host.split('.');
  const end = parts.indexOf('svc', 1);
  const [first = '', second = own, third] = end < 0 ? parts : parts.slice(0, end);
  const asService = { name: first, namespace: second, pod: null };
  const asPod = third === undefined ? { name: second, namespace: own, pod: first } : { name: second, namespace: third, pod: first };
  if (parts.length === 1) return asService;
  if (end >= 0) return end === 3 ? asPod : end <= 2 ? asService : null;
  if (parts.length > 3) return null;
  const known = [...(parts.length === 2 ? [asPod, asService] : [asPod])];
  return known.find((inside) => serviceOf(reach, inside) !== undefined) ?? null;
}

function serviceOf({ snapshot }: Reachability, { name, namespace }: Inside): Service | undefined {
  return snapshot.services.find((s) => s.name === name && s.namespace === namespace);
}

function addressEnd(ip: string, ports: TransportSet): PathEnd {
  return { party: { kind: 'external', addresses: cidrSet([hostCidr(ip)]) }, endpoint: { kind: 'address', ip }, destination: null, title: ip, ports };
}

function backendsOf(reach: Reachability, service: Service, port: number, pod: string | null): Pick<Destination, 'ends' | 'missing'> {
  const title = `Service ${service.namespace}/${service.name}`;
  const asked = service.ports.find((p) => p.port === port && p.protocol === 'TCP');
  if (!service.headless && asked === undefined) return { ends: [], missing: [`${title} has no port ${port}`] };
  const { selector } = service;
  if (service.externalName !== null) return { ends: [nameEnd(service.externalName, TransportSet.of('TCP', [[port, port]]))], missing: [] };
  if (selector === null) return endsByHand(reach, service, asked, port);
  const all = reach.snapshot.workloads.filter((w) => w.namespace === service.namespace && w.lifecycle !== 'finished' && selects(selector, w.labels));
  const named = pod === null ? [] : all.filter((w) => pod.startsWith(`${w.name}-${w.role === null ? '' : `${w.role}-`}`));
  const pods = named.length > 0 ? named : all;
  if (pods.length === 0) return { ends: [], missing: [`${title} selects no pod of the input: give the manifests of its pods`] };
  return { ends: pods.map((w) => podEnd(w, targetOf(asked, w, port), workloadTitle(w))), missing: [] };
}

function endsByHand({ snapshot }: Reachability, service: Service, asked: ServicePort | undefined, port: number): Pick<Destination, 'ends' | 'missing'> {
  const title = `Service ${service.namespace}/${service.name}`;
  const byHand = behindByHand(snapshot, service);
  if (byHand === null) return { ends: [], missing: [`${title} has no selector: its endpoints are kept by hand; give its EndpointSlices`] };
  const at = byHand.map((end) => ({
    end,
    ports: asked === undefined || service.headless ? TransportSet.of('TCP', [[port, port]]) : endpointPorts(end, asked),
  }));
  const open = at.filter(({ ports }) => !ports.isEmpty);
  const nodes = open.flatMap(({ end }) => (end.workload === null && end.node !== null ? [`${title} leads to node ${end.node}, which is not judged here`] : []));
  return {
    ends: open.flatMap(({ end, ports }): PathEnd[] => {
      if (end.workload !== null) return [podEnd(end.workload, ports, workloadTitle(end.workload))];
      return end.node === null ? [addressEnd(end.address, ports)] : [];
    }),
    missing: open.length === 0 ? [`${title} has no endpoints on port ${port}`] : nodes,
  };
}

function endpointPorts(end: ByHand, asked: ServicePort): TransportSet {
  return TransportSet.unionAll(behindPort(end, asked).map((p) => TransportSet.of(p.protocol, [[p.port, p.port]])));
}

/** The port at the pod, after translation. Headless Services translate nothing. */
function targetOf(asked: ServicePort | undefined, pod: Workload, port: number): TransportSet {
  const target = asked?.targetPort ?? port;
  const number = typeof target === 'number' ? target : pod.ports.find((p) => p.name === target && p.protocol === 'TCP')?.port;
  return number === undefined ? TransportSet.empty : TransportSet.of('TCP', [[number, number]]);
}
