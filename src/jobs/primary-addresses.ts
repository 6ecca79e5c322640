import { isMap } from '../kernel/map.ts';
import { type Reader, shown } from '../kernel/reader.ts';
import { podNetworksAnnotation } from '../model/primary-network.ts';
import { parseIp } from '../space/ip-set.ts';

/**
 * Addresses that OVN-Kubernetes gave a pod on a primary network of its own; the status shows only those on the default one. None where the pod has no such
 * network, or the annotation cannot be read (a warning). Source: ovn-kubernetes go-controller/pkg/util/pod_annotation.go PodAnnotation.
 */
export function readPrimaryAddresses(annotations: Reader): readonly string[] {
  const at = annotations.field(podNetworksAnnotation);
  if (typeof at.value !== 'string') return [];
  const networks = parsed(at.value);
  if (isMap(networks)) return Object.entries(networks).flatMap(([name, network]) => (name === 'default' ? [] : addressesOf(network)));
  at.warning('bad-annotation', `${podNetworksAnnotation} is ${shown(at.value)}; expected a JSON object, network to addresses.`);
  return [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function addressesOf(network: unknown): readonly string[] {
  if (!isMap(network) || !Object.hasOwn(network, 'role') || network.role !== 'primary') return [];
  const listed = Object.hasOwn(network, 'ip_addresses') ? network.ip_addresses : undefined;
  if (!Array.isArray(listed)) return [];
  return (listed as readonly unknown[]).flatMap((text) => {
    const [ip = ''] = typeof text === 'string' ? text.split('/') : [];
    return parseIp(ip) === undefined ? [] : [ip];
  });
}
