/** One line of a label filter: what it finds at the start of a key, as the length of that; undefined where it finds nothing. */
interface Line {
  readonly included: boolean;
  readonly length: (key: string) => number | undefined;
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
  'etcd_node',
];

/** Labels that Cilium leaves out since 1.19 only. */
const excludedSince119 = 'topology.kubernetes.io';

const startsWith = (text: string, isIncluded: boolean): Line => ({ included: isIncluded, length: (key) => (key.startsWith(text) ? text.length : undefined) });

const throughBeta: Line = {
  included: false,
  length: (key) => {
    const at = key.lastIndexOf('beta.kubernetes.io');
    return at < 0 ? undefined : at + 'beta.kubernetes.io'.length;
  },
};

const annotations: Line = { included: false, length: (key) => (key.startsWith('annotation') ? key.length : undefined) };

const linesOf118: readonly Line[] = [
  ...included.map((text) => startsWith(text, true)),
  ...excluded.map((text) => startsWith(text, false)),
  throughBeta,
  annotations,
];

const linesOf119: readonly Line[] = [...linesOf118, startsWith(excludedSince119, false)];

/** The default list of a version of Cilium. Source: cilium 1.18 to 1.20 pkg/labelsfilter/filter.go defaultLabelPrefixCfg. */
function defaultLines(leavesOutTopology: boolean): readonly Line[] {
  return leavesOutTopology ? linesOf119 : linesOf118;
}

/** Without a list of inclusions of the user, what nothing excludes stays. The longest inclusion beats the shortest exclusion. Source: filterLabels there. */
function leavesOut(lines: readonly Line[], onlyListed: boolean, key: string): boolean {
  let kept = 0;
  let dropped = 0;
  for (const line of lines) {
    const length = line.length(key);
    if (length === undefined) continue;
    if (line.included) kept = Math.max(kept, length);
    else if (dropped === 0 || length < dropped) dropped = length;
  }
  return (onlyListed || dropped > 0) && kept <= dropped;
}

/**
 * Whether Cilium leaves a pod label out of identities by default, so that no selector ever sees it. `leavesOutTopology`: as 1.19 and later do with
 * `topology.kubernetes.io` labels, which 1.18 sees.
 */
export function isExcludedLabel(key: string, leavesOutTopology = true): boolean {
  return leavesOut(defaultLines(leavesOutTopology), false, key);
}

/** Whether only 1.19 and later leave this label out. */
export function isExcludedSince119(key: string): boolean {
  return isExcludedLabel(key) && !isExcludedLabel(key, false);
}

/**
 * The filter with the words of the `labels` setting after the defaults: `[source:][!]pattern` each. Null where a word is a pattern that is not understood
 * here (only literal text, `.`, `\.`, `.*`, `^` and `$` are) or may leave out what Cilium itself puts into identities.
 * Source: cilium pkg/labelsfilter/filter.go ParseLabelPrefixCfg, parseLabelPrefix; Documentation/operations/performance/scalability/identity-relevant-labels.rst.
 */
export function labelFilter(words: readonly string[], leavesOutTopology: boolean): ((key: string) => boolean) | null {
  const own: Line[] = [];
  let onlyListed = false;
  for (const word of words) {
    const colon = word.indexOf(':');
    const source = colon < 0 ? '' : word.slice(0, colon);
    const text = word.slice(colon + 1);
    const ignore = text.startsWith('!');
    const pattern = compile(ignore ? text.slice(1) : text);
    if (pattern === null || (ignore && touchesOwn(text.slice(1)))) return null;
    onlyListed ||= !ignore;
    if (source !== '' && source !== 'k8s') continue;
    own.push({ included: !ignore, length: (key) => pattern.exec(key)?.[0].length });
  }
  const lines = [...defaultLines(leavesOutTopology), ...own];
  return (key) => leavesOut(lines, onlyListed, key);
}

const token = /\\\.|\.\*|[A-Za-z0-9_/.-]/y;

/** A pattern in linear time, made anew from what is understood of it. */
function compile(text: string): RegExp | null {
  const body = text.replace(/^\^/, '').replace(/\$$/, '');
  const parts: string[] = [];
  for (token.lastIndex = 0; token.lastIndex < body.length; ) {
    const found = token.exec(body)?.[0];
    if (found === undefined) return null;
    parts.push(found);
  }
  // Two runs of anything in one pattern would be slow on hostile keys, and nobody writes them.
  if (parts.length === 0 || parts.filter((p) => p === '.*').length > 2) return null;
  return new RegExp(`^(?:${parts.join('')})${text.endsWith('$') ? '$' : ''}`);
}

/** Whether an exclusion may find keys that carry namespaces, clusters and service accounts, which selectors rest on. */
function touchesOwn(text: string): boolean {
  return /^\^?(?:\.|io)/.test(text);
}

/**
 * What a label that names jobs does to the identities of Cilium and of what is built on it; nothing for other CNIs. `cni` is the id of a profile, `unseen`
 * whether such labels are left out of identities there. Sources: cilium Documentation/internals/security-identities.rst (2^16 - 1 in a cluster),
 * Documentation/operations/performance/scalability/identity-relevant-labels.rst.
 */
export function identitiesOfJobs(cni: string, key: string, unseen: boolean): string {
  if (!/^(?:aks-cilium|cilium|gke)(?:@|$)/.test(cni)) return '';
  return unseen
    ? `Cilium leaves ${key} out of identities here: rules that select by it select no pod.`
    : `Under Cilium each name of a job is one more security identity, of at most 65,535 in a cluster; where ${key} is left out of identities to save them, rules that select by it select no pod.`;
}
