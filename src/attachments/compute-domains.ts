import { memberOf } from '../kernel/map.ts';
import type { ChannelClaim, ComputeDomain } from '../model/fabric-facts.ts';
import { groupOf, uidOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';

export function isComputeDomain(object: RawObject): boolean {
  return groupOf(object.apiVersion) === 'resource.nvidia.com' && object.kind === 'ComputeDomain';
}

/** Source: NVIDIA/k8s-dra-driver-gpu api/nvidia.com/resource/v1beta1 ComputeDomainSpec: allocationMode is Single when left out. */
export function readComputeDomain(object: RawObject): ComputeDomain {
  const template = memberOf(object.body, 'spec', 'channel', 'resourceClaimTemplate', 'name');
  return {
    namespace: object.namespace ?? 'default',
    name: object.name,
    uid: uidOf(object),
    template: typeof template === 'string' && template !== '' ? template : null,
    allChannels: memberOf(object.body, 'spec', 'channel', 'allocationMode') === 'All',
    origin: object.origin,
  };
}

/** Requests of one claim that are looked at. */
const mostConfigs = 64;

/** A claim for channels of a domain, by the driver's own parameters. Source: NVIDIA/k8s-dra-driver-gpu ComputeDomainChannelConfig. */
export function readChannelClaim(object: RawObject): readonly ChannelClaim[] {
  const from = object.kind;
  if (groupOf(object.apiVersion) !== 'resource.k8s.io' || (from !== 'ResourceClaim' && from !== 'ResourceClaimTemplate')) return [];
  const spec = from === 'ResourceClaim' ? memberOf(object.body, 'spec') : memberOf(object.body, 'spec', 'spec');
  const configs = memberOf(spec, 'devices', 'config');
  return (Array.isArray(configs) ? (configs.slice(0, mostConfigs) as readonly unknown[]) : []).flatMap((config): readonly ChannelClaim[] => {
    const parameters = memberOf(config, 'opaque', 'parameters');
    const domain = memberOf(parameters, 'domainID');
    if (memberOf(config, 'opaque', 'driver') !== 'compute-domain.nvidia.com' || memberOf(parameters, 'kind') !== 'ComputeDomainChannelConfig') return [];
    if (typeof domain !== 'string' || domain === '') return [];
    const allChannels = memberOf(parameters, 'allocationMode') === 'All';
    return [{ from, namespace: object.namespace ?? 'default', name: object.name, domain, allChannels, origin: object.origin }];
  });
}
