import { isMap, memberOf } from '../kernel/map.ts';
import type { Origin } from '../kernel/origin.ts';
import { Reader, shown } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { groupOf, labelsOf, uidOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';
import { isBelieved } from './believed.ts';
import type { TrainingMark } from './expander.ts';
import { queueLabel } from './kueue.ts';

type Body = Readonly<Record<string, unknown>>;

/** The label that the controller writes on what it makes, and on the pods. Source: project-codeflare/appwrapper internal/controller/appwrapper/resource_management.go. */
const wrapperLabel = 'workload.codeflare.dev/appwrapper';

/** The kind that makes whole objects of others, which are then read as if they stood in the input by themselves. */
export const appWrapper: { readonly group: string; readonly kind: string } & TrainingMark = {
  group: 'workload.codeflare.dev',
  kind: 'AppWrapper',
  label: wrapperLabel,
  source: 'project-codeflare/appwrapper api/v1beta2',
};

/** Pod sets that an AppWrapper may have. Source: project-codeflare/appwrapper internal/webhook. */
const mostPodSets = 8;

/** Steps of a path that are followed; the deepest template of a known kind is eight below. */
const mostSteps = 32;

/** An object that a wrapper holds, as the controller makes it, and where it stands. `namespace` is where it goes when it gives none. */
export interface Wrapped {
  readonly value: unknown;
  readonly origin: Origin;
  readonly namespace: string;
}

export function isAppWrapper({ apiVersion, kind }: Pick<RawObject, 'apiVersion' | 'kind'>): boolean {
  return kind === appWrapper.kind && groupOf(apiVersion) === appWrapper.group;
}

/**
 * The objects that an AppWrapper makes: the template of each component, with the wrapper's label on it and on its pods, its queue, and the wrapper as its
 * controller. None of one whose work is over. What the webhook refuses is an error: another AppWrapper, and objects of other namespaces.
 * Sources: project-codeflare/appwrapper api/v1beta2/appwrapper_types.go, internal/controller/appwrapper/resource_management.go, internal/webhook, pkg/utils/utils.go.
 */
export function unwrapped(object: RawObject, diagnostics: Diagnostic[]): readonly Wrapped[] {
  const at = new Reader(object.body, object.origin, diagnostics);
  if (at.required('spec')) at.field('spec').required('components');
  const phase = at.field('status').field('phase');
  if (['Succeeded', 'Completed', 'Failed'].includes(String(phase.value)) && isBelieved(object, phase)) return [];
  const namespace = object.namespace ?? 'default';
  return at
    .field('spec')
    .field('components')
    .each()
    .flatMap((component): readonly Wrapped[] => {
      if (!component.required('template')) return [];
      const template = component.field('template');
      const { value } = template;
      if (!isMap(value)) {
        template.expect('an object');
        return [];
      }
      const own = memberOf(value, 'metadata', 'namespace');
      const type = { apiVersion: String(memberOf(value, 'apiVersion')), kind: String(memberOf(value, 'kind')) };
      if (isAppWrapper(type)) template.error('nested-too-deeply', 'An AppWrapper may not hold another one.', 'Give its components to the outer one.');
      else if (typeof own === 'string' && own !== '' && own !== namespace)
        template
          .field('metadata')
          .field('namespace')
          .error(
            'wrong-value',
            `${shown(own)} is not the namespace of the AppWrapper, ${shown(namespace)}, and an AppWrapper makes nothing elsewhere.`,
            'Leave it out.',
          );
      else return [{ value: madeOf(object, value, pathsSaid(component.field('podSets'))), origin: template.origin, namespace }];
      return [];
    });
}

/** The object as the controller makes it. Where no component says where pods are, known kinds have them in templates. Source: project-codeflare/appwrapper pkg/utils/utils.go InferPodSets. */
function madeOf(wrapper: RawObject, template: Body, paths: readonly Path[]): unknown {
  const labels = { [wrapperLabel]: wrapper.name };
  const queue = Object.hasOwn(labelsOf(wrapper), queueLabel) ? { [queueLabel]: labelsOf(wrapper)[queueLabel] } : {};
  const uid = uidOf(wrapper);
  const { apiVersion, kind, name } = wrapper;
  const owner = { apiVersion, kind, name, controller: true, ...(uid === null ? {} : { uid }) };
  const marked =
    paths.length === 0
      ? withTemplates(template, labels, 0)
      : paths.reduce<unknown>((so, path) => changed(so, path, (pods) => labelled(pods, labels)), template);
  const whole = labelled(marked, { ...queue, ...labels });
  const metadata = memberOf(whole, 'metadata');
  return isMap(whole) && isMap(metadata) && !Object.hasOwn(metadata, 'ownerReferences')
    ? { ...whole, metadata: { ...metadata, ownerReferences: [owner] } }
    : whole;
}

/** With these labels where it has none of the same keys; anything but an object, or with labels that are none, as it is: whoever reads it tells of that. */
function labelled(value: unknown, labels: Body): unknown {
  if (!isMap(value)) return value;
  const metadata = memberOf(value, 'metadata') ?? {};
  const before = memberOf(metadata, 'labels') ?? {};
  return isMap(metadata) && isMap(before) ? { ...value, metadata: { ...metadata, labels: { ...labels, ...before } } } : value;
}

type Path = readonly (string | number)[];

/** Where a component says that its pod templates are. */
function pathsSaid(podSets: Reader): readonly Path[] {
  return podSets
    .each()
    .slice(0, mostPodSets)
    .flatMap((set) => {
      const path = pathSaid(set.field('path').string() ?? '');
      return path === null ? [] : [path];
    });
}

/** `template.spec.replicatedJobs[0].template.spec.template`: the first word is the component's own. */
function pathSaid(text: string): Path | null {
  const steps: (string | number)[] = [];
  const step = /\.([^.[\]]{1,253})|\[(\d{1,4})\]/y;
  if (!text.startsWith('template')) return null;
  for (step.lastIndex = 'template'.length; step.lastIndex < text.length; ) {
    const found = step.exec(text);
    if (found === null || steps.length >= mostSteps) return null;
    steps.push(found[1] ?? Number(found[2]));
  }
  return steps;
}

/** A copy in which each `template` whose spec has containers has the labels. */
function withTemplates(value: unknown, labels: Body, depth: number): unknown {
  if (depth > mostSteps) return value;
  if (Array.isArray(value)) return value.map((item) => withTemplates(item, labels, depth + 1));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === 'template' && Array.isArray(memberOf(member, 'spec', 'containers')) ? labelled(member, labels) : withTemplates(member, labels, depth + 1),
    ]),
  );
}

/** A copy with the part at the path changed; the value itself where there is no such part. */
function changed(value: unknown, path: Path, change: (part: unknown) => unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return change(value);
  if (typeof step === 'number')
    return Array.isArray(value) && step < value.length ? value.map((item, i) => (i === step ? changed(item, rest, change) : item)) : value;
  return isMap(value) && Object.hasOwn(value, step) ? { ...value, [step]: changed(value[step], rest, change) } : value;
}
