import { load } from 'js-yaml';
import { shown } from '../../kernel/reader.ts';
import { stableJson } from '../../kernel/stable.ts';
import type { RawObject } from '../../model/snapshot.ts';

/** What is switched on in one program of Antrea, as its configuration says: feature gates by name, `AllAlpha` and `AllBeta` among them. */
export type Gates = ReadonlyMap<string, boolean>;

/** What keeps the gates, or what they mean, from being known, and how to mend it. */
export interface Gap {
  readonly gap: string;
  readonly mend: string;
}

/** The feature gates of both programs, and the ConfigMap that they are from. */
interface AntreaGates {
  readonly controller: Gates;
  readonly agent: Gates;
  readonly from: string;
}

/**
 * The feature gates that the manifests give, in whatever namespace Antrea is; null where there is no such ConfigMap.
 * Source: antrea build/charts/antrea/templates/configmap.yaml, pkg/config/controller/config.go FeatureGates.
 */
export function antreaGates(objects: readonly RawObject[]): AntreaGates | Gap | null {
  const maps = objects.filter((o) => o.apiVersion === 'v1' && o.kind === 'ConfigMap' && o.name === 'antrea-config');
  const last = maps.at(-1);
  if (last === undefined) return null;
  const differ = new Set(maps.map((o) => stableJson(fieldOf(o.body, 'data') ?? {}))).size > 1;
  const namespaces = maps.map((o) => shown(o.namespace ?? 'default')).join(' and ');
  if (differ)
    return { gap: `what Antrea enforces: the ConfigMaps antrea-config of ${namespaces} differ`, mend: 'leave the one of the namespace that Antrea is in' };
  const data = fieldOf(last.body, 'data');
  const controller = gatesIn(data, 'antrea-controller.conf');
  const agent = gatesIn(data, 'antrea-agent.conf');
  if (typeof controller === 'string') return { gap: `what Antrea enforces: ${controller}`, mend };
  if (typeof agent === 'string') return { gap: `what Antrea enforces: ${agent}`, mend };
  return { controller, agent, from: `ConfigMap ${last.namespace ?? 'default'}/antrea-config` };
}

const mend = 'give the ConfigMap antrea-config as the cluster has it';

/** Whether a gate is on: what is said of it counts before what is said of all of its stage, and that before the default. Source: k8s.io/component-base featuregate setUnsetAlphaGates. */
export function gate(gates: Gates, name: string, stage: 'AllAlpha' | 'AllBeta' | null, byDefault: boolean): boolean {
  return gates.get(name) ?? (stage === null ? undefined : gates.get(stage)) ?? byDefault;
}

/** A ConfigMap holds at most a megabyte; no configuration comes near this. Source: kubernetes/api core/v1 ConfigMap. */
const longest = 256 * 1024;

/** The gates of one file of the ConfigMap, or what is wrong with it. */
function gatesIn(data: unknown, file: string): Gates | string {
  const text = fieldOf(data, file);
  if (typeof text !== 'string' || text.length > longest) return `${file} of ConfigMap antrea-config is not there`;
  const config = yamlOf(text);
  const gates = config === null ? {} : (fieldOf(config, 'featureGates') ?? {});
  if (config === undefined || typeof gates !== 'object' || Array.isArray(gates)) return `${file} of ConfigMap antrea-config cannot be read`;
  const wrong = Object.entries(gates).find(([, value]) => typeof value !== 'boolean');
  if (wrong !== undefined) return `feature gate ${shown(wrong[0])} in ${file} of ConfigMap antrea-config is neither true nor false`;
  return new Map(Object.entries(gates));
}

/** A mapping, null for an empty text, undefined where it is neither. */
function yamlOf(text: string): object | null | undefined {
  const limits: object = { maxDepth: 100, maxTotalMergeKeys: 1_000 };
  try {
    const value = load(text, limits) ?? null;
    return typeof value === 'object' && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}
