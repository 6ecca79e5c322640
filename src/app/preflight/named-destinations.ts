import type { Reachability } from '../../engine/reach.ts';
import { kept } from '../../kernel/memo.ts';
import type { Service, ServicePort } from '../../model/cluster.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import { type Container, type EnvSource, type Workload, workloadTitle } from '../../model/workload.ts';
import { gcsHost } from '../../services/gcs.ts';
import { s3Hosts } from '../../services/s3.ts';
import { parseIp } from '../../space/ip-set.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { type ByHand, behindByHand, behindPort } from '../behind.ts';
import { carriedBy, type Named } from './carried-destinations.ts';
import { insideOf, selectedBy, serviceOf } from './inside-names.ts';
import { membersTitle } from './member-title.ts';
import { addressEnd, type NeededPath, nameEnd, type PathEnd, podEnd } from './needed-path.ts';
import { isLoopback } from './plain-hosts.ts';
import { throughProxy } from './proxies.ts';

/** Destinations that are told of one job; manifests with more are lists, not jobs. */
const mostTold = 100;

/** Places that the job's own variables and command lines name, as paths: a tracker, a model hub, a bucket, a data base. None is left out: what cannot be told is unknown. */
export function namedPaths(reach: Reachability, job: TrainingJob, region: string | null): readonly NeededPath[] {
  const byPlace = new Map<string, Named[]>();
  const untold: Named[] = [];
  for (const carried of carriedBy(reach.snapshot, job)) {
    const named = throughProxy(carried, reach.snapshot);
    const key = keyOf(named, region);
    const known = byPlace.get(key);
    if (known !== undefined) known.push(named);
    else if (byPlace.size < mostTold) byPlace.set(key, [named]);
    else untold.push(named);
  }
  const told = [...byPlace.values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined) return [];
    const place = placeOf(reach, first, region);
    return place === null ? [] : [pathTo(job, all, first, place)];
  });
  const [first] = untold;
  if (first === undefined) return [...told, ...sourcePaths(job)];
  const more = new Set(untold.map((n) => keyOf(n, region))).size;
  const destinations = `${more} more destination${more === 1 ? '' : 's'}`;
  const rest = { id: 'more', ends: [], missing: [`the job names ${destinations}, which ${more === 1 ? 'is' : 'are'} not asked about: ${mostTold} are`] };
  return [...told, ...sourcePaths(job), pathTo(job, untold, first, rest, destinations)];
}

/** Objects that give the job variables which nobody can read: they may name places, and the job is told so. It does not stand still for that. */
function sourcePaths(job: TrainingJob): readonly NeededPath[] {
  const byName = new Map<string, { readonly source: EnvSource; readonly from: Set<Workload> }>();
  for (const member of job.members)
    for (const source of member.pod.containers.flatMap((c) => c.envFrom))
      kept(byName, `${source.kind} ${source.name}`, () => ({ source, from: new Set() })).from.add(member);
  return [...byName].map(([title, { source, from }]) => ({
    id: `named/from-${source.kind.toLowerCase()}-${source.name}`,
    title: `what ${title} names`,
    from: [...from],
    fromTitle: membersTitle(job, [...from]),
    toTitle: `what ${title} names`,
    ends: [],
    picked: false,
    required: false,
    because: `envFrom takes variables from ${title}`,
    source: 'kubernetes/api core/v1 EnvFromSource',
    origin: job.origin,
    missing: [`${title} ${source.kind === 'Secret' ? 'is not read' : 'is not in the input'}: it may name trackers, hubs or other places`],
  }));
}

/** What decides where a name leads: of buckets also the region and the endpoint of the container. */
function keyOf(named: Named, region: string | null): string {
  const { scheme, host, port, called, why, container } = named;
  if (host === null) return JSON.stringify([called, why]);
  if (isS3(scheme)) return JSON.stringify(['s3', host, regionOf(named) ?? region, endpointOf(container)]);
  return JSON.stringify([scheme === 'gs' || scheme === 'gcs' ? 'gs' : port === null ? called : '', host, port]);
}

function placeOf(reach: Reachability, named: Named, region: string | null): Destination | null {
  const { scheme, host, port, called, why } = named;
  if (host === null) return { id: called, ends: [], missing: [why] };
  if (isS3(scheme)) return bucketEnds(host, named, region);
  if (scheme === 'gs' || scheme === 'gcs') return gcsEnds();
  if (isLoopback(host)) return null;
  if (port === null) return { id: called, ends: [], missing: [`${called} names no port${scheme === '' ? '' : `, and none is known for ${scheme}://`}`] };
  if (port < 1 || port > 65_535) return { id: called, ends: [], missing: [`${called} names no port that there is`] };
  return endsAt(reach, host, port, named.member.namespace);
}

function pathTo(job: TrainingJob, all: readonly Named[], first: Named, place: Destination, title = place.id): NeededPath {
  const from = [...new Set(all.map((n) => n.member))];
  const unless = all.every((n) => n.unless !== undefined) ? [...new Set(all.flatMap((n) => n.unless ?? []))] : [];
  return {
    id: `named/${place.id}`,
    title,
    from,
    fromTitle: membersTitle(job, from),
    toTitle: title,
    ends: place.ends,
    picked: false,
    required: unless.length === 0,
    ...(unless.length === 0 ? {} : { supposed: true as const }),
    because: `named in ${[...new Set(all.map((n) => n.where))].slice(0, 3).join(' and ')}${unless.length === 0 ? '' : `, beside ${unless.join(' and ')}`}`,
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

function isS3(scheme: string): boolean {
  return scheme === 's3' || scheme === 's3a' || scheme === 's3n';
}

function regionOf({ member, container }: Named): string | null {
  const said = [container, ...member.pod.containers].flatMap(({ env }) =>
    ['AWS_REGION', 'AWS_DEFAULT_REGION'].flatMap((key) => (Object.hasOwn(env, key) ? (env[key] ?? []) : [])),
  );
  return said[0] ?? null;
}

/** The endpoint that a container gives in place of AWS: null where it gives none, empty where its value is not in the manifest. */
function endpointOf({ env }: Container): string | null {
  for (const key of ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL']) if (Object.hasOwn(env, key)) return env[key] ?? '';
  return null;
}

/** How a client of which nothing is said addresses a bucket. */
const plainBucket = { endpoint: null, style: 'virtual-hosted', dualStack: false, fips: false, accessPoint: null, interfaceEndpoint: null } as const;

function bucketEnds(bucket: string, named: Named, region: string | null): Destination | null {
  const id = `s3://${bucket}`;
  const where = regionOf(named) ?? region;
  const endpoint = endpointOf(named.container);
  // An endpoint that is a URL is asked about for itself, where the variable names it.
  if (endpoint?.includes('://')) return null;
  if (endpoint !== null)
    return { id, ends: [], missing: [`the endpoint of the bucket is set by container ${named.container.name} to what the manifest does not tell`] };
  if (where === null || !/^[a-z0-9-]{2,40}$/.test(where))
    return { id, ends: [], missing: ['the region of the bucket is not known: set AWS_REGION in the container, or give a zone'] };
  const hosts = s3Hosts({ ...plainBucket, bucket, region: where }).filter((h) => h.required);
  return { id, ends: hosts.map((h) => nameEnd(h.name, https)), missing: [] };
}

function gcsEnds(): Destination {
  return { id: gcsHost, ends: [nameEnd(gcsHost, https)], missing: [] };
}

function endsAt(reach: Reachability, host: string, port: number, namespace: string): Destination {
  const id = `${host}:${port}`;
  const ports = TransportSet.of('TCP', [[port, port]]);
  const ip = parseIp(host);
  if (ip !== undefined) return { id, ends: [addressEnd(host, ports)], missing: [] };
  const inside = insideOf(reach.snapshot, host, port, namespace);
  if (inside === null) return { id, ends: [nameEnd(host, ports)], missing: [] };
  const service = serviceOf(reach.snapshot, inside);
  if (service !== undefined) return { id, ...backendsOf(reach, service, port, inside.pod) };
  const absent = `Service ${inside.namespace}/${inside.name} is not in the input: give its manifest and those of its pods`;
  return { id, ends: [], missing: [inside.certain ? absent : `${host} may be a name outside or a Service of the cluster, and ${absent}`] };
}

function backendsOf(reach: Reachability, service: Service, port: number, pod: string | null): Pick<Destination, 'ends' | 'missing'> {
  const title = `Service ${service.namespace}/${service.name}`;
  if (service.externalName !== null) return { ends: [nameEnd(service.externalName, TransportSet.of('TCP', [[port, port]]))], missing: [] };
  const asked = service.ports.find((p) => p.port === port && p.protocol === 'TCP');
  if (!service.headless && asked === undefined) return { ends: [], missing: [`${title} has no port ${port}`] };
  if (service.selector === null) return endsByHand(reach, service, asked, port);
  const pods = selectedBy(reach.snapshot, service, pod);
  if (pods.length === 0) return { ends: [], missing: [`${title} selects no pod of the input: give the manifests of its pods`] };
  const ready = pods.filter((b) => b.workload.replicas > 0);
  if (ready.length === 0)
    return {
      ends: [],
      missing: [
        `${title} has no endpoints: ${pods
          .map((b) => workloadTitle(b.workload))
          .slice(0, 3)
          .join(', ')} has 0 replicas`,
      ],
    };
  const target = service.headless ? port : (asked?.targetPort ?? port);
  const ends = ready.map(({ workload: w, replica }) => podEnd(w, targetOf(target, w), workloadTitle(w), replica)).filter((end) => !end.ports.isEmpty);
  return { ends, missing: ends.length > 0 ? [] : [`${title} has no endpoints on port ${port}: none of its pods has a TCP port named ${target}`] };
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

/** The port at the pod, after translation. */
function targetOf(target: number | string, pod: Workload): TransportSet {
  const number = typeof target === 'number' ? target : pod.ports.find((p) => p.name === target && p.protocol === 'TCP')?.port;
  return number === undefined ? TransportSet.empty : TransportSet.of('TCP', [[number, number]]);
}
