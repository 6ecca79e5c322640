import type { ExposureReader } from './exposure-reader.ts';
import { routeReader } from './gateway-route.ts';

/** GRPCRoute: a method stands where others have a path. Source: kubernetes-sigs/gateway-api apis/v1 grpcroute_types.go. */
export const reader: ExposureReader = routeReader('GRPCRoute', (rule) =>
  rule
    .field('matches')
    .each()
    .flatMap((match) => {
      const method = match.field('method');
      return method.absent ? [] : [`${method.field('service').string() ?? '*'}/${method.field('method').string() ?? '*'}`];
    }),
);
