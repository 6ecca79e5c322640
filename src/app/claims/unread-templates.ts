import { readPodTemplate } from '../../jobs/pod-template.ts';
import { workloadOf } from '../../jobs/workload-of.ts';
import { isMap, memberOf } from '../../kernel/map.ts';
import { type Origin, type Path, within } from '../../kernel/origin.ts';
import { Reader } from '../../kernel/reader.ts';
import type { Taint } from '../../model/cluster.ts';
import { controllerOf, groupOf } from '../../model/metadata.ts';
import type { RawObject, Snapshot } from '../../model/snapshot.ts';
import { isHarmless } from '../../model/unread-kinds.ts';
import type { Toleration, Workload } from '../../model/workload.ts';
import { tolerates } from '../../placement/tolerates.ts';

/** What objects of kinds that nothing reads say of the pods that they may make. */
export interface UnreadTemplates {
  /** Pod specs inside of them, as workloads of their object. */
  readonly workloads: readonly Workload[];
  /** Those that say something of tolerations elsewhere than in a pod spec, with the place. */
  readonly tolerating: readonly { readonly object: RawObject; readonly origin: Origin }[];
}

/** Bounds for objects that are deep or large by mistake or malice. */
const deepest = 24;
const mostNodes = 20_000;

/**
 * Controllers of kinds that nothing reads (Rollout, Workflow, a database) make pods all the same. A map with a list of containers, each with a name, is a pod
 * spec, wherever it stands; tolerations that stand elsewhere and would let a pod on the pool are left to be settled. What has neither makes pods that tolerate
 * nothing, as far as its object goes. A PodTemplate makes no pods by itself.
 */
export function unreadTemplates(snapshot: Snapshot, taint: Taint | null): UnreadTemplates {
  const workloads: Workload[] = [];
  const tolerating: { object: RawObject; origin: Origin }[] = [];
  if (snapshot.unread.size === 0) return { workloads, tolerating };
  let owners: ReadonlySet<string> | null = null;
  for (const object of snapshot.objects) {
    if (!snapshot.unread.has(`${object.apiVersion}/${object.kind}`) || (isHarmless(object) && object.kind !== 'PodTemplate')) continue;
    const found = search(object, taint);
    for (const path of found.specs) workloads.push(workloadAt(object, path, found.specs.length > 1));
    const [first] = found.tolerations;
    if (first === undefined) continue;
    owners ??= ownersIn(snapshot);
    // What an operator of the whole cluster has made is in the input, and was asked about as it is.
    const seen = !hasNamespace(object) && owners.has(`${groupOf(object.apiVersion)}/${object.kind}/${object.name}`);
    if (!seen) tolerating.push({ object, origin: within(object.origin, ...first) });
  }
  return { workloads, tolerating };
}

function workloadAt(object: RawObject, path: Path, several: boolean): Workload {
  const at = path.slice(0, -1);
  let reader = new Reader(object.body, object.origin, []);
  for (const step of at) reader = typeof step === 'number' ? (reader.items()?.[step] ?? reader) : reader.field(step);
  // A pod spec that stands under another name than `spec` is read as if it had it.
  const spec = reader.field(String(path.at(-1))).value;
  const template = path.at(-1) === 'spec' ? reader : new Reader({ spec }, within(object.origin, ...path), []);
  const read = workloadOf(object, readPodTemplate(template, object.namespace ?? 'default'), { replicas: 1, ...(several ? { role: at.join('.') } : {}) });
  return { ...read, podOrigin: within(object.origin, ...path) };
}

/** Whether it says a namespace: of kinds that are not known nobody knows whether they live in one. */
export function hasNamespace({ body }: RawObject): boolean {
  return typeof memberOf(body, 'metadata', 'namespace') === 'string';
}

/** Objects that control others of the input. */
function ownersIn({ objects }: Snapshot): ReadonlySet<string> {
  const owners = objects.map(controllerOf).filter((o) => o !== null);
  return new Set(owners.flatMap(({ group, kind, name }) => (group === null ? [] : [`${group}/${kind}/${name}`])));
}

function search({ body }: RawObject, taint: Taint | null): { readonly specs: readonly Path[]; readonly tolerations: readonly Path[] } {
  const specs: Path[] = [];
  const tolerations: Path[] = [];
  const left: { readonly value: unknown; readonly path: Path }[] = [{ value: body, path: [] }];
  for (let seen = 0; ; seen++) {
    const next = left.pop();
    if (next === undefined) break;
    const { value, path } = next;
    if (seen === mostNodes || (path.length >= deepest && typeof value === 'object' && value !== null)) {
      // What is not looked at may say so.
      tolerations.push(path);
      if (seen === mostNodes) break;
      continue;
    }
    if (path[0] === 'status' || (path[0] === 'metadata' && path.length === 1)) continue;
    if (isMap(value) && isPodSpec(value)) specs.push(path);
    else if (Array.isArray(value)) value.forEach((item, i) => left.push({ value: item, path: [...path, i] }));
    else if (isMap(value)) {
      for (const key of Object.keys(value)) {
        if (/tolerations$/i.test(key) && letsOn(value[key], taint)) tolerations.push([...path, key]);
        else left.push({ value: value[key], path: [...path, key] });
      }
    }
  }
  return { specs, tolerations };
}

/** Source: kubernetes/api core/v1 PodSpec: containers is required, and each has a name; Knative leaves names out where there is an image. */
function isPodSpec(value: Readonly<Record<string, unknown>>): boolean {
  const containers = memberOf(value, 'containers');
  return (
    Array.isArray(containers) &&
    containers.length > 0 &&
    containers.every((c) => isMap(c) && (typeof c.image === 'string' || (typeof c.name === 'string' && isMap(c.resources))))
  );
}

/** Whether a list of tolerations would let a pod on nodes with the taint; without a taint every pod is let on. */
function letsOn(value: unknown, taint: Taint | null): boolean {
  if (!Array.isArray(value)) return false;
  return value.some((one) => {
    if (!isMap(one)) return false;
    const text = (key: string): string => (typeof one[key] === 'string' ? one[key] : '');
    const operator = text('operator');
    const toleration: Toleration = {
      key: text('key') || null,
      operator: operator === 'Exists' || operator === 'Gt' || operator === 'Lt' ? operator : 'Equal',
      value: text('value'),
      effect: text('effect') || null,
    };
    return taint === null || tolerates(toleration, taint);
  });
}
