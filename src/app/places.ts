import { addressAtoms, blocksOf } from '../engine/blocks.ts';
import { believableAddress } from '../engine/witness.ts';
import { type Diagnostic, failed, ok, type Result } from '../kernel/result.ts';
import { nearest } from '../kernel/spelling.ts';
import type { Service, ServicePort } from '../model/cluster.ts';
import { selects } from '../model/labels.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Endpoint } from '../model/verdict.ts';
import { type Workload, workloadTitle } from '../model/workload.ts';
import { ipIntersect, ipIsEmpty, parseCidr, parseIp } from '../space/ip-set.ts';
import type { Protocol } from '../space/transport-set.ts';

/** Something that a word on the command line stands for. Backends of a Service carry it, so that its ports can be translated. */
export interface Place {
  readonly endpoint: Endpoint;
  readonly title: string;
  readonly workload: Workload | null;
  readonly service: Service | null;
}

/** A DNS name by RFC 1123, at least two labels. */
const hostName = /^(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/i;

/**
 * What a word stands for: `namespace/name` (workloads, and the Service of that name on the destination side), `Kind/namespace/name`, `node/NAME`,
 * an address (of a pod, a Service, a node, or outside), a CIDR (one place for each part that rules tell apart), or a host name.
 */
export function placesOf(snapshot: Snapshot, word: string, side: 'from' | 'to'): Result<readonly Place[]> {
  if (parseIp(word) !== undefined) return ok(ofAddress(snapshot, word, side));
  if (parseCidr(word) !== undefined) return ok(ofCidr(snapshot, word));
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
  const workloads = snapshot.workloads.filter((w) => w.namespace === namespace && w.name === name && (kind === null || w.kind === kind));
  const services = side === 'to' ? snapshot.services.filter((s) => s.namespace === namespace && s.name === name && (kind === null || kind === 'Service')) : [];
  const places = [...workloads.map((w) => podPlace(w)), ...services.flatMap((s) => backends(snapshot, s))];
  return places.length > 0 ? ok(places) : failed([services.length > 0 ? noBackend(word) : unknown(snapshot, word, side)]);
}

function podPlace(workload: Workload, service: Service | null = null): Place {
  const through = service === null ? '' : ` through Service ${service.namespace}/${service.name}`;
  return { endpoint: { kind: 'pod', workload: workload.id, replica: 0 }, title: `${workloadTitle(workload)}${through}`, workload, service };
}

function nodePlace(name: string): Place {
  return { endpoint: { kind: 'node', node: name }, title: `node ${name}`, workload: null, service: null };
}

function ofAddress(snapshot: Snapshot, ip: string, side: 'from' | 'to'): Place[] {
  const pods = snapshot.workloads.filter((w) => w.ips.includes(ip) && w.lifecycle !== 'finished' && !w.hostNetwork);
  if (pods.length > 0) return pods.map((w) => podPlace(w));
  const service = side === 'to' ? snapshot.services.find((s) => s.clusterIps.includes(ip)) : undefined;
  if (service !== undefined) return backends(snapshot, service);
  const node = snapshot.nodes.find((n) => n.addresses.includes(ip));
  if (node !== undefined) return [nodePlace(node.name)];
  return [{ endpoint: { kind: 'address', ip }, title: ip, workload: null, service: null }];
}

function ofCidr(snapshot: Snapshot, text: string): Place[] {
  const { set } = parseCidr(text) as NonNullable<ReturnType<typeof parseCidr>>;
  return addressAtoms(blocksOf(snapshot.policies)).flatMap((atom) => {
    const part = ipIntersect(atom.addresses, set);
    if (ipIsEmpty(part)) return [];
    const ip = believableAddress(part);
    return [{ endpoint: { kind: 'address', ip } as const, title: `${ip} (of ${text})`, workload: null, service: null }];
  });
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
  if (selector === null) return [];
  return snapshot.workloads
    .filter((w) => w.namespace === service.namespace && w.lifecycle !== 'finished' && selects(selector, w.labels))
    .map((w) => podPlace(w, service));
}

/** The packets that reach a place when `asked` is dialled (null: what it declares). A Service's port becomes the backend's target port. */
export function portsOfPlace(
  place: Place,
  asked: { readonly protocol: Protocol; readonly port: number } | null,
): { readonly protocol: Protocol; readonly port: number; readonly note: string | null }[] {
  if (place.service !== null) {
    const ports = place.service.ports.filter((p) => asked === null || (p.protocol === asked.protocol && p.port === asked.port));
    return ports.flatMap((p) => {
      const target = targetPort(p, place.workload);
      return target === undefined
        ? []
        : [
            {
              protocol: p.protocol,
              port: target,
              note: target === p.port ? null : `Service port ${p.port} leads to port ${target} of the pod; policies see ${target}`,
            },
          ];
    });
  }
  if (asked !== null) return [{ ...asked, note: null }];
  return (place.workload?.ports ?? []).map((p) => ({ protocol: p.protocol, port: p.port, note: p.name === null ? null : `port ${p.name}` }));
}

function targetPort(port: ServicePort, workload: Workload | null): number | undefined {
  if (typeof port.targetPort === 'number') return port.targetPort;
  return workload?.ports.find((p) => p.name === port.targetPort && p.protocol === port.protocol)?.port;
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
    hint: 'give the manifests of its pods, or name an address',
    origin: null,
  };
}
