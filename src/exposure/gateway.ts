import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { ExposureReader } from './exposure-reader.ts';
import { gatewayGroup, readFrom, readListeners } from './listeners.ts';

/** Gateway. Source: kubernetes-sigs/gateway-api apis/v1 gateway_types.go. */
export const reader: ExposureReader = {
  kinds: [{ group: gatewayGroup, kind: 'Gateway' }],
  read(object) {
    const diagnostics: Diagnostic[] = [];
    const spec = new Reader(object.body, object.origin, diagnostics).field('spec');
    spec.required('gatewayClassName');
    spec.required('listeners');
    const className = spec.field('gatewayClassName').string() ?? '';
    const listeners = readListeners(spec.field('listeners'));
    const listenersFrom = readFrom(spec.field('allowedListeners').field('namespaces'), { kind: 'none' });
    return finish(diagnostics, () => ({
      gateways: [{ namespace: object.namespace ?? 'default', name: object.name, className, listeners, listenersFrom, origin: object.origin }],
    }));
  },
};
