import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { LabelSelector } from '../model/labels.ts';
import { readSelector } from '../model/selector-syntax.ts';
import type { ExposureReader } from './exposure-reader.ts';

/** IngressController of OpenShift: a set of routers. Source: openshift/api operator/v1 types_ingress.go. */
export const reader: ExposureReader = {
  kinds: [{ group: 'operator.openshift.io', kind: 'IngressController' }],
  read(object) {
    const diagnostics: Diagnostic[] = [];
    const spec = new Reader(object.body, object.origin, diagnostics).field('spec');
    const published =
      spec.field('endpointPublishingStrategy').field('type').oneOf(['HostNetwork', 'LoadBalancerService', 'NodePortService', 'Private']) ?? null;
    const selector = (key: string): LabelSelector | null => (spec.has(key) ? readSelector(spec.field(key)) : null);
    const [namespaces, routes] = [selector('namespaceSelector'), selector('routeSelector')];
    return finish(diagnostics, () => ({ routers: [{ name: object.name, published, namespaces, routes, origin: object.origin }] }));
  },
};
