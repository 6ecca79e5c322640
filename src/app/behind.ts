import type { EndpointPort, Service, ServicePort } from '../model/cluster.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';

/** What stands at an address that is kept by hand behind a Service, and the ports that the Service's own lead to. */
export interface ByHand {
  readonly address: string;
  readonly workload: Workload | null;
  readonly node: string | null;
  readonly ports: readonly EndpointPort[];
}

/**
 * What the endpoints of a Service without a selector are; null where the input does not give them. The address decides, for packets go there; the pod that
 * an endpoint names counts only while no address of that pod is known.
 */
export function behindByHand(snapshot: Snapshot, service: Service): readonly ByHand[] | null {
  if (service.endpoints === null) return null;
  const { pods, unaddressed, nodes } = addressBook(snapshot);
  return service.endpoints.map(({ address, pod, ports }) => {
    const named = pod === null ? undefined : unaddressed.get(`${service.namespace}/${pod}`);
    return { address, workload: pods.get(address) ?? named ?? null, node: nodes.get(address) ?? null, ports };
  });
}

/** Ports of an endpoint that a port of the Service leads to. Source: kubernetes/kubernetes pkg/proxy/serviceport.go: by name and protocol. */
export function behindPort(endpoint: Pick<ByHand, 'ports'>, { name, protocol }: ServicePort): readonly EndpointPort[] {
  return endpoint.ports.filter((p) => p.name === name && p.protocol === protocol);
}

interface AddressBook {
  readonly pods: ReadonlyMap<string, Workload>;
  /** Pods of which no address is known, by namespace and name. */
  readonly unaddressed: ReadonlyMap<string, Workload>;
  readonly nodes: ReadonlyMap<string, string>;
}

const books = new WeakMap<Snapshot, AddressBook>();

function addressBook(snapshot: Snapshot): AddressBook {
  const known = books.get(snapshot);
  if (known !== undefined) return known;
  const live = snapshot.workloads.filter((w) => w.lifecycle !== 'finished' && !w.hostNetwork);
  const made = {
    pods: new Map(live.flatMap((w) => w.ips.map((ip): [string, Workload] => [ip, w]))),
    unaddressed: new Map(live.filter((w) => w.kind === 'Pod' && w.ips.length === 0).map((w) => [`${w.namespace}/${w.name}`, w])),
    nodes: new Map(snapshot.nodes.flatMap((n) => n.addresses.map((ip): [string, string] => [ip, n.name]))),
  };
  books.set(snapshot, made);
  return made;
}
