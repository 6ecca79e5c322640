import { addressAtoms, blocksOf } from '../engine/blocks.ts';
import { replicasToTry } from '../engine/classes.ts';
import { podLabels } from '../engine/directory.ts';
import { type Vocabulary, vocabularyOf } from '../engine/vocabulary.ts';
import { believableAddress } from '../engine/witness.ts';
import { type Diagnostic, failed, ok, type Result } from '../kernel/result.ts';
import { nearest } from '../kernel/spelling.ts';
import type { Service, ServicePort } from '../model/cluster.ts';
import { type LabelSelector, labelOf, selects } from '../model/labels.ts';
import { labelsOf } from '../model/metadata.ts';
import { addressTitle } from '../model/metadata-service.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Endpoint } from '../model/verdict.ts';
import { type Workload, workloadTitle } from '../model/workload.ts';
import { ipHas, ipIntersect, ipIsEmpty, parseCidr, parseIp } from '../space/ip-set.ts';
import type { Protocol } from '../space/transport-set.ts';
import { type ByHand, behindByHand, behindPort } from './behind.ts';

/** Something that a word on the command line stands for. Backends of a Service carry it, so that its ports can be translated. */
export interface Place {
  readonly endpoint: Endpoint;
  readonly title: string;
  readonly workload: Workload | null;
  readonly service: Service | null;
  /** Kept by hand behind the Service: its own ports are those that the Service's lead to. */
  readonly byHand?: ByHand;
  /** Dialled on a node port: `port` of the question is the Service's nodePort. */
  readonly nodePort?: true;
  /** The word names this very pod, not its workload. */
  readonly onePod?: true;
}

/** A DNS name by RFC 1123, at least two labels. */
const hostName = /^(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/i;

/**
 * What a word stands for: `namespace/name` (workloads, and the Service of that name on the destination side), `Kind/namespace/name`, `node/NAME`,
 * an address (of a pod, a Service, a node, or outside), a CIDR (one place for each part that rules tell apart), or a host name.
 */
export function placesOf(snapshot: Snapshot, profile: Profile, word: string, side: 'from' | 'to'): Result<readonly Place[]> {
  const found = placesNamed(snapshot, word, side);
  if (!found.ok) return found;
  const vocabulary = vocabularyOf(snapshot, profile, snapshot.policies);
  return ok(
    found.value.flatMap((place) => sortsOf(place, vocabulary)),
    found.diagnostics,
  );
}

/** A workload whose pods rules tell apart by their index stands for one pod of each sort. */
function sortsOf(place: Place, vocabulary: Vocabulary): readonly Place[] {
  const { endpoint, workload } = place;
  if (endpoint.kind !== 'pod' || workload === null || place.onePod === true) return [place];
  const replicas = replicasToTry(workload, vocabulary);
  if (replicas.length === 1) return [place];
  return replicas.map((replica) => ({ ...place, endpoint: { ...endpoint, replica }, title: `${place.title} pod ${replica}` }));
}

function placesNamed(snapshot: Snapshot, word: string, side: 'from' | 'to'): Result<readonly Place[]> {
  if (parseIp(word) !== undefined) return ok(ofAddress(snapshot, word, side));
  if (parseCidr(word) !== undefined) return ok(ofCidr(snapshot, word, side));
  const service = side === 'to' ? clusterName(snapshot, word) : undefined;
  if (service !== undefined) return ok(backends(snapshot, service));
  const parts = word.split('/');
  if (parts.length === 1) {
    if (hostName.test(word)) return ok([{ endpoint: { kind: 'name', name: word.toLowerCase() }, title: word.toLowerCase(), workload: null, service: null }]);
    return failed([unknown(snapshot, word, side)]);
  }
  if (parts.length === 2 && parts[0] === 'node') {
    const node = snapshot.nodes.find((n) => n.name === parts[1]);
    return node === undefined ? failed([unknown(snapshot, word, side)]) : ok([nodePlace(node.name)]);
  }
  const [kind, namespace, name] = parts.length === 3 ? parts : [null, ...parts];
  const named = snapshot.workloads.filter((w) => w.namespace === namespace && w.name === name && (kind === null || w.kind === kind));
  const workloads = named.length > 0 ? named.map((w) => podPlace(w)) : podNamed(snapshot, namespace ?? '', name ?? '');
  const services = side === 'to' ? snapshot.services.filter((s) => s.namespace === namespace && s.name === name && (kind === null || kind === 'Service')) : [];
  const places = [...workloads, ...services.flatMap((s) => backends(snapshot, s))];
  return places.length > 0 ? ok(places) : failed([services.length > 0 ? noBackend(word) : unknown(snapshot, word, side)]);
}

function podPlace(workload: Workload, service: Service | null = null): Place {
  const through = service === null ? '' : ` through Service ${service.namespace}/${service.name}`;
  return { endpoint: { kind: 'pod', workload: workload.id, replica: 0 }, title: `${workloadTitle(workload)}${through}`, workload, service };
}

/** The workload that a single pod belongs to: a pod of the input by its name, or one that a StatefulSet numbers. */
function podNamed(snapshot: Snapshot, namespace: string, name: string): Place[] {
  const numbered = /^(.+)-(0|[1-9]\d{0,8})$/.exec(name);
  const set = snapshot.workloads.find((w) => w.kind === 'StatefulSet' && w.namespace === namespace && w.name === numbered?.[1]);
  if (set !== undefined && Number(numbered?.[2]) < set.replicas) {
    return [
      {
        endpoint: { kind: 'pod', workload: set.id, replica: Number(numbered?.[2]) },
        title: `${workloadTitle(set)} pod ${name}`,
        workload: set,
        service: null,
        onePod: true,
      },
    ];
  }
  const pod = snapshot.objects.find((o) => o.kind === 'Pod' && o.namespace === namespace && o.name === name);
  if (pod === undefined) return [];
  const labels = labelsOf(pod);
  const owners = snapshot.workloads.filter(
    (w) => w.namespace === namespace && name.startsWith(`${w.name}-`) && Object.entries(w.labels).every(([key, value]) => labelOf(labels, key) === value),
  );
  return owners.slice(0, 1).map((w) => ({ ...podPlace(w), title: `${workloadTitle(w)} (pod ${name})` }));
}

function nodePlace(name: string): Place {
  return { endpoint: { kind: 'node', node: name }, title: `node ${name}`, workload: null, service: null };
}

function ofAddress(snapshot: Snapshot, ip: string, side: 'from' | 'to'): Place[] {
  const pods = snapshot.workloads.filter((w) => w.ips.includes(ip) && w.lifecycle !== 'finished' && !w.hostNetwork);
  if (pods.length > 0) return pods.map((w) => podPlace(w));
  const services = side === 'to' ? snapshot.services.filter((s) => s.clusterIps.includes(ip) || s.externalIps.includes(ip)) : [];
  if (services.length > 0) return services.flatMap((s) => backends(snapshot, s));
  const node = snapshot.nodes.find((n) => n.addresses.includes(ip));
  if (node !== undefined) return side === 'to' ? [nodePlace(node.name), ...nodePortPlaces(snapshot)] : [nodePlace(node.name)];
  return [addressPlace(ip)];
}

/** Backends that any node leads to, through a node port. */
function nodePortPlaces(snapshot: Snapshot): Place[] {
  return snapshot.services
    .filter((s) => s.ports.some((p) => p.nodePort !== null))
    .flatMap((s) => backends(snapshot, s).map((place): Place => ({ ...place, nodePort: true })));
}

/** Pods, Services and nodes whose addresses lie inside, then each part of the rest that rules tell apart. */
function ofCidr(snapshot: Snapshot, text: string, side: 'from' | 'to'): Place[] {
  const { set } = parseCidr(text) as NonNullable<ReturnType<typeof parseCidr>>;
  const inside = (ip: string): boolean => {
    const parsed = parseIp(ip);
    return parsed !== undefined && ipHas(set, parsed);
  };
  const pods = snapshot.workloads.filter((w) => w.lifecycle !== 'finished' && !w.hostNetwork && w.ips.some(inside));
  const services = side === 'to' ? snapshot.services.filter((s) => [...s.clusterIps, ...s.externalIps].some(inside)) : [];
  const nodes = snapshot.nodes.filter((n) => n.addresses.some(inside));
  const outside = addressAtoms(blocksOf(snapshot.policies)).flatMap((atom): Place[] => {
    const part = ipIntersect(atom.addresses, set);
    if (ipIsEmpty(part)) return [];
    const ip = believableAddress(part);
    return [{ endpoint: { kind: 'address', ip }, title: `${addressTitle(ip)} (of ${text})`, workload: null, service: null }];
  });
  return [...pods.map((w) => podPlace(w)), ...services.flatMap((s) => backends(snapshot, s)), ...nodes.map((n) => nodePlace(n.name)), ...outside];
}

/** `name.namespace.svc[.domain]`. */
function clusterName(snapshot: Snapshot, word: string): Service | undefined {
  const [name, namespace, svc] = word.toLowerCase().split('.');
  return svc === 'svc' ? snapshot.services.find((s) => s.name === name && s.namespace === namespace) : undefined;
}

function backends(snapshot: Snapshot, service: Service): Place[] {
  if (service.type === 'ExternalName' && service.externalName !== null) {
    return [
      {
        endpoint: { kind: 'name', name: service.externalName },
        title: `${service.externalName} (ExternalName of ${service.namespace}/${service.name})`,
        workload: null,
        service: null,
      },
    ];
  }
  const { selector } = service;
  if (selector === null) return (behindByHand(snapshot, service) ?? []).map((byHand) => placeByHand(byHand, service));
  return snapshot.workloads
    .filter((w) => w.namespace === service.namespace && w.lifecycle !== 'finished')
    .flatMap((w): readonly Place[] => {
      if (selects(selector, w.labels)) return [podPlace(w, service)];
      const replica = numberedPod(selector, w);
      return replica === null ? [] : [{ ...podPlace(w, service), endpoint: { kind: 'pod', workload: w.id, replica }, onePod: true }];
    });
}

/** The one pod of a workload that a selector with a number in it selects, as Services that name single pods have. */
function numberedPod(selector: LabelSelector, workload: Workload): number | null {
  for (const { key, prefix, start } of workload.perPodLabels) {
    const value = selector.requirements.find((r) => r.key === key && r.operator === 'In' && r.values.length === 1)?.values[0] ?? '';
    if (!value.startsWith(prefix) || !/^(?:0|[1-9]\d{0,9})$/.test(value.slice(prefix.length))) continue;
    const replica = Number(value.slice(prefix.length)) - start;
    if (replica >= 0 && replica < workload.replicas && selects(selector, podLabels(workload, replica))) return replica;
  }
  return null;
}

function placeByHand(byHand: ByHand, service: Service): Place {
  const through = ` through Service ${service.namespace}/${service.name}`;
  if (byHand.workload !== null) return { ...podPlace(byHand.workload, service), byHand };
  const place = byHand.node === null ? addressPlace(byHand.address) : nodePlace(byHand.node);
  return { ...place, title: `${place.title}${through}`, service, byHand };
}

function addressPlace(ip: string): Place {
  return { endpoint: { kind: 'address', ip }, title: addressTitle(ip), workload: null, service: null };
}

/** The packets that reach these places when `asked` is dialled (null: what they declare). A Service's port becomes the backend's target port. */
export function dialled(places: readonly Place[], asked: { readonly protocol: Protocol; readonly port: number } | null): Dialled[] {
  const all = places.flatMap((place) => portsOfPlace(place, asked).map((port) => ({ place, ...port })));
  if (asked === null) return all;
  // A name that is both a Service and its workload means the Service where only the Service has the port; a node port is no port of the node itself.
  const through = all.filter((d) => d.place.service !== null);
  const own = all.filter((d) => d.place.service === null && !(through.length > 0 && (d.place.endpoint.kind === 'node' || !declares(d.place, asked))));
  return [...own, ...through];
}

export interface Dialled {
  readonly place: Place;
  readonly protocol: Protocol;
  readonly port: number;
  readonly note: string | null;
}

function declares(place: Place, asked: { readonly protocol: Protocol; readonly port: number }): boolean {
  return place.workload?.ports.some((p) => p.protocol === asked.protocol && p.port === asked.port) ?? true;
}

function portsOfPlace(place: Place, asked: { readonly protocol: Protocol; readonly port: number } | null): Omit<Dialled, 'place'>[] {
  if (place.service !== null) {
    const outer = (p: ServicePort): number | null => (place.nodePort === true ? p.nodePort : p.port);
    const ports = place.service.ports.filter((p) => (asked === null ? place.nodePort !== true : p.protocol === asked.protocol && outer(p) === asked.port));
    return ports.flatMap((p) => {
      const sort = place.nodePort === true ? 'Node' : 'Service';
      const at = place.workload === null ? 'there' : 'of the pod';
      return targetPorts(p, place).map((target) => ({
        protocol: p.protocol,
        port: target,
        note: target === outer(p) ? null : `${sort} port ${outer(p)} leads to port ${target} ${at}; policies see ${target}`,
      }));
    });
  }
  if (asked !== null) return [{ ...asked, note: null }];
  return (place.workload?.ports ?? []).map((p) => ({ protocol: p.protocol, port: p.port, note: p.name === null ? null : `port ${p.name}` }));
}

function targetPorts(port: ServicePort, { workload, byHand }: Place): readonly number[] {
  if (byHand !== undefined) return behindPort(byHand, port).map((p) => p.port);
  if (typeof port.targetPort === 'number') return [port.targetPort];
  return (workload?.ports ?? []).flatMap((p) => (p.name === port.targetPort && p.protocol === port.protocol ? p.port : [])).slice(0, 1);
}

function unknown(snapshot: Snapshot, word: string, side: 'from' | 'to'): Diagnostic {
  const names = [
    ...new Set([
      ...snapshot.workloads.map((w) => `${w.namespace}/${w.name}`),
      ...(side === 'to' ? snapshot.services.map((s) => `${s.namespace}/${s.name}`) : []),
      ...snapshot.nodes.map((n) => `node/${n.name}`),
    ]),
  ].sort();
  const near = nearest(word, names) ?? names.find((n) => n.endsWith(`/${word}`));
  const hint = near === undefined ? 'write NAMESPACE/NAME, node/NAME, an IP address, a CIDR or a host name' : `did you mean ${near}?`;
  return { code: 'unknown-place', severity: 'error', message: `--${side} ${word} names nothing in the input`, hint, origin: null };
}

function noBackend(word: string): Diagnostic {
  return {
    code: 'service-without-backends',
    severity: 'error',
    message: `no workload of the input is behind Service ${word}`,
    hint: 'give the manifests of its pods, or its EndpointSlices where it has no selector; or name an address',
    origin: null,
  };
}
