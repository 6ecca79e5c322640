import type { ExposureReader } from './exposure-reader.ts';
import { routeReader } from './gateway-route.ts';

/** TCPRoute. Source: kubernetes-sigs/gateway-api apis/v1 tcproute_types.go. */
export const reader: ExposureReader = routeReader('TCPRoute', () => []);
