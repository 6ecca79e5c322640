import type { ExposureReader } from './exposure-reader.ts';
import { routeReader } from './gateway-route.ts';

/** UDPRoute. Source: kubernetes-sigs/gateway-api apis/v1alpha2 udproute_types.go. */
export const reader: ExposureReader = routeReader('UDPRoute', () => []);
