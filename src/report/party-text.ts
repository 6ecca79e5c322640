import { addressTitle } from '../model/metadata-service.ts';
import type { Endpoint, Packet } from '../model/verdict.ts';
import { visible } from './visible.ts';

/** A workload id as people name it: `PyTorchJob/ml/llm/worker` is `ml/llm[PyTorchJob worker]`. Text that is no workload id is kept. */
export function workloadIdText(id: string): string {
  const [kind, namespace, name, ...role] = id.split('/');
  if (kind === undefined || namespace === undefined || name === undefined) return visible(id);
  return visible(`${namespace}/${name}[${[kind, ...role].join(' ')}]`);
}

/** One end of a packet, in words. Replicas count from 0, as StatefulSets do. */
export function endpointText(end: Endpoint): string {
  switch (end.kind) {
    case 'pod':
      return `${workloadIdText(end.workload)} pod ${end.replica}`;
    case 'node':
      return end.node === null ? 'a node' : `node ${visible(end.node)}`;
    case 'address':
      return visible(addressTitle(end.ip));
    case 'name':
      return visible(end.name);
  }
}

/** What a packet is, and through which Service it was dialled. */
export function transportText(packet: Pick<Packet, 'protocol' | 'port' | 'via'>): string {
  return protocolText(packet) + (packet.via === undefined ? '' : ` through Service ${visible(packet.via)}`);
}

/** What a packet is: `TCP 443`, `ICMP type 8`, `another IP protocol`. */
export function protocolText({ protocol, port }: Pick<Packet, 'protocol' | 'port'>): string {
  switch (protocol) {
    case 'ICMP':
      return `ICMP type ${port}`;
    case 'OTHER':
      return 'another IP protocol';
    default:
      return `${protocol} ${port}`;
  }
}
