import { isMap, memberOf } from '../kernel/map.ts';
import { type Origin, within } from '../kernel/origin.ts';
import { Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { DevicePool } from '../model/fabric-facts.ts';
import { matchLabels } from '../model/labels.ts';
import { groupOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';

export function isNodePolicy(object: RawObject): boolean {
  return groupOf(object.apiVersion) === 'sriovnetwork.openshift.io' && object.kind === 'SriovNetworkNodePolicy';
}

export function isNicClusterPolicy(object: RawObject): boolean {
  return groupOf(object.apiVersion) === 'mellanox.com' && object.kind === 'NicClusterPolicy';
}

/** Pools of a list that may be long by mistake or malice. */
const mostPools = 256;

/** The pool of virtual functions that a SriovNetworkNodePolicy makes. Source: k8snetworkplumbingwg/sriov-network-operator api/v1 SriovNetworkNodePolicySpec. */
export function readNodePolicy(object: RawObject, diagnostics: Diagnostic[]): readonly DevicePool[] {
  const spec = new Reader(object.body, object.origin, diagnostics).field('spec');
  const resource = spec.field('resourceName').string() ?? '';
  if (resource === '') return [];
  const link = spec.field('linkType').string()?.toLowerCase() ?? 'eth';
  const rdma = spec.field('isRdma').boolean() ?? false;
  const names = spec.field('nicSelector').field('pfNames');
  const labels = spec.field('nodeSelector').textMap();
  return [
    {
      resource,
      sort: 'virtual',
      rdma: rdma || link === 'ib',
      link: link === 'ib' ? 'infiniband' : 'ethernet',
      // `ens1f0#0-3` takes a part of the functions of ens1f0.
      ports: names.each().flatMap((n) => n.string()?.split('#')[0] || []),
      nodes: labels === undefined ? null : matchLabels(labels),
      origin: object.origin,
    },
  ];
}

/** Pools of the device plugins that a NicClusterPolicy configures. Source: Mellanox/network-operator api/v1alpha1 DevicePluginSpec. */
export function readNicClusterPolicy(object: RawObject, diagnostics: Diagnostic[]): readonly DevicePool[] {
  const spec = new Reader(object.body, object.origin, diagnostics).field('spec');
  return ['rdmaSharedDevicePlugin', 'sriovDevicePlugin'].flatMap((plugin) => {
    const config = spec.field(plugin).field('config');
    const text = config.string();
    return text === undefined
      ? []
      : poolsIn(text, config.origin, () => config.warning('bad-device-plugin-config', 'config is no JSON; which devices it hands out is not known.'));
  });
}

/** Whether a NicClusterPolicy asks for ib-kubernetes, which writes partition keys of pods to the subnet manager. */
export function asksForIbKubernetes(object: RawObject): Origin | null {
  return isMap(memberOf(object.body, 'spec', 'ibKubernetes')) ? within(object.origin, 'spec', 'ibKubernetes') : null;
}

/** Pools in ConfigMaps of either device plugin, known by their form. Sources: k8s-rdma-shared-dev-plugin README, sriov-network-device-plugin README. */
export function readPoolConfig(object: RawObject): readonly DevicePool[] {
  if (groupOf(object.apiVersion) !== '' || object.kind !== 'ConfigMap') return [];
  const text = memberOf(object.body, 'data', 'config.json');
  if (typeof text !== 'string' || !/"(?:configList|resourceList)"/.test(text)) return [];
  return poolsIn(text, within(object.origin, 'data', 'config.json'), () => undefined);
}

function poolsIn(text: string, origin: Origin, fault: () => void): readonly DevicePool[] {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    fault();
    return [];
  }
  return [...listOf(config, 'configList').flatMap((c) => sharedPool(c, origin)), ...listOf(config, 'resourceList').flatMap((c) => virtualPool(c, origin))];
}

function sharedPool(config: unknown, origin: Origin): readonly DevicePool[] {
  const name = memberOf(config, 'resourceName');
  if (typeof name !== 'string' || name === '') return [];
  const prefix = memberOf(config, 'resourcePrefix');
  const ports = [...texts(memberOf(config, 'selectors', 'ifNames')), ...texts(memberOf(config, 'devices'))];
  const resource = `${typeof prefix === 'string' && prefix !== '' ? prefix : 'rdma'}/${name}`;
  return [{ resource, sort: 'shared', rdma: true, link: linkOf(memberOf(config, 'selectors', 'linkTypes')), ports, nodes: null, origin }];
}

function virtualPool(config: unknown, origin: Origin): readonly DevicePool[] {
  const name = memberOf(config, 'resourceName');
  if (typeof name !== 'string' || name === '') return [];
  const prefix = memberOf(config, 'resourcePrefix');
  const selectors = listOf(config, 'selectors').concat(isMap(memberOf(config, 'selectors')) ? [memberOf(config, 'selectors')] : []);
  return [
    {
      resource: `${typeof prefix === 'string' && prefix !== '' ? prefix : 'intel.com'}/${name}`,
      sort: 'virtual',
      rdma: selectors.some((s) => memberOf(s, 'isRdma') === true),
      link: linkOf(selectors.flatMap((s) => texts(memberOf(s, 'linkTypes')))),
      ports: selectors.flatMap((s) => texts(memberOf(s, 'pfNames')).map((p) => p.split('#')[0] ?? p)),
      nodes: null,
      origin,
    },
  ];
}

function linkOf(types: unknown): DevicePool['link'] {
  const words = texts(types);
  if (words.length === 0) return null;
  if (words.every((w) => w === 'infiniband')) return 'infiniband';
  return words.every((w) => w === 'ether') ? 'ethernet' : null;
}

function listOf(value: unknown, key: string): readonly unknown[] {
  const list = memberOf(value, key);
  return Array.isArray(list) ? list.slice(0, mostPools) : [];
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.slice(0, mostPools).filter((v): v is string => typeof v === 'string' && v !== '') : [];
}
