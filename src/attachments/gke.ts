import { type Origin, within } from '../kernel/origin.ts';
import type { FabricAttachment } from '../model/fabric-attachment.ts';
import { labelOf } from '../model/labels.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';

/** Source: GKE documentation, multi-network support for pods; container-engine-accelerators gpudirect-tcpx, gpudirect-tcpxo, gpudirect-rdma. */
const interfacesAnnotation = 'networking.gke.io/interfaces';

/** A pod has at most some ten. */
const mostInterfaces = 64;

/** Interfaces that GKE adds: GPUDirect-TCPX, -TCPXO and RDMA, and any other network. `default` is the pod network. */
export function gkeAttachments(snapshot: Snapshot, workload: Workload): readonly FabricAttachment[] {
  const text = labelOf(workload.annotations, interfacesAnnotation);
  if (text === undefined) return [];
  const origin = within(workload.origin, 'metadata', 'annotations', interfacesAnnotation);
  const names = namesIn(text);
  if (names === null) return [attachment(snapshot, text.slice(0, 100), origin)];
  return [...new Set(names)].filter((n) => n !== 'default').map((name) => attachment(snapshot, name, origin));
}

function attachment({ fabric }: Snapshot, name: string, origin: Origin): FabricAttachment {
  const network = fabric.gkeNetworks.find((n) => n.name === name);
  const vpc = network?.vpc ?? null;
  return {
    kind: 'gke-network',
    name,
    rules: [
      vpc === null
        ? { traffic: 'all', state: 'unknown', text: 'the firewall of its VPC keeps it apart; to settle which VPC, give its Network and GKENetworkParamSet' }
        : { traffic: 'all', state: 'elsewhere', text: `by the firewall of VPC ${vpc}: no NetworkPolicy is about this interface` },
    ],
    segments: [{ family: 'gke', vpc, network: name }],
    evidence: [{ text: `interface on ${name}`, origin }, ...(network === undefined ? [] : [{ text: `Network ${name}`, origin: network.origin }])],
  };
}

function namesIn(text: string): readonly string[] | null {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(list)) return null;
  return (list as readonly unknown[]).slice(0, mostInterfaces).flatMap((item) => {
    if (typeof item !== 'object' || item === null || !Object.hasOwn(item, 'network')) return [];
    const { network } = item as { readonly network: unknown };
    return typeof network === 'string' && network !== '' ? [network] : [];
  });
}
