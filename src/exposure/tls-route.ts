import type { ExposureReader } from './exposure-reader.ts';
import { routeReader } from './gateway-route.ts';

/** TLSRoute. Source: kubernetes-sigs/gateway-api apis/v1 tlsroute_types.go. */
export const reader: ExposureReader = routeReader('TLSRoute', () => []);
