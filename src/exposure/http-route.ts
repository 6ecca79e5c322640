import type { ExposureReader } from './exposure-reader.ts';
import { routeReader } from './gateway-route.ts';

/** HTTPRoute. Source: kubernetes-sigs/gateway-api apis/v1 httproute_types.go. */
export const reader: ExposureReader = routeReader('HTTPRoute', (rule) =>
  rule
    .field('matches')
    .each()
    .flatMap((match) => match.field('path').field('value').string() ?? []),
);
