import { kept } from '../kernel/memo.ts';
import { compareText, stableJson } from '../kernel/stable.ts';
import { type Labels, labelOf } from '../model/labels.ts';
import type { Owner } from '../model/metadata.ts';
import type { PerPodLabel, PodFacts, Workload } from '../model/workload.ts';
import { texts } from './container.ts';

/**
 * Labels that number the pods of one owner. Sources: kubernetes.io well-known labels; kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/common_types.go;
 * jobset api/jobset/v1alpha2; lws api/leaderworkerset/v1; volcano.sh/apis batch/v1alpha1 (task-index).
 */
const indexLabels: readonly string[] = [
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/job-completion-index',
  'jobset.sigs.k8s.io/job-global-index',
  'jobset.sigs.k8s.io/job-index',
  'leaderworkerset.sigs.k8s.io/worker-index',
  'ray.io/worker-group-replica-index',
  'statefulset.kubernetes.io/pod-name',
  'training.kubeflow.org/replica-index',
  'volcano.sh/task-index',
];

/** Labels that name the sort of pod, as each operator's own templates do; of several that a pod has, the first. */
const roleLabels: readonly string[] = [
  'training.kubeflow.org/replica-type',
  'training.kubeflow.org/job-role',
  'jobset.sigs.k8s.io/replicatedjob-name',
  'ray.io/group',
  'ray.io/node-type',
  'volcano.sh/task-spec',
];

/** One template of an owner, with those of its pods that are made from it. */
export interface TemplateOfPods {
  readonly template: Workload;
  readonly instances: ReadonlySet<Workload>;
}

/**
 * The pods of one owner as workloads of it: alike pods are one, with their addresses; numbered ones that follow each other too. `templates` are what the
 * owner's object says, when it was read: its instances are shown at its place, and scheduling constraints that differ between them are taken from there.
 */
export function groupPods(owner: Pick<Owner, 'kind' | 'name'>, pods: readonly Workload[], templates: readonly TemplateOfPods[]): Workload[] {
  const alike = new Map<string, Workload[]>();
  for (const pod of pods) {
    const key = likeness(pod);
    const group = alike.get(key);
    if (group === undefined) alike.set(key, [pod]);
    else group.push(pod);
  }
  const groups = [...alike.values()].flatMap((group) => runs(group)).sort((a, b) => compareText(a.pods[0].name, b.pods[0].name));
  const roles = rolesOf(groups);
  return groups.map((run, i) => merged(owner, run, roles[i] ?? null, templates));
}

interface Run {
  readonly pods: readonly [Workload, ...Workload[]];
  readonly perPodLabels: readonly PerPodLabel[];
}

/** What `security` says of facts that many pods share. */
const securityTexts = new WeakMap<PodFacts, string>();

/** Everything that verdicts and checks look at, but for names, addresses, nodes and numbers. */
function likeness(pod: Workload): string {
  const { labels, hostNetwork, serviceAccount, lifecycle, ports, interfaces } = pod;
  // The readers make their fields in one order; only maps with the author's keys need sorting.
  const own = [inOrder(withoutIndex(labels)), hostNetwork, serviceAccount, lifecycle, ports, interfaces.map((i) => i.network)];
  return `${JSON.stringify(own)}${securityText(pod.pod)}`;
}

function securityText(facts: PodFacts): string {
  const known = securityTexts.get(facts);
  if (known !== undefined) return known;
  const text = JSON.stringify(security(facts));
  securityTexts.set(facts, text);
  return text;
}

function inOrder(map: Labels): readonly (readonly [string, string])[] {
  return Object.entries(map).sort(([a], [b]) => compareText(a, b));
}

function security(facts: PodFacts): unknown {
  const containers = facts.containers.map(({ path: _path, env: _env, args: _args, command: _command, requests, limits, ...rest }) => {
    return [rest, inOrder(requests), inOrder(limits)];
  });
  const { hostPaths, volumeTypes, csiDrivers, hostPID, hostIPC, confinement, runAsUser, runAsNonRoot, seccompProfile, sysctls, dnsPolicy, dnsConfig } = facts;
  return [
    containers,
    hostPaths,
    volumeTypes,
    csiDrivers,
    hostPID,
    hostIPC,
    confinement,
    runAsUser,
    runAsNonRoot,
    seccompProfile,
    inOrder(sysctls),
    dnsPolicy,
    dnsConfig,
  ];
}

function withoutIndex(labels: Labels): Labels {
  return indexLabels.some((key) => Object.hasOwn(labels, key)) ? texts(Object.entries(labels).filter(([key]) => !indexLabels.includes(key))) : labels;
}

/** Splits alike pods so that, in each part, every number label counts up by one from pod to pod; pods without number labels stay together. */
function runs(pods: readonly Workload[]): readonly Run[] {
  const keys = indexLabels.filter((key) => pods.some((p) => labelOf(p.labels, key) !== undefined));
  const numbered = pods.map((pod) => ({ pod, labels: keys.map((key) => perPod(key, labelOf(pod.labels, key))) }));
  numbered.sort((a, b) => compareNumbers(a.labels, b.labels) || compareText(a.pod.name, b.pod.name));
  const out: { pods: [Workload, ...Workload[]]; perPodLabels: readonly PerPodLabel[] }[] = [];
  let before: readonly (PerPodLabel | null)[] = [];
  for (const { pod, labels } of numbered) {
    const last = out.at(-1);
    if (last !== undefined && labels.every((l, i) => follows(before[i] ?? null, l))) last.pods.push(pod);
    else out.push({ pods: [pod], perPodLabels: labels.filter((l) => l !== null) });
    before = labels;
  }
  return out;
}

function perPod(key: string, value: string | undefined): PerPodLabel | null {
  const number = value === undefined ? null : /(?:^|-)(0|[1-9]\d{0,8})$/.exec(value);
  if (value === undefined || number === null) return null;
  const digits = number[1] ?? '';
  return { key, prefix: value.slice(0, value.length - digits.length), start: Number(digits) };
}

function follows(before: PerPodLabel | null, next: PerPodLabel | null): boolean {
  return before !== null && next !== null && before.prefix === next.prefix && before.start + 1 === next.start;
}

function compareNumbers(a: readonly (PerPodLabel | null)[], b: readonly (PerPodLabel | null)[]): number {
  for (const [i, x] of a.entries()) {
    const difference = (x?.start ?? -1) - (b[i]?.start ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Longest role in UTF-16 code units; groups that differ only beyond it get a number. */
const longestRole = 100;

/**
 * What tells the groups of one owner apart, in words: the operator's role, else the labels that differ, and the state of pods that do not run. Linear in
 * the labels of all groups: words are taken only until the role is long enough.
 */
function rolesOf(groups: readonly Run[]): readonly (string | null)[] {
  const byRole = new Map<string | undefined, Workload[]>();
  for (const { pods } of groups) kept(byRole, roleOf(pods[0]), () => []).push(pods[0]);
  const differing = new Map([...byRole].map(([role, peers]) => [role, differingKeys(peers)]));
  return groups.map(({ pods: [pod] }) => {
    const role = roleOf(pod);
    const told: string[] = [];
    let length = 0;
    for (const key of differing.get(role) ?? []) {
      if (length > longestRole) break;
      const value = labelOf(pod.labels, key) ?? `without ${key.slice(key.lastIndexOf('/') + 1)}`;
      told.push(value);
      length += value.length + 1;
    }
    const state = groups.length === 1 || pod.lifecycle === 'running' ? [] : [pod.lifecycle];
    const words = [...(role === undefined ? [] : [role]), ...told, ...state].map((w) => w.toLowerCase().replace(/[^a-z0-9.]+/g, '-'));
    return words.length === 0 ? null : words.join('-').slice(0, longestRole);
  });
}

/** Keys of ordinary labels that some pod has and not all have alike, in order. */
function differingKeys(pods: readonly Workload[]): readonly string[] {
  const seen = new Map<string, { readonly value: string; count: number; same: boolean }>();
  for (const pod of pods) {
    const roleLabel = roleLabelOf(pod);
    for (const [key, value] of Object.entries(pod.labels)) {
      if (key === roleLabel || indexLabels.includes(key)) continue;
      const known = kept(seen, key, () => ({ value, count: 0, same: true }));
      known.count++;
      known.same &&= known.value === value;
    }
  }
  return [...seen]
    .filter(([, { count, same }]) => !same || count < pods.length)
    .map(([key]) => key)
    .sort(compareText);
}

function roleOf(pod: Workload): string | undefined {
  // KubeRay's heads are a group too, by a name that nobody gave it.
  if (labelOf(pod.labels, 'ray.io/node-type') === 'head') return 'head';
  const key = roleLabelOf(pod);
  return key === undefined ? undefined : labelOf(pod.labels, key);
}

function roleLabelOf({ labels }: Workload): string | undefined {
  return roleLabels.find((key) => Object.hasOwn(labels, key));
}

function merged(owner: Pick<Owner, 'kind' | 'name'>, run: Run, role: string | null, templates: readonly TemplateOfPods[]): Workload {
  // Each pod has its own hostname: those of all are known where their template is.
  const [{ hosts: _, ...first }] = run.pods;
  const varying = new Set(run.perPodLabels.map((l) => l.key));
  const template = templates.find((t) => run.pods.every((p) => t.instances.has(p)))?.template;
  return {
    ...first,
    id: `${owner.kind}/${first.namespace}/${owner.name}${role === null ? '' : `/${role}`}`,
    kind: owner.kind,
    name: owner.name,
    role,
    labels: texts(Object.entries(first.labels).filter(([key]) => !varying.has(key))),
    perPodLabels: run.perPodLabels,
    annotations: shared(run.pods.map((p) => p.annotations)),
    replicas: run.pods.length,
    node: run.pods.every((p) => p.node === first.node) ? first.node : null,
    ips: run.pods.flatMap((p) => p.ips),
    ...(template?.hosts === undefined ? {} : { hosts: template.hosts }),
    pod: sharedFacts(run.pods, template),
    origin: template?.origin ?? first.origin,
  };
}

/** The members that all maps have. */
function shared(maps: readonly Labels[]): Labels {
  const [first, ...others] = maps;
  return texts(Object.entries(first ?? {}).filter(([key, value]) => others.every((m) => labelOf(m, key) === value)));
}

/** The first pod's facts; where pods differ in what ties them to nodes, only what holds for all of them, and of what lets them on nodes all that any has. */
function sharedFacts(pods: Run['pods'], template: Workload | undefined): PodFacts {
  const facts = pods.map((p) => p.pod);
  const first = pods[0].pod;
  if (facts.every((f) => f === first)) return first;
  const affinities = new Set(facts.map((f) => (f.nodeAffinity.length === 0 ? '' : stableJson(f.nodeAffinity))));
  return {
    ...first,
    nodeSelector: shared(facts.map((f) => f.nodeSelector)),
    tolerations: distinct(facts.flatMap((f) => f.tolerations)),
    nodeAffinity: affinities.size === 1 ? first.nodeAffinity : (template?.pod.nodeAffinity ?? []),
  };
}

function distinct(tolerations: PodFacts['tolerations']): PodFacts['tolerations'] {
  return [...new Map(tolerations.map((t) => [stableJson(t), t])).values()];
}
