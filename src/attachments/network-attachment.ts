import { isMap, memberOf } from '../kernel/map.ts';
import { within } from '../kernel/origin.ts';
import { Reader, shown } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { labelOf } from '../model/labels.ts';
import { annotationsOf, groupOf } from '../model/metadata.ts';
import { type NetworkSettings, noSettings, type SecondaryNetwork } from '../model/secondary-network.ts';
import type { RawObject } from '../model/snapshot.ts';

/** Names the extended resource that the devices of a network come from. Source: Network Plumbing Working Group, Multi-Network specification 1.3 §3.2.1. */
const resourceNameAnnotation = 'k8s.v1.cni.cncf.io/resourceName';

/** Source: k8snetworkplumbingwg network-attachment-definition-client, types.go. */
export function isAttachment(object: RawObject): boolean {
  return groupOf(object.apiVersion) === 'k8s.cni.cncf.io' && object.kind === 'NetworkAttachmentDefinition';
}

/** The network of a NetworkAttachmentDefinition. One whose configuration is no JSON, or says what its plugin refuses, is a warning, as the API server takes it. */
export function readAttachment(object: RawObject, diagnostics: Diagnostic[]): SecondaryNetwork {
  const at = new Reader(object.body, object.origin, diagnostics).field('spec').field('config');
  const config = typeof at.value === 'string' && at.value.trim() !== '' ? parsed(at.value, at) : null;
  const resource = labelOf(annotationsOf(object), resourceNameAnnotation) ?? null;
  const plugins = pluginsOf(config);
  return {
    name: `${object.namespace ?? 'default'}/${object.name}`,
    plugin: plugins[0]?.type ?? null,
    settings: { ...settingsOf(plugins, at), resource: resource === '' ? null : resource },
    origin: object.origin,
    settingsAt: at.present ? at.origin : within(object.origin, 'spec'),
  };
}

function parsed(text: string, at: Reader): unknown {
  try {
    return JSON.parse(text);
  } catch {
    at.warning('bad-cni-config', 'config is no JSON; what makes the interface is not known.');
    return null;
  }
}

interface Plugin {
  readonly type: string | null;
  readonly config: unknown;
}

/** A chain has few plugins; what stands behind is not looked at. */
const longestChain = 16;

/** A single configuration has a type; a list has plugins, of which the first makes the interface. Source: containernetworking/cni SPEC.md, section 1. */
function pluginsOf(config: unknown): readonly Plugin[] {
  const plugins = memberOf(config, 'plugins');
  const configs: readonly unknown[] = Array.isArray(plugins) ? plugins.slice(0, longestChain) : isMap(config) ? [config] : [];
  return configs.map((c) => {
    const type = memberOf(c, 'type');
    return { type: typeof type === 'string' && type !== '' ? type : null, config: c };
  });
}

function settingsOf(plugins: readonly Plugin[], at: Reader): NetworkSettings {
  const [first] = plugins;
  if (first === undefined) return noSettings;
  const { config, type } = first;
  const master = memberOf(config, 'master');
  return {
    ...noSettings,
    // `vlan` (the plugin) calls it vlanId.
    vlan: type === 'vlan' ? vlanOf(config, 'vlanId', at) : vlanOf(config, 'vlan', at),
    trust: switchOf(config, 'trust', at),
    spoofCheck: switchOf(config, 'spoofchk', at),
    // ib-kubernetes looks for it in any plugin of the chain.
    pkey: pkeyOf(plugins.find((p) => p.type === 'ib-sriov')?.config ?? config, at),
    rdmaIsolation: memberOf(config, 'rdmaIsolation') === true || plugins.slice(1).some((p) => p.type === 'rdma'),
    master: typeof master === 'string' && master !== '' ? master : null,
    ibKubernetes: memberOf(config, 'ibKubernetesEnabled') === true,
  };
}

function vlanOf(config: unknown, key: string, at: Reader): number | null {
  const value = memberOf(config, key);
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 4094) return value;
  at.warning('bad-cni-config', `${key} of the configuration is ${shown(value)}; expected a number from 0 to 4094, so the plugin refuses it.`);
  return null;
}

function switchOf(config: unknown, key: string, at: Reader): boolean | null {
  const value = memberOf(config, key);
  if (value === undefined || value === null || value === '') return null;
  if (value === 'on' || value === 'off') return value === 'on';
  at.warning('bad-cni-config', `${key} of the configuration is ${shown(value)}; expected "on" or "off", so the plugin refuses it.`);
  return null;
}

/** Hexadecimal text of 16 bits. Source: ib-kubernetes pkg/utils ParsePKey (0x0001 to 0xfffe without the membership bit's own zero). */
function pkeyOf(config: unknown, at: Reader): number | null {
  const value = memberOf(config, 'pkey');
  if (value === undefined || value === null || value === '') return null;
  const [, digits] = typeof value === 'string' ? (/^0x([0-9a-f]{1,4})$/i.exec(value) ?? []) : [];
  if (digits !== undefined) return Number.parseInt(digits, 16);
  at.warning('bad-cni-config', `pkey of the configuration is ${shown(value)}; expected hexadecimal text such as "0x0011".`);
  return null;
}
