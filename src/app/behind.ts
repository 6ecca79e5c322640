import type { EndpointPort, Service, ServiceEndpoint, ServicePort } from '../model/cluster.ts';
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
  return service.endpoints?.map((e) => ({ address: e.address, workload: podAt(snapshot, service, e), node: nodeAt(snapshot, e), ports: e.ports })) ?? null;
}

/** Ports of an endpoint that a port of the Service leads to. Source: kubernetes/kubernetes pkg/proxy/serviceport.go: by name and protocol. */
export function behindPort(endpoint: Pick<ByHand, 'ports'>, { name, protocol }: ServicePort): readonly EndpointPort[] {
  return endpoint.ports.filter((p) => p.name === name && p.protocol === protocol);
}

function podAt(snapshot: Snapshot, service: Service, { address, pod }: ServiceEndpoint): Workload | null {
  const live = snapshot.workloads.filter((w) => w.lifecycle !== 'finished' && !w.hostNetwork);
  const at = live.find((w) => w.ips.includes(address));
  if (at !== undefined || pod === null) return at ?? null;
  return live.find((w) => w.kind === 'Pod' && w.namespace === service.namespace && w.name === pod && w.ips.length === 0) ?? null;
}

function nodeAt({ nodes }: Snapshot, { address }: ServiceEndpoint): string | null {
  return nodes.find((n) => n.addresses.includes(address))?.name ?? null;
}
