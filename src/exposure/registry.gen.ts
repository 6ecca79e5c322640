// Generated from the folder listing by `npm run gen`; do not edit.
import type { ExposureReader } from './exposure-reader.ts';
import { reader as gatewayExposureReader } from './gateway.ts';
import { reader as gatewayClassExposureReader } from './gateway-class.ts';
import { reader as grpcRouteExposureReader } from './grpc-route.ts';
import { reader as httpRouteExposureReader } from './http-route.ts';
import { reader as ingressExposureReader } from './ingress.ts';
import { reader as ingressClassExposureReader } from './ingress-class.ts';
import { reader as ingressControllerExposureReader } from './ingress-controller.ts';
import { reader as listenerSetExposureReader } from './listener-set.ts';
import { reader as referenceGrantExposureReader } from './reference-grant.ts';
import { reader as routeExposureReader } from './route.ts';
import { reader as serviceExposureReader } from './service.ts';
import { reader as tcpRouteExposureReader } from './tcp-route.ts';
import { reader as tlsRouteExposureReader } from './tls-route.ts';
import { reader as udpRouteExposureReader } from './udp-route.ts';

/** Every reader of `src/exposure`, in name order. */
export const readers: readonly ExposureReader[] = [
  gatewayExposureReader,
  gatewayClassExposureReader,
  grpcRouteExposureReader,
  httpRouteExposureReader,
  ingressExposureReader,
  ingressClassExposureReader,
  ingressControllerExposureReader,
  listenerSetExposureReader,
  referenceGrantExposureReader,
  routeExposureReader,
  serviceExposureReader,
  tcpRouteExposureReader,
  tlsRouteExposureReader,
  udpRouteExposureReader,
];
