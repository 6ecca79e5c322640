import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { ExposureReader } from './exposure-reader.ts';

/** GatewayClass. Source: kubernetes-sigs/gateway-api apis/v1 gatewayclass_types.go. */
export const reader: ExposureReader = {
  kinds: [{ group: 'gateway.networking.k8s.io', kind: 'GatewayClass' }],
  read(object) {
    const diagnostics: Diagnostic[] = [];
    const spec = new Reader(object.body, object.origin, diagnostics).field('spec');
    spec.required('controllerName');
    const controller = spec.field('controllerName').string() ?? '';
    return finish(diagnostics, () => ({
      classes: [{ kind: 'GatewayClass', name: object.name, controller, isDefault: false, parameters: null, origin: object.origin }],
    }));
  },
};
