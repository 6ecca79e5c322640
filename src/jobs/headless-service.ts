import type { Labels } from '../model/labels.ts';
import type { RawObject } from '../model/snapshot.ts';

/** A headless Service that a controller makes so that the pods of `object` find each other by name. It stands at the place of the object. */
export function headlessService(object: RawObject, name: string, selector: Labels, ports: readonly number[] = []): RawObject {
  const namespace = object.namespace ?? 'default';
  const body = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      clusterIP: 'None',
      selector,
      publishNotReadyAddresses: true,
      ...(ports.length === 0 ? {} : { ports: ports.map((port) => ({ name: `port-${port}`, port, targetPort: port })) }),
    },
  };
  return { apiVersion: 'v1', kind: 'Service', namespace, name, body, origin: object.origin };
}
