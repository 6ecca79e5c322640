import { plainMap } from '../kernel/plain-map.ts';
import type { Reader } from '../kernel/reader.ts';
import { readCidr } from '../model/cidr-syntax.ts';
import type { ClusterNode, Taint } from '../model/cluster.ts';
import { labelsOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';
import { parseIp } from '../space/ip-set.ts';

/** A Node. Addresses are those of status that are IP addresses; host names are left out. Source: kubernetes/api core/v1 NodeSpec, NodeStatus. */
export function readNode(object: RawObject, at: Reader): ClusterNode {
  const spec = at.field('spec');
  spec.expect('an object');
  const listed = spec.field('podCIDRs').each();
  const cidrs = listed.length > 0 ? listed : [spec.field('podCIDR')];
  const addresses = at
    .field('status')
    .field('addresses')
    .each()
    .flatMap((a) => a.field('address').string() ?? []);
  return {
    name: object.name,
    labels: labelsOf(object),
    taints: spec.field('taints').each().map(readTaint),
    addresses: [...new Set(addresses.filter((a) => parseIp(a) !== undefined))],
    podCidrs: cidrs.filter((c) => c.value !== '').flatMap((c) => readCidr(c)?.text ?? []),
    ...(spec.field('unschedulable').boolean() === true ? { unschedulable: true } : {}),
    ...allocatableOf(at),
    ...providerOf(spec),
    origin: object.origin,
  };
}

function providerOf(spec: Reader): Pick<ClusterNode, 'providerId'> {
  const id = spec.field('providerID').string() ?? '';
  return id === '' ? {} : { providerId: id };
}

function allocatableOf(at: Reader): Pick<ClusterNode, 'allocatable'> {
  const said = at.field('status').field('allocatable');
  if (said.kind !== 'an object') return {};
  const allocatable = plainMap<string>();
  for (const key of said.keys()) {
    const { value } = said.field(key);
    if (typeof value === 'string' || typeof value === 'number') allocatable[key] = String(value);
  }
  return { allocatable };
}

function readTaint(at: Reader): Taint {
  at.required('key');
  at.required('effect');
  return { key: at.field('key').string() ?? '', value: at.field('value').string() ?? '', effect: at.field('effect').string() ?? '' };
}
