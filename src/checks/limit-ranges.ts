import type { Origin } from '../kernel/origin.ts';
import { plainMap } from '../kernel/plain-map.ts';
import { Reader } from '../kernel/reader.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Container, Workload } from '../model/workload.ts';

type Amounts = Readonly<Record<string, string>>;

/** What a LimitRange says of containers, or of pods as a whole, with the defaults that the API server fills in. */
export interface LimitItem {
  readonly type: 'Container' | 'Pod';
  readonly title: string;
  readonly origin: Origin;
  readonly min: Amounts;
  readonly max: Amounts;
  readonly limits: Amounts;
  readonly requests: Amounts;
}

/** What the LimitRanges of a namespace say. Source: kubernetes/kubernetes pkg/apis/core/v1/defaults.go SetDefaults_LimitRangeItem. */
export function limitItems({ objects }: Snapshot, namespace: string): readonly LimitItem[] {
  return objects
    .filter((o) => o.kind === 'LimitRange' && o.apiVersion === 'v1' && o.namespace === namespace)
    .flatMap((object) =>
      new Reader(object.body, object.origin, [])
        .field('spec')
        .field('limits')
        .each()
        .flatMap((at): readonly LimitItem[] => {
          const type = at.field('type').value;
          if (type !== 'Container' && type !== 'Pod') return [];
          const [min, max] = [amounts(at.field('min')), amounts(at.field('max'))];
          const limits = joined(max, amounts(at.field('default')));
          const requests = joined(min, limits, amounts(at.field('defaultRequest')));
          const common = { title: `LimitRange ${namespace}/${object.name}`, origin: at.origin, min, max };
          return [type === 'Pod' ? { type, ...common, limits: {}, requests: {} } : { type, ...common, limits, requests }];
        }),
    );
}

function amounts(at: Reader): Amounts {
  const found = plainMap<string>();
  if (at.kind !== 'an object') return found;
  for (const key of at.keys()) {
    const { value } = at.field(key);
    if (typeof value === 'string' || typeof value === 'number') found[key] = String(value);
  }
  return found;
}

/** Later ones go before. */
function joined(...all: readonly Amounts[]): Amounts {
  const found = plainMap<string>();
  for (const one of all) for (const [key, value] of Object.entries(one)) found[key] = value;
  return found;
}

/** Its pods as LimitRanges leave them: what containers do not say has the default. Source: kubernetes/kubernetes plugin/pkg/admission/limitranger, mergeContainerResources. */
export function withDefaults(workload: Workload, items: readonly LimitItem[]): Workload {
  if (items.length === 0) return workload;
  const limits = joined(...[...items].reverse().map((i) => i.limits));
  const requests = joined(...[...items].reverse().map((i) => i.requests));
  const filled = (c: Container): Container => ({ ...c, limits: joined(limits, c.limits), requests: joined(requests, c.requests) });
  return { ...workload, pod: { ...workload.pod, containers: workload.pod.containers.map(filled) } };
}
