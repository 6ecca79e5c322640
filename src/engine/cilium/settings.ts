import type { Origin } from '../../kernel/origin.ts';
import { shown } from '../../kernel/reader.ts';
import { stableJson } from '../../kernel/stable.ts';
import { labelFilter } from '../../model/identity-labels.ts';
import type { RawObject, Snapshot } from '../../model/snapshot.ts';

/** What the ConfigMap of Cilium says about policy. `unreadable`: settings that matter and whose value means nothing known, with how to mend each. */
export interface CiliumSettings {
  readonly origin: Origin;
  /** The object that says so: `ConfigMap kube-system/cilium-config`. */
  readonly from: string;
  readonly enforcement: 'default' | 'always' | 'never';
  readonly cidrMatchesNodes: boolean;
  readonly cidrMatchesPods: boolean;
  readonly hostFirewall: boolean;
  readonly clusterNetworkPolicy: boolean;
  readonly nodeSelectors: boolean;
  readonly icmpRules: boolean;
  /** Whether the proxy is there that rules on DNS and on layer 7 need. */
  readonly l7Proxy: boolean;
  /** Whether rules may ask for mutual authentication; null where the default of the version holds. */
  readonly authentication: boolean | null;
  /** Kinds of policies that are switched off. */
  readonly ignoredKinds: readonly string[];
  readonly allowLocalhost: boolean;
  /** The number of the cluster in a mesh; "0" where it is in none. */
  readonly clusterId: string;
  /** Whether selectors without a cluster match the local one only; null where the default of the version holds. */
  readonly localClusterOnly: boolean | null;
  /** Whether a policy may say that it does not isolate. */
  readonly nonDefaultDeny: boolean;
  /** Whether Cilium stands in for kube-proxy, and so turns addresses of Services into pods in every version. */
  readonly kubeProxyReplacement: boolean;
  /** Whether sockets of pods are balanced too where Cilium stands in for kube-proxy. */
  readonly socketLb: boolean;
  /** Words of the setting that adds to the list of labels that make identities; empty where only the defaults count. */
  readonly labels: readonly string[];
  readonly unreadable: readonly string[];
  /** What keeps the settings from being known at all, with how to mend it: ConfigMaps that differ, nodes with settings of their own. */
  readonly unsettled: readonly string[];
}

/**
 * The settings of the `cilium-config` ConfigMap, in whatever namespace Cilium is; null where neither it nor a CiliumNodeConfig that changes what policies
 * mean is among the manifests. A key that is not there has the agent's default.
 * Source: cilium 1.18 to 1.20 pkg/option/config.go, pkg/defaults/defaults.go, install/kubernetes/cilium/templates/cilium-configmap.yaml.
 */
export function ciliumSettings(snapshot: Pick<Snapshot, 'objects'>): CiliumSettings | null {
  const maps = snapshot.objects.filter((o) => o.apiVersion === 'v1' && o.kind === 'ConfigMap' && o.name === 'cilium-config');
  const data = maps.map((o) => field(o.body, 'data'));
  const values = new Values(data.at(-1));
  const read = readValues(values);
  const differ = new Set(data.map((d) => stableJson(d ?? {}))).size > 1;
  const several = `the ConfigMaps cilium-config of ${maps.map((o) => shown(o.namespace ?? 'default')).join(' and ')} differ: leave the one of the namespace that Cilium is in`;
  const overriding = snapshot.objects.filter((o) => o.kind === 'CiliumNodeConfig' && o.apiVersion.startsWith('cilium.io/') && overrides(o, values).length > 0);
  const from = maps.at(-1) ?? overriding[0];
  if (from === undefined) return null;
  return {
    ...read,
    origin: from.origin,
    from: `${from.kind} ${from.namespace ?? 'default'}/${from.name}`,
    unsettled: [
      ...(differ ? [several] : []),
      ...overriding.map(
        (o) =>
          `CiliumNodeConfig ${shown(`${o.namespace ?? 'default'}/${o.name}`)} sets ${overrides(o, values).join(', ')} for some nodes: set it for the whole cluster in cilium-config, and remove it there`,
      ),
    ],
  };
}

/** Keys that matter and that a CiliumNodeConfig gives nodes another value of. Source: cilium pkg/k8s/apis/cilium.io/v2/cnc_types.go. */
function overrides(config: RawObject, values: Values): readonly string[] {
  const defaults = field(field(config.body, 'spec'), 'defaults');
  return [...values.asked].filter((key) => field(defaults, key) !== undefined && field(defaults, key) !== values.raw(key)).sort();
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

function readValues(values: Values): Omit<CiliumSettings, 'origin' | 'from' | 'unsettled'> {
  const off = (key: string, kind: string): readonly string[] => (values.flag(key, true) ? [] : [kind]);
  const modes = values.words('policy-cidr-match-mode', ['nodes', 'pods']);
  const enforcement = values.oneOf('enable-policy', ['default', 'always', 'never'], 'default');
  values.unknownUnlessEmpty('label-prefix-file', 'a list of labels in a file of the agent is not among the manifests');
  const labels = values.anyWords('labels');
  if (labelFilter(labels, true) === null) values.unknownUnlessEmpty('labels', 'only literal text, ".", "\\.", ".*", "^" and "$" are understood');
  const authentication = values.flag('mesh-auth-enabled', false);
  const localClusterOnly = values.flag('policy-default-local-cluster', true);
  return {
    // In audit mode everything passes, and what would have been denied is noted.
    enforcement: values.flag('policy-audit-mode', false) ? 'never' : enforcement,
    cidrMatchesNodes: modes.includes('nodes'),
    cidrMatchesPods: modes.includes('pods'),
    hostFirewall: values.flag('enable-host-firewall', false),
    clusterNetworkPolicy: values.flag('enable-k8s-cluster-network-policy', false),
    nodeSelectors: values.flag('enable-node-selector-labels', false),
    icmpRules: values.flag('enable-icmp-rules', true),
    authentication: values.has('mesh-auth-enabled') ? authentication : null,
    l7Proxy: values.flag('enable-l7-proxy', true),
    ignoredKinds: [
      ...off('enable-k8s-networkpolicy', 'NetworkPolicy'),
      ...off('enable-cilium-network-policy', 'CiliumNetworkPolicy'),
      ...off('enable-cilium-clusterwide-network-policy', 'CiliumClusterwideNetworkPolicy'),
    ],
    allowLocalhost: values.oneOf('allow-localhost', ['auto', 'always', 'policy'], 'auto') !== 'policy',
    clusterId: values.number('cluster-id', 511),
    localClusterOnly: values.has('policy-default-local-cluster') ? localClusterOnly : null,
    nonDefaultDeny: values.flag('enable-non-default-deny-policies', true),
    kubeProxyReplacement: values.flag('kube-proxy-replacement', false),
    socketLb: !values.flag('bpf-lb-sock-hostns-only', false),
    labels: labelFilter(labels, true) === null ? [] : labels,
    unreadable: values.unreadable,
  };
}

/** The data of a ConfigMap, read as the agent reads flags. */
class Values {
  readonly unreadable: string[] = [];
  /** Every key that was looked for. */
  readonly asked = new Set<string>();
  readonly #data: Readonly<Record<string, unknown>>;

  constructor(data: unknown) {
    this.#data = typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Readonly<Record<string, unknown>>) : {};
  }

  /** Source: Go strconv.ParseBool, by which viper reads flags. */
  flag(key: string, otherwise: boolean): boolean {
    const text = this.#text(key);
    if (text === '') return otherwise;
    if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
    if (!['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) this.#note(key, text, 'expected true or false');
    return false;
  }

  has(key: string): boolean {
    return this.#text(key) !== '';
  }

  /** A whole number up to `most`, as text without leading zeros. */
  number(key: string, most: number): string {
    const text = this.#text(key) || '0';
    const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : most + 1;
    if (value > most) this.#note(key, text, `expected a whole number up to ${most}`);
    return String(value);
  }

  oneOf<T extends string>(key: string, known: readonly T[], otherwise: T): T {
    const text = this.#text(key).toLowerCase();
    const found = known.find((k) => k === text);
    if (text !== '' && found === undefined) this.#note(key, text, `expected ${known.join(', ')}`);
    return found ?? otherwise;
  }

  words(key: string, known: readonly string[]): readonly string[] {
    const words = this.anyWords(key)
      .flatMap((word) => word.split(','))
      .filter((word) => word !== '');
    for (const word of words) if (!known.includes(word)) this.#note(key, word, `expected ${known.join(', ')}`);
    return words;
  }

  anyWords(key: string): readonly string[] {
    return this.#text(key)
      .split(/\s/)
      .filter((word) => word !== '');
  }

  unknownUnlessEmpty(key: string, why: string): void {
    const text = this.#text(key);
    if (text !== '') this.#note(key, text, why);
  }

  raw(key: string): unknown {
    return field(this.#data, key);
  }

  #text(key: string): string {
    this.asked.add(key);
    const value = Object.hasOwn(this.#data, key) ? this.#data[key] : '';
    if (typeof value === 'string') return value.trim();
    this.#note(key, String(value), 'expected text');
    return '';
  }

  #note(key: string, text: string, why: string): void {
    this.unreadable.push(`${key} of Cilium is ${shown(text)}: ${why}`);
  }
}
