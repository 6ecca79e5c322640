import { compareText, sortedBy } from '../kernel/stable.ts';
import { labelOf } from '../model/labels.ts';
import { controllerOf, type Owner } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import type { Expanded } from './expanded.ts';
import { groupPods } from './pod-groups.ts';

/** Owners that are no workload: the pods of a node's own manifests name their node. Source: kubernetes.io, Static Pods (mirror pods). */
const noOwners: ReadonlySet<string> = new Set(['Node']);

/**
 * What `kubectl get` shows twice is counted once. Pods that exist win over the template of the object that controls them, however many steps up, and are
 * told as workloads of that object; a template whose own controller is read too (a ReplicaSet of a Deployment) is dropped. Pods whose controller is not in
 * the input are told under its name all the same.
 */
export function settleOwnership(expanded: readonly Expanded[]): Workload[] {
  const byName = new Map<string, Expanded>();
  for (const e of expanded) byName.set(keyOf(e.object.kind, e.object.namespace, e.object.name), e);
  const owned = new Map<string, { readonly owner: Owner; readonly pods: Workload[] }>();
  const kept: Workload[] = [];
  const templates: Expanded[] = [];
  for (const e of expanded) {
    const owner = topOwner(e.object, byName);
    if (e.object.kind !== 'Pod') {
      if (owner === null || !byName.has(keyOf(owner.kind, e.object.namespace, owner.name))) templates.push(e);
    } else if (owner === null) kept.push(...e.workloads);
    else {
      const key = keyOf(owner.kind, e.object.namespace, owner.name);
      const group = owned.get(key) ?? { owner, pods: [] };
      group.pods.push(...e.workloads);
      owned.set(key, group);
    }
  }
  for (const { object, workloads } of templates) {
    const live = owned.get(keyOf(object.kind, object.namespace, object.name))?.pods ?? [];
    kept.push(...(live.length === 0 ? workloads : templatesWithoutPods(workloads, live)));
  }
  for (const { owner, pods } of owned.values()) {
    const namespace = pods[0]?.namespace ?? 'default';
    kept.push(...groupPods(owner, pods, byName.get(keyOf(owner.kind, namespace, owner.name))?.workloads ?? []));
  }
  return unique(sortedBy(kept, (w) => w.id));
}

/** Templates of which no pod is there yet: a role without pods, or an owner all of whose pods have ended but which will make new ones. */
function templatesWithoutPods(templates: readonly Workload[], pods: readonly Workload[]): readonly Workload[] {
  const alive = pods.filter((p) => p.lifecycle !== 'finished');
  return templates.filter((t) => t.lifecycle !== 'finished' && !alive.some((p) => matchesRole(t, p)));
}

function matchesRole(template: Workload, pod: Workload): boolean {
  return template.role === null || Object.entries(template.labels).every(([key, value]) => labelOf(pod.labels, key) === value);
}

/** The topmost controller that is in the input, or the nearest one that is not; null when nothing controls the object. */
function topOwner(object: RawObject, byName: ReadonlyMap<string, Expanded>): Owner | null {
  let top: Owner | null = null;
  let at = object;
  for (const seen = new Set<RawObject>(); !seen.has(at); ) {
    seen.add(at);
    const owner = controllerOf(at);
    if (owner === null || noOwners.has(owner.kind)) return top;
    const found = byName.get(keyOf(owner.kind, object.namespace, owner.name));
    if (found === undefined) return top ?? owner;
    top = owner;
    at = found.object;
  }
  return top;
}

function keyOf(kind: string, namespace: string | null, name: string): string {
  return `${kind}/${namespace ?? 'default'}/${name}`;
}

/** Ids must be unique: where two groups came out alike, the later ones get a number. `workloads` are sorted by id. */
function unique(workloads: readonly Workload[]): Workload[] {
  const taken = new Set<string>();
  return workloads
    .map((w) => {
      let { id, role } = w;
      for (let n = 2; taken.has(id); n++) {
        role = `${w.role ?? ''}${w.role === null ? '' : '-'}${n}`;
        id = `${w.kind}/${w.namespace}/${w.name}/${role}`;
      }
      taken.add(id);
      return id === w.id ? w : { ...w, id, role };
    })
    .sort((a, b) => compareText(a.id, b.id));
}
