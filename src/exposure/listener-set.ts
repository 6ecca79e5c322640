import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { ExposureReader } from './exposure-reader.ts';
import { gatewayGroup, readListeners } from './listeners.ts';

/** ListenerSet, and the experimental kind before it. Source: kubernetes-sigs/gateway-api apis/v1 listenerset_types.go. */
export const reader: ExposureReader = {
  kinds: [
    { group: gatewayGroup, kind: 'ListenerSet' },
    { group: 'gateway.networking.x-k8s.io', kind: 'XListenerSet' },
  ],
  read(object) {
    const diagnostics: Diagnostic[] = [];
    const spec = new Reader(object.body, object.origin, diagnostics).field('spec');
    const namespace = object.namespace ?? 'default';
    spec.required('parentRef');
    spec.required('listeners');
    const parent = spec.field('parentRef');
    if (parent.present) parent.required('name');
    const gateway = { namespace: parent.field('namespace').string() ?? namespace, name: parent.field('name').string() ?? '' };
    const listeners = readListeners(spec.field('listeners'));
    return finish(diagnostics, () => ({ listenerSets: [{ namespace, name: object.name, gateway, listeners, origin: object.origin }] }));
  },
};
