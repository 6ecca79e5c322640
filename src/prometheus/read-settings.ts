import { isMap, memberOf } from '../kernel/map.ts';
import { type HubbleMetric, type MetricSettings, unknownSettings } from '../model/alerting.ts';
import type { RawObject } from '../model/snapshot.ts';
import { readHubbleMetric } from './hubble-options.ts';
import type { PlainDocument } from './read-rules.ts';

/** What Helm values of Cilium say. Source: cilium/cilium install/kubernetes/cilium/values.yaml: Hubble is on, its metrics and those of the agent are off. */
export function settingsOfCilium(values: unknown): Pick<MetricSettings, 'hubble' | 'ciliumAgent'> {
  const on = memberOf(values, 'hubble', 'enabled') !== false;
  const metrics = memberOf(values, 'hubble', 'metrics');
  const dynamic = memberOf(metrics, 'dynamic', 'enabled') === true ? memberOf(metrics, 'dynamic', 'config', 'content') : undefined;
  const read = [...listed(memberOf(metrics, 'enabled')).map(readHubbleMetric), ...dynamicMetrics(dynamic)];
  return { hubble: new Map(on ? read.map((metric) => [metric.name, metric]) : []), ciliumAgent: memberOf(values, 'prometheus', 'enabled') === true };
}

/** What values of the VPC CNI (its chart, or the configuration of the add-on) say. Source: aws/amazon-vpc-cni-k8s charts/aws-vpc-cni/values.yaml. */
export function settingsOfEks(values: unknown): Pick<MetricSettings, 'eksEventLogs'> {
  return { eksEventLogs: isTrue(memberOf(values, 'nodeAgent', 'enablePolicyEventLogs')) };
}

/** What manifests and values files of one input say together. */
export function readSettings(objects: readonly RawObject[], documents: readonly PlainDocument[]): MetricSettings {
  let settings: MetricSettings = unknownSettings;
  for (const { value } of documents) {
    if (isMap(memberOf(value, 'hubble'))) settings = { ...settings, ...settingsOfCilium(value) };
    if (isMap(memberOf(value, 'nodeAgent'))) settings = { ...settings, ...settingsOfEks(value) };
    for (const holder of [value, memberOf(value, 'kube-state-metrics')]) {
      const allowed = memberOf(holder, 'metricLabelsAllowlist');
      if (Array.isArray(allowed)) settings = { ...settings, stateLabels: allowlist(listed(allowed).join(',')) };
    }
  }
  for (const object of objects) settings = { ...settings, ...settingsOf(object) };
  return settings;
}

function settingsOf({ kind, name, body }: RawObject): Partial<MetricSettings> {
  if (kind === 'ConfigMap' && name === 'cilium-config') {
    const metrics = memberOf(body, 'data', 'hubble-metrics');
    const address = memberOf(body, 'data', 'prometheus-serve-addr');
    const read = listed(typeof metrics === 'string' ? metrics.split(/\s+/) : []).map(readHubbleMetric);
    return { hubble: new Map(read.map((metric) => [metric.name, metric])), ciliumAgent: typeof address === 'string' && address !== '' };
  }
  if (kind === 'Deployment' || kind === 'StatefulSet' || kind === 'DaemonSet') {
    const containers = memberOf(body, 'spec', 'template', 'spec', 'containers');
    for (const container of Array.isArray(containers) ? containers : []) {
      const image = memberOf(container, 'image');
      const args = [...listed(memberOf(container, 'command')), ...listed(memberOf(container, 'args'))];
      const given = (flag: string): string | undefined => args.find((a) => a.startsWith(`--${flag}=`))?.slice(flag.length + 3);
      if (typeof image === 'string' && image.includes('kube-state-metrics')) return { stateLabels: allowlist(given('metric-labels-allowlist') ?? '') };
      if (memberOf(container, 'name') === 'aws-eks-nodeagent') return { eksEventLogs: isTrue(given('enable-policy-event-logs')) };
    }
  }
  return {};
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** Texts of a list, or of a text as --set takes it: `{drop,dns}`. */
function listed(value: unknown): readonly string[] {
  const texts = Array.isArray(value)
    ? value.filter((one): one is string => typeof one === 'string')
    : typeof value === 'string'
      ? value.replace(/^\{|\}$/g, '').split(/(?<!\\),/)
      : [];
  return texts.map((text) => text.replaceAll('\\,', ',').trim()).filter((text) => text !== '');
}

/** Source: cilium/cilium Documentation/observability/metrics.rst, dynamic exporter configuration: name, contextOptions[{name, values}]. */
function dynamicMetrics(content: unknown): readonly HubbleMetric[] {
  return (Array.isArray(content) ? content : []).flatMap((one: unknown) => {
    const name = memberOf(one, 'name');
    const options = memberOf(one, 'contextOptions');
    if (typeof name !== 'string') return [];
    const texts = (Array.isArray(options) ? options : []).map((option: unknown) => {
      const key = memberOf(option, 'name');
      const between = key === 'labelsContext' ? ',' : '|';
      return `${String(key)}=${listed(memberOf(option, 'values')).join(between)}`;
    });
    return [readHubbleMetric(texts.length === 0 ? name : `${name}:${texts.join(';')}`)];
  });
}

/** `namespaces=[a,b],pods=[*]`. Source: kubernetes/kube-state-metrics docs/developer/cli-arguments.md. */
function allowlist(text: string): ReadonlyMap<string, readonly string[]> {
  return new Map([...text.matchAll(/([a-z.]+)=\[([^\]]*)\]/g)].map(([, resource = '', keys = '']) => [resource, listed(keys)]));
}
