import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { ExposureReader } from './exposure-reader.ts';
import { gatewayGroup } from './listeners.ts';

/** ReferenceGrant, as far as it is about routes and Services. Source: kubernetes-sigs/gateway-api apis/v1 referencegrant_types.go. */
export const reader: ExposureReader = {
  kinds: [{ group: gatewayGroup, kind: 'ReferenceGrant' }],
  read(object) {
    const diagnostics: Diagnostic[] = [];
    const spec = new Reader(object.body, object.origin, diagnostics).field('spec');
    spec.required('from');
    spec.required('to');
    const from = spec
      .field('from')
      .each()
      .flatMap((at) => {
        for (const key of ['group', 'kind', 'namespace']) at.required(key);
        if (at.field('group').string() !== gatewayGroup) return [];
        return [{ kind: at.field('kind').string() ?? '', namespace: at.field('namespace').string() ?? '' }];
      });
    const to = spec
      .field('to')
      .each()
      .flatMap((at) => {
        for (const key of ['group', 'kind']) at.required(key);
        return at.field('group').string() === '' && at.field('kind').string() === 'Service' ? [at.field('name').string() ?? null] : [];
      });
    return finish(diagnostics, () => ({ grants: [{ namespace: object.namespace ?? 'default', from, to, origin: object.origin }] }));
  },
};
