import { kept } from '../kernel/memo.ts';
import { within } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { compareText, sortedBy } from '../kernel/stable.ts';
import { labelOf } from '../model/labels.ts';
import { isLive, type Owner } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import { texts } from './container.ts';
import type { Expanded } from './expanded.ts';
import { isInstance } from './instance.ts';
import { groupLabel } from './leader-worker-set.ts';
import { Owners } from './owners.ts';
import { groupPods } from './pod-groups.ts';

/** The workloads of a snapshot, sorted by id, and what is wrong with who owns whom. */
export interface Settled {
  readonly workloads: readonly Workload[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A pod that something controls; only one that came from a cluster can stand for the template it was made from. */
interface OwnedPod {
  readonly workload: Workload;
  readonly live: boolean;
}

/** Pods below one controller. `template` is the controller, when it was read. */
interface Below {
  readonly owner: Pick<Owner, 'kind' | 'name'>;
  readonly template: Expanded | null;
  readonly pods: OwnedPod[];
}

/**
 * What `kubectl get` shows twice is counted once, and nothing is lost over it. Pods are told as workloads of their topmost controller. A template is left
 * out only when live pods that are instances of it stand for it, as many as it asks for; while some are missing it stays, for those to come (which may land
 * anywhere), beside those that are there. The template of a controlled object (a ReplicaSet of a Deployment) is left out when its controller's template
 * says the same, or when it asks for no pods. Pods whose controller is not in the input are told under its name all the same.
 */
export function settleOwnership(expanded: readonly Expanded[]): Settled {
  const owners = new Owners(expanded);
  const groups = new Map<Expanded | string, Below>();
  const direct = new Map<Expanded, OwnedPod[]>();
  const out: Workload[] = [];
  for (const e of expanded) {
    if (e.object.kind !== 'Pod') continue;
    const top = owners.topOf(e);
    if (top.kind === 'self') {
      out.push(...e.workloads);
      continue;
    }
    const live = isLive(e.object);
    const pods = e.workloads.map((workload): OwnedPod => ({ workload, live }));
    const group =
      top.kind === 'read'
        ? kept(groups, top.expanded, () => ({ owner: top.expanded.object, template: top.expanded, pods: [] }))
        : kept(groups, top.key, () => ({ owner: top.owner, template: null, pods: [] }));
    const parent = owners.parentOf(e);
    if (parent !== undefined) kept(direct, parent, () => []).push(...pods);
    group.pods.push(...pods);
  }
  for (const e of expanded) {
    if (e.object.kind === 'Pod') continue;
    const top = owners.topOf(e);
    const above = top.kind === 'read' ? top.expanded.workloads : null;
    const pods = (above === null ? groups.get(e)?.pods : direct.get(e)) ?? [];
    const own = above === null ? e.workloads : e.workloads.filter((t) => t.replicas > 0 && !above.some((a) => saysAll(a, t)));
    out.push(...(pods.length === 0 ? own : own.flatMap((t) => stillToCome(t, pods, { shares: above === null, endsWhenDone: e.endsWhenDone }))));
  }
  for (const { owner, template, pods } of groups.values()) {
    const instances = (t: Workload): ReadonlySet<Workload> => new Set(pods.filter((p) => p.live && isInstance(p.workload, t)).map((p) => p.workload));
    const templates = (template?.object.kind === 'Pod' ? [] : (template?.workloads ?? [])).map((t) => ({ template: t, instances: instances(t) }));
    const workloads = pods.map((p) => p.workload);
    out.push(...groupPods(owner, workloads, templates));
  }
  return { workloads: unique(sortedBy(out, (w) => w.id)), diagnostics: owners.circular.map(circleWarning) };
}

/** Whether the controller's template stands for the controlled object's: the same pods, and two of them when there are two. */
function saysAll(controller: Workload, controlled: Workload): boolean {
  const unnumbered = controller.kind === 'LeaderWorkerSet' && labelOf(controlled.labels, groupLabel) === undefined;
  // Its one StatefulSet of leaders is told as one leader a group.
  const template = unnumbered ? { ...controller, labels: texts(Object.entries(controller.labels).filter(([key]) => key !== groupLabel)) } : controller;
  const enough = unnumbered || controller.replicas >= Math.min(controlled.replicas, 2);
  return controller.lifecycle === controlled.lifecycle && enough && isInstance(controlled, template);
}

/** What of a template no live pod stands for: nothing, the pods that are missing, or all of it. `shares`: the pods are told under the template's own name. */
function stillToCome(
  template: Workload,
  pods: readonly OwnedPod[],
  { shares, endsWhenDone }: { readonly shares: boolean; readonly endsWhenDone: boolean },
): readonly Workload[] {
  if (template.lifecycle === 'finished') return [];
  const instances = pods.filter((p) => p.live && isInstance(p.workload, template)).map((p) => p.workload.lifecycle);
  const alive = instances.filter((lifecycle) => lifecycle === 'running' || lifecycle === 'pending').length;
  const done = endsWhenDone ? instances.filter((lifecycle) => lifecycle === 'finished').length : 0;
  const beside = shares && pods.some((p) => hasRoleOf(template, p.workload)) ? renamed(template) : template;
  if (alive === 0) return [beside];
  const missing = template.replicas - alive - done;
  if (missing <= 0) return [];
  // Which numbers are missing is not worked out: the template keeps them all.
  return [template.perPodLabels.length > 0 ? beside : { ...beside, replicas: missing }];
}

/** A template under a name beside that of the pods; its role stays, as frameworks go by it. */
function renamed(template: Workload): Workload {
  const name = template.role === null ? 'template' : `${template.role}-template`;
  return { ...template, beside: true, id: `${template.kind}/${template.namespace}/${template.name}/${name}` };
}

/** Whether the pod is told under the name that the template would have: it runs, and has the role's labels where there are roles. */
function hasRoleOf(template: Workload, pod: Workload): boolean {
  return (
    pod.lifecycle !== 'finished' && (template.role === null || Object.entries(template.labels).every(([key, value]) => labelOf(pod.labels, key) === value))
  );
}

function circleWarning(object: RawObject): Diagnostic {
  return {
    code: 'ownership-circle',
    severity: 'warning',
    message: `This ${object.kind} is its own controller, directly or through others; its owner is not believed, and it counts for itself.`,
    hint: 'Remove metadata.ownerReferences: controllers write it.',
    origin: within(object.origin, 'metadata', 'ownerReferences'),
  };
}

/** Ids must be unique: where two groups came out alike, the later ones get a number. `workloads` are sorted by id. */
function unique(workloads: readonly Workload[]): readonly Workload[] {
  if (workloads.every((w, i) => w.id !== workloads[i - 1]?.id)) return workloads;
  const taken = new Set<string>();
  const numbers = new Map<string, number>();
  return workloads
    .map((w) => {
      let { id, role } = w;
      let n = numbers.get(w.id) ?? 2;
      for (; taken.has(id); n++) {
        role = `${w.role ?? ''}${w.role === null ? '' : '-'}${n}`;
        id = `${w.kind}/${w.namespace}/${w.name}/${role}`;
      }
      numbers.set(w.id, n);
      taken.add(id);
      return id === w.id ? w : { ...w, id, role };
    })
    .sort((a, b) => compareText(a.id, b.id));
}
