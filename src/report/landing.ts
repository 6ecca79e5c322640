import type { Locator } from '../kernel/origin.ts';
import type { PodLanding } from '../model/claim.ts';
import type { LandingJson } from './json-types.ts';
import { locationJson } from './location-json.ts';
import { placeOf } from './place.ts';

/** `production/batch[Job] can run on node gpu-1: it tolerates every taint (batch.yaml:9:5); it asks for no node of its own (batch.yaml:4:3)`. */
export function landingText({ pod, node, through }: PodLanding, locator: Locator): string {
  const lines = through.map(({ text, origin }) => {
    const place = placeOf(origin, locator);
    return place === null ? text : `${text} (${place})`;
  });
  return `${pod} can run on ${node}: ${lines.join('; ')}`;
}

export function landingJson({ pod, node, through }: PodLanding, locator: Locator): LandingJson {
  return { pod, node, through: through.map(({ text, origin }) => ({ text, location: origin === null ? null : locationJson(origin, locator) })) };
}
