import type { RawObject } from '../model/snapshot.ts';

/** A port as the manifest has it: whoever uses it looks whether it is one. */
export interface ServicePortMade {
  readonly name: unknown;
  readonly port: unknown;
}

/** `selected`: what it selects; `labels`: its own, where they are others. */
interface ServiceMade {
  readonly selected: readonly (readonly [string, string])[];
  readonly labels?: readonly (readonly [string, string])[];
  readonly ports: readonly ServicePortMade[];
}

/** Source: kubernetes/apimachinery util/validation IsDNS1035Label, which names of Services are. */
const serviceName = /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * A headless Service that an operator of Kubeflow makes. Null where the API server would refuse it: for its name, for several ports of which one has no name,
 * or for two ports that are the same. Operators keep ports by name, so that the last of those with one name counts; all are TCP.
 * Source: kubernetes/kubernetes pkg/apis/core/validation ValidateService.
 */
export function operatorService(job: RawObject, name: string, { selected, labels = selected, ports }: ServiceMade): RawObject | null {
  const byName = new Map(ports.map((port) => [port.name, port.port]));
  if (!serviceName.test(name) || (byName.size > 1 && byName.has('')) || new Set(byName.values()).size < byName.size) return null;
  const selector = Object.fromEntries(selected);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    namespace: job.namespace,
    name,
    origin: job.origin,
    body: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: job.namespace, labels: Object.fromEntries(labels) },
      spec: {
        clusterIP: 'None',
        selector,
        ...(byName.size === 0 ? {} : { ports: [...byName].map(([portName, port]) => ({ ...(portName === '' ? {} : { name: portName }), port })) }),
      },
    },
  };
}
