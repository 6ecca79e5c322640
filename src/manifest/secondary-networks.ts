import { memberOf } from '../kernel/map.ts';
import { Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { groupOf } from '../model/metadata.ts';
import type { SecondaryNetwork } from '../model/secondary-network.ts';
import type { RawObject } from '../model/snapshot.ts';

/** Source: k8snetworkplumbingwg network-attachment-definition-client, types.go. */
export function isAttachment(object: RawObject): boolean {
  return groupOf(object.apiVersion) === 'k8s.cni.cncf.io' && object.kind === 'NetworkAttachmentDefinition';
}

/** The network of a NetworkAttachmentDefinition. What its configuration says beyond the plugin is not read; one that is no JSON is a warning, as the API server takes it. */
export function readAttachment(object: RawObject, diagnostics: Diagnostic[]): SecondaryNetwork {
  const config = new Reader(object.body, object.origin, diagnostics).field('spec').field('config');
  const text = typeof config.value === 'string' ? config.value : '';
  return { name: `${object.namespace ?? 'default'}/${object.name}`, plugin: text.trim() === '' ? null : pluginOf(text, config), origin: object.origin };
}

/** A single configuration has a type; a list has plugins, of which the first makes the interface. Source: containernetworking/cni SPEC.md, section 1. */
function pluginOf(text: string, at: Reader): string | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    at.warning('bad-cni-config', 'config is no JSON; what makes the interface is not known.');
    return null;
  }
  const plugins = memberOf(parsed, 'plugins');
  const type = Array.isArray(plugins) ? memberOf(plugins[0], 'type') : memberOf(parsed, 'type');
  return typeof type === 'string' ? type : null;
}
