import { isMap, memberOf } from '../kernel/map.ts';
import { kept } from '../kernel/memo.ts';
import { type Origin, within } from '../kernel/origin.ts';
import { Reader } from '../kernel/reader.ts';
import { type Labels, labelOf } from '../model/labels.ts';
import type { NodeTerm } from '../model/node-term.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Toleration, Workload } from '../model/workload.ts';

/** A toleration with whoever gave it to the pod: null for the author of its template. */
export interface GivenToleration {
  readonly toleration: Toleration;
  readonly by: string | null;
  readonly origin: Origin | null;
}

/** What admission may or may not do to a pod, and why nobody can see whether it does. */
export interface Perhaps {
  readonly why: string;
  readonly tolerations: readonly GivenToleration[];
  /** Labels that it adds to what the pod asks of its node; null: any. */
  readonly selector: Labels | null;
  /** Whether it adds tolerations that are not known. */
  readonly anyToleration: boolean;
}

/** A pod as it comes before the scheduler: its template, and what admission and controllers put on it. */
export interface Arrival {
  readonly selector: Labels;
  readonly terms: readonly NodeTerm[];
  readonly tolerations: readonly GivenToleration[];
  readonly perhaps: readonly Perhaps[];
}

/** Source: kubernetes/kubernetes plugin/pkg/admission/podnodeselector, podtolerationrestriction. */
const selectorAnnotation = 'scheduler.alpha.kubernetes.io/node-selector';
const tolerationsAnnotation = 'scheduler.alpha.kubernetes.io/defaultTolerations';

/** Tolerations that the DaemonSet controller gives to its pods. Source: kubernetes/kubernetes pkg/controller/daemon/util AddOrUpdateDaemonPodTolerations. */
const daemonTaints: readonly (readonly [string, string])[] = [
  ['not-ready', 'NoExecute'],
  ['unreachable', 'NoExecute'],
  ['disk-pressure', 'NoSchedule'],
  ['memory-pressure', 'NoSchedule'],
  ['pid-pressure', 'NoSchedule'],
  ['unschedulable', 'NoSchedule'],
];

const known = new WeakMap<Snapshot, Map<Workload, readonly Arrival[]>>();

/** The ways in which the pods of a template may come before the scheduler: one for each way that a queue may admit them. */
export function arrivalsOf(snapshot: Snapshot, workload: Workload): readonly Arrival[] {
  const ofSnapshot = kept(known, snapshot, () => new Map<Workload, readonly Arrival[]>());
  return kept(ofSnapshot, workload, () => arrivals(snapshot, workload));
}

function arrivals(snapshot: Snapshot, workload: Workload): readonly Arrival[] {
  const plain = plainArrival(snapshot, workload);
  const { admission } = workload;
  if (admission === undefined) return [plain];
  if (admission.choices === null) {
    const why = `what queue ${admission.queue} of Kueue puts on its pods: its flavors are not all in the input`;
    return [{ ...plain, perhaps: [...plain.perhaps, { why, tolerations: [], selector: null, anyToleration: true }] }];
  }
  if (admission.choices.length === 0) return [plain];
  // A flavor whose labels contradict the pod's own is not given to it. Source: kubernetes-sigs/kueue pkg/scheduler/flavorassigner.
  return admission.choices
    .filter((choice) => agree(plain.selector, choice.nodeLabels))
    .map((choice) => ({
      ...plain,
      selector: merged(choice.nodeLabels, plain.selector),
      tolerations: [...plain.tolerations, ...choice.tolerations.map((toleration) => ({ toleration, by: `flavor ${choice.title} of Kueue`, origin: null }))],
    }));
}

function plainArrival(snapshot: Snapshot, workload: Workload): Arrival {
  const { pod, podOrigin } = workload;
  const own = pod.tolerations.map((toleration, i): GivenToleration => ({ toleration, by: null, origin: within(podOrigin, 'tolerations', i) }));
  const runtime = runtimeOf(snapshot, pod.runtimeClass);
  return {
    selector: merged(runtime.selector, pod.nodeSelector),
    terms: pod.nodeAffinity,
    tolerations: [...own, ...daemonTolerations(workload), ...runtime.tolerations],
    perhaps: [...runtime.perhaps, ...namespacePerhaps(snapshot, workload.namespace), ...devicePerhaps(workload)],
  };
}

function daemonTolerations({ kind, hostNetwork }: Workload): readonly GivenToleration[] {
  if (kind !== 'DaemonSet') return [];
  const taints = hostNetwork ? [...daemonTaints, ['network-unavailable', 'NoSchedule'] as const] : daemonTaints;
  return taints.map(([name, effect]) => ({
    toleration: { key: `node.kubernetes.io/${name}`, operator: 'Exists', value: '', effect },
    by: 'the DaemonSet controller',
    origin: null,
  }));
}

/** Source: kubernetes/kubernetes plugin/pkg/admission/runtimeclass setScheduling; it refuses pods whose own selector says otherwise. */
function runtimeOf({ objects }: Snapshot, name: string | null): Pick<Arrival, 'selector' | 'tolerations' | 'perhaps'> {
  if (name === null) return { selector: {}, tolerations: [], perhaps: [] };
  const found = objects.find((o) => o.kind === 'RuntimeClass' && o.name === name && o.apiVersion.startsWith('node.k8s.io/'));
  if (found === undefined) {
    const why = `what RuntimeClass ${name} puts on its pods: it is not in the input`;
    return { selector: {}, tolerations: [], perhaps: [{ why, tolerations: [], selector: null, anyToleration: true }] };
  }
  const scheduling = new Reader(found.body, found.origin, []).field('scheduling');
  return {
    selector: scheduling.field('nodeSelector').textMap() ?? {},
    tolerations: scheduling
      .field('tolerations')
      .each()
      .flatMap((at) => given(at.value, `RuntimeClass ${name}`, at.origin)),
    perhaps: [],
  };
}

/** What annotations of a namespace ask of plug-ins that an API server runs only when it is told to. */
function namespacePerhaps({ namespaces }: Snapshot, name: string): readonly Perhaps[] {
  const annotations = namespaces.get(name)?.annotations ?? {};
  const selector = labelOf(annotations, selectorAnnotation);
  const tolerations = labelOf(annotations, tolerationsAnnotation);
  const running = (plugin: string): string => `whether the API server runs ${plugin}, which heeds an annotation of namespace ${name}`;
  return [
    ...(selector === undefined ? [] : [{ why: running('PodNodeSelector'), tolerations: [], selector: selectorIn(selector), anyToleration: false }]),
    ...(tolerations === undefined
      ? []
      : [{ why: running('PodTolerationRestriction'), tolerations: listedTolerations(tolerations, name), selector: {}, anyToleration: false }]),
  ];
}

/** `a=b,c=d`. Source: kubernetes/apimachinery pkg/labels ConvertSelectorToLabelsMap. */
function selectorIn(text: string): Labels {
  const pairs = text.split(',').flatMap((part): [string, string][] => {
    const [key = '', value, more] = part.split('=');
    return value === undefined || more !== undefined ? [] : [[key.trim(), value.trim()]];
  });
  return Object.fromEntries(pairs);
}

function listedTolerations(text: string, namespace: string): readonly GivenToleration[] {
  const read: unknown = parsed(text);
  return Array.isArray(read) ? read.flatMap((one: unknown) => given(one, `an annotation of namespace ${namespace}`, null)) : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Source: kubernetes/kubernetes plugin/pkg/admission/extendedresourcetoleration, which runs only where it is told to; some clouds do. */
function devicePerhaps({ pod }: Workload): readonly Perhaps[] {
  const devices = new Set(pod.containers.flatMap((c) => Object.keys(c.requests)).filter((name) => name.includes('/') && !name.includes('kubernetes.io/')));
  return [...devices].map((key) => ({
    why: `whether the API server runs ExtendedResourceToleration, which tolerates the taint ${key} for pods that ask for ${key}`,
    tolerations: [{ toleration: { key, operator: 'Exists', value: '', effect: 'NoSchedule' }, by: 'ExtendedResourceToleration', origin: null }],
    selector: {},
    anyToleration: false,
  }));
}

function given(value: unknown, by: string, origin: Origin | null): readonly GivenToleration[] {
  if (!isMap(value)) return [];
  const text = (key: string): string => {
    const found = memberOf(value, key);
    return typeof found === 'string' ? found : '';
  };
  const operator = text('operator');
  return [
    {
      toleration: {
        key: text('key') || null,
        operator: operator === 'Exists' || operator === 'Gt' || operator === 'Lt' ? operator : 'Equal',
        value: text('value'),
        effect: text('effect') || null,
      },
      by,
      origin,
    },
  ];
}

function agree(a: Labels, b: Labels): boolean {
  return Object.entries(b).every(([key, value]) => (labelOf(a, key) ?? value) === value);
}

/** Both; where they differ, the second. */
function merged(a: Labels, b: Labels): Labels {
  return { ...a, ...b };
}
