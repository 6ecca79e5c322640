import { Reader } from '../kernel/reader.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { DeviceClaim, Workload } from '../model/workload.ts';
import type { Surroundings } from './expander.ts';

const group = 'resource.k8s.io';

/** Kinds that say what a pod claims: `group/kind`. They make nothing by themselves. */
export const claimKinds: readonly string[] = ['ResourceClaim', 'ResourceClaimTemplate', 'DeviceClass'].map((kind) => `${group}/${kind}`);

/**
 * What a pod claims, by the names that its containers use; the classes come from other objects. A claim without a name of either is no claim.
 * Source: kubernetes/api core/v1 PodResourceClaim.
 */
export function readClaims(spec: Reader): readonly DeviceClaim[] {
  return spec
    .field('resourceClaims')
    .each()
    .flatMap((at): readonly DeviceClaim[] => {
      const name = at.field('name').string() ?? '';
      const template = at.field('resourceClaimTemplateName').string() ?? '';
      if (template !== '') return [{ name, from: 'ResourceClaimTemplate', object: template, classes: null }];
      const claim = at.field('resourceClaimName').string() ?? '';
      return claim === '' ? [] : [{ name, from: 'ResourceClaim', object: claim, classes: null }];
    });
}

/** A workload whose claims have the classes that objects of the input say; those that are not there stay unknown. */
export function withClaims(workload: Workload, around: Surroundings): Workload {
  const { pod, namespace } = workload;
  if (pod.claims.length === 0) return workload;
  return { ...workload, pod: { ...pod, claims: pod.claims.map((claim) => resolved(claim, namespace, around)) } };
}

function resolved(claim: DeviceClaim, namespace: string, around: Surroundings): DeviceClaim {
  const found = around.find(group, claim.from, namespace, claim.object);
  if (found === undefined) return claim;
  const spec = new Reader(found.body, found.origin, []).field('spec');
  const names = new Set(classesOf(claim.from === 'ResourceClaim' ? spec : spec.field('spec')));
  return { ...claim, classes: [...names].map((name) => ({ name, driver: driverOf(around.find(group, 'DeviceClass', null, name)) })) };
}

/** Of each request: its class in v1beta1, that of `exactly` or those of `firstAvailable` since v1beta2. Source: kubernetes/api resource/{v1beta1,v1} DeviceRequest. */
function classesOf(spec: Reader): readonly string[] {
  return spec
    .field('devices')
    .field('requests')
    .each()
    .flatMap((request) => [request, request.field('exactly'), ...request.field('firstAvailable').each()])
    .map((at) => at.field('deviceClassName').value)
    .filter((name): name is string => typeof name === 'string' && name !== '');
}

/** The driver that a class asks its devices to be of, where it says so in the words that drivers' own classes use. */
function driverOf(found: RawObject | undefined): string | null {
  if (found === undefined) return null;
  for (const selector of new Reader(found.body, found.origin, []).field('spec').field('selectors').each()) {
    const { value } = selector.field('cel').field('expression');
    const [, driver] = typeof value === 'string' ? (/^\s{0,9}device\.driver\s{0,9}==\s{0,9}["']([a-z0-9.-]{1,63})["']/.exec(value) ?? []) : [];
    if (driver !== undefined) return driver;
  }
  return null;
}
