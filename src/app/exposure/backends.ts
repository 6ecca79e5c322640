import { podLabels } from '../../engine/directory.ts';
import type { Service, ServicePort } from '../../model/cluster.ts';
import type { Backend } from '../../model/exposure.ts';
import { type Labels, labelOf, selects } from '../../model/labels.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { type ByHand, behindByHand, behindPort } from '../behind.ts';

/** Pods behind a backend and the ports that they are dialled on; or why there are none to be seen. */
export interface Behind {
  readonly service: Service | null;
  readonly pods: readonly { readonly workload: Workload; readonly ports: TransportSet }[];
  readonly loose: string | null;
  /** What is behind is not known, as opposed to: nothing is. */
  readonly open: boolean;
}

/** Finds pods behind Services; each Service is looked through once. */
export class Backends {
  readonly #snapshot: Snapshot;
  readonly #services: ReadonlyMap<string, Service>;
  readonly #byNamespace = new Map<string, Workload[]>();
  readonly #selected = new Map<Service, readonly Workload[]>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    this.#services = new Map(snapshot.services.map((s) => [`${s.namespace}/${s.name}`, s]));
    for (const w of snapshot.workloads) {
      if (w.lifecycle === 'finished') continue;
      const list = this.#byNamespace.get(w.namespace);
      if (list === undefined) this.#byNamespace.set(w.namespace, [w]);
      else list.push(w);
    }
  }

  service(namespace: string, name: string): Service | undefined {
    return this.#services.get(`${namespace}/${name}`);
  }

  /** Live workloads that a Service selects, wholly or in part. */
  selected(service: Service): readonly Workload[] {
    const known = this.#selected.get(service);
    if (known !== undefined) return known;
    const { selector } = service;
    const found = selector === null ? [] : (this.#byNamespace.get(service.namespace) ?? []).filter((w) => selectsSome(selector, w));
    this.#selected.set(service, found);
    return found;
  }

  of(backend: Backend): Behind {
    const nobody = (loose: string, open: boolean, service: Service | null = null): Behind => ({ service, pods: [], loose, open });
    if (backend.service === null) return nobody(`${backend.title} is no Service: what is behind it is not read`, true);
    const service = this.service(backend.namespace, backend.service);
    const name = `Service ${backend.namespace}/${backend.service}`;
    if (service === undefined) return nobody(`${name} is not in the input`, true);
    if (service.type === 'ExternalName') return nobody(`${name} stands for a name outside the cluster`, false, service);
    const byHand = service.selector === null ? behindByHand(this.#snapshot, service) : [];
    if (byHand === null) return nobody(`${name} has no selector: its endpoints are kept by hand`, true, service);
    const ports = portsOf(service, backend.port);
    if (ports.length === 0) return nobody(`${name} has no port ${portText(backend.port)}`, false, service);
    if (service.selector === null) return handKept(name, service, ports, byHand);
    const selected = this.selected(service);
    if (selected.length === 0) return nobody(`${name} selects no pod of the input`, false, service);
    const pods = selected.map((workload) => ({ workload, ports: targets(ports, backend.port, workload) })).filter((p) => !p.ports.isEmpty);
    return pods.length === 0 ? nobody(`no pod of ${name} has the port that it names`, false, service) : { service, pods, loose: null, open: false };
  }
}

/** Pods among the endpoints of a Service without a selector, on the ports that its own lead to; an address that no pod or node of the input has may be a pod's. */
function handKept(name: string, service: Service, ports: readonly ServicePort[], byHand: readonly ByHand[]): Behind {
  const byPod = new Map<Workload, TransportSet>();
  for (const end of byHand) {
    if (end.workload === null) continue;
    const there = ports.flatMap((port) => behindPort(end, port)).map(({ protocol, port }) => TransportSet.of(protocol, [[port, port]]));
    byPod.set(end.workload, TransportSet.unionAll([byPod.get(end.workload) ?? TransportSet.empty, ...there]));
  }
  const pods = [...byPod].flatMap(([workload, at]) => (at.isEmpty ? [] : [{ workload, ports: at }]));
  const others = byHand.filter((end) => end.workload === null).map((end) => end.address);
  const listed = others.length > named ? `${others.slice(0, named).join(', ')} and ${others.length - named} more` : others.join(', ');
  const loose = others.length > 0 ? `${name} leads to ${listed}, which no pod of the input has` : `${name} has no endpoints on these ports`;
  return {
    service,
    pods,
    loose: others.length > 0 || pods.length === 0 ? loose : null,
    open: byHand.some((end) => end.workload === null && end.node === null),
  };
}

/** So many addresses are named in one line. */
const named = 10;

/** Whether some pod of the workload is selected: labels that differ from pod to pod are compared for each value asked for. */
function selectsSome(selector: Service['selector'] & {}, workload: Workload): boolean {
  if (workload.perPodLabels.length === 0) return selects(selector, workload.labels);
  const asked = selector.requirements.flatMap((r) => {
    const own = workload.perPodLabels.find((l) => l.key === r.key);
    return own === undefined ? [] : r.values.flatMap((v) => (v.startsWith(own.prefix) ? [Number(v.slice(own.prefix.length)) - own.start] : []));
  });
  const replicas = [0, ...asked].filter((i) => Number.isInteger(i) && i >= 0 && (i === 0 || i < workload.replicas));
  return replicas.some((i) => selects(selector, podLabels(workload, i)));
}

function portsOf(service: Service, port: Backend['port']): readonly ServicePort[] {
  switch (port.kind) {
    case 'every':
      return service.ports;
    case 'number':
      return service.ports.filter((p) => p.port === port.port);
    case 'name':
      return service.ports.filter((p) => p.name === port.name);
    case 'endpoint':
      // Text is the name of the Service's port, a number a port of its pods: every port of the Service may lead there.
      return typeof port.port === 'string' ? service.ports.filter((p) => p.name === port.port) : service.ports;
  }
}

/** Ports of one pod: names are those of its own containers, so they may differ from pod to pod. */
function targets(ports: readonly ServicePort[], asked: Backend['port'], workload: Workload): TransportSet {
  const all = TransportSet.unionAll(
    ports.flatMap(({ protocol, targetPort }) => {
      const port = typeof targetPort === 'number' ? targetPort : workload.ports.find((p) => p.name === targetPort && p.protocol === protocol)?.port;
      return port === undefined ? [] : [TransportSet.of(protocol, [[port, port]])];
    }),
  );
  if (asked.kind !== 'endpoint' || typeof asked.port !== 'number') return all;
  return all.intersect(TransportSet.unionAll((['TCP', 'UDP', 'SCTP'] as const).map((p) => TransportSet.of(p, [[asked.port as number, asked.port as number]]))));
}

function portText(port: Backend['port']): string {
  return port.kind === 'name' ? port.name : port.kind === 'every' ? 'at all' : String(port.port);
}

/** Whether a workload carries all these labels. */
export function carries(workload: Workload, labels: Labels): boolean {
  return Object.entries(labels).every(([key, value]) => labelOf(workload.labels, key) === value);
}
