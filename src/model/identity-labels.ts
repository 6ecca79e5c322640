/** One line of the default label filter: the start of a key, and whether labels that start so become part of an identity. */
interface Prefix {
  readonly text: string;
  readonly included: boolean;
}

const included: readonly string[] = [
  'io.kubernetes.pod.namespace',
  'io.cilium.k8s.namespace.labels',
  'app.kubernetes.io',
  'io.cilium.k8s.policy.cluster',
  'io.cilium.k8s.policy.serviceaccount',
];

const excluded: readonly string[] = [
  'io.kubernetes',
  'kubernetes.io',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/job-completion-index',
  'batch.kubernetes.io/controller-uid',
  'k8s.io',
  'pod-template-generation',
  'pod-template-hash',
  'controller-revision-hash',
  'controller-uid',
  'annotation',
  'etcd_node',
  'topology.kubernetes.io',
];

const prefixes: readonly Prefix[] = [...included.map((text) => ({ text, included: true })), ...excluded.map((text) => ({ text, included: false }))];

/**
 * Whether Cilium leaves a pod label out of identities by default, so that no selector ever sees it. The longest inclusion beats the shortest exclusion.
 * Source: cilium 1.19 pkg/labelsfilter/filter.go defaultLabelPrefixCfg and filterLabels.
 */
export function isExcludedLabel(key: string): boolean {
  const matching = prefixes.filter((p) => key.startsWith(p.text));
  const ignored = matching.filter((p) => !p.included).map((p) => p.text.length);
  // The filter's one pattern with a wildcard in front: it reaches to the last occurrence.
  const beta = key.lastIndexOf('beta.kubernetes.io');
  if (beta >= 0) ignored.push(beta + 'beta.kubernetes.io'.length);
  if (ignored.length === 0) return false;
  const kept = Math.max(0, ...matching.filter((p) => p.included).map((p) => p.text.length));
  return kept <= Math.min(...ignored);
}
