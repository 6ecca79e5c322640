import type { Container, PodFacts } from './workload.ts';

/**
 * What a device is for. `gpu`: collectives over it are NCCL's or RCCL's. `other`: an accelerator with a library of its own. `fabric`: pods talk to each other
 * over it.
 */
export type DeviceSort = 'gpu' | 'other' | 'fabric';

/** A device by its extended resource: an exact name, or every name below a prefix. `source` says who defines it. */
interface DeviceResource {
  readonly name: string;
  readonly prefix: boolean;
  readonly sort: DeviceSort;
  readonly source: string;
}

/** Accelerators and fabric devices. A workload that asks for one of them (more than zero) counts as training. */
export const deviceResources: readonly DeviceResource[] = [
  { name: 'nvidia.com/gpu', prefix: false, sort: 'gpu', source: 'NVIDIA/k8s-device-plugin README' },
  { name: 'nvidia.com/gpu.shared', prefix: false, sort: 'gpu', source: 'NVIDIA/k8s-device-plugin README, time-slicing with renameByDefault' },
  { name: 'nvidia.com/mig-', prefix: true, sort: 'gpu', source: 'NVIDIA/k8s-device-plugin README, migStrategy mixed' },
  { name: 'nvidia.com/hostdev', prefix: false, sort: 'fabric', source: 'Mellanox/network-operator example, HostDeviceNetwork' },
  { name: 'amd.com/gpu', prefix: false, sort: 'gpu', source: 'ROCm/k8s-device-plugin README' },
  { name: 'gpu.intel.com/', prefix: true, sort: 'other', source: 'intel/intel-device-plugins-for-kubernetes cmd/gpu_plugin' },
  { name: 'habana.ai/gaudi', prefix: false, sort: 'other', source: 'Intel Gaudi device plugin documentation' },
  { name: 'google.com/tpu', prefix: false, sort: 'other', source: 'Google Kubernetes Engine documentation, TPUs' },
  { name: 'aws.amazon.com/neuron', prefix: true, sort: 'other', source: 'AWS Neuron device plugin documentation (neuron, neuroncore, neurondevice)' },
  { name: 'rdma/', prefix: true, sort: 'fabric', source: 'Mellanox/k8s-rdma-shared-dev-plugin README, default resource prefix' },
  { name: 'vpc.amazonaws.com/efa', prefix: false, sort: 'fabric', source: 'aws/eks-charts stable/aws-efa-k8s-device-plugin' },
];

/** Devices by the class, or the driver, that claims of Dynamic Resource Allocation name. */
export const deviceClasses: ReadonlyMap<string, { readonly sort: DeviceSort; readonly source: string }> = new Map([
  ['gpu.nvidia.com', { sort: 'gpu', source: 'NVIDIA/k8s-dra-driver-gpu demo/specs' }],
  ['mig.nvidia.com', { sort: 'gpu', source: 'NVIDIA/k8s-dra-driver-gpu demo/specs' }],
  ['gpu.amd.com', { sort: 'gpu', source: 'ROCm/k8s-gpu-dra-driver deployments/helm/k8s-gpu-dra-driver/templates/deviceclass.yaml' }],
  ['gpu.intel.com', { sort: 'other', source: 'intel/intel-resource-drivers-for-kubernetes charts/intel-gpu-resource-driver/templates/device-class.yaml' }],
  ['gaudi.intel.com', { sort: 'other', source: 'intel/intel-resource-drivers-for-kubernetes charts/intel-gaudi-resource-driver/templates/device-class.yaml' }],
]);

/** A device that a container asks for; `sort` is null where nobody can tell from the input what it is. */
export interface AskedDevice {
  /** `requests nvidia.com/gpu: 8`, `claims device class gpu.nvidia.com`. */
  readonly text: string;
  readonly sort: DeviceSort | null;
}

/** The known device that an extended resource gives; undefined for others. */
export function deviceOf(resource: string): DeviceResource | undefined {
  return deviceResources.find((d) => (d.prefix ? resource.startsWith(d.name) : resource === d.name));
}

/** What a container asks for of accelerators and fabric, as extended resources and as claims. Zero does not count. */
export function devicesAsked({ requests, claims }: Container, pod: Pick<PodFacts, 'claims'>): readonly AskedDevice[] {
  const resources = Object.entries(requests).flatMap(([name, quantity]): readonly AskedDevice[] => {
    const device = deviceOf(name);
    return device === undefined || isZero(quantity) ? [] : [{ text: `requests ${name}: ${quantity}`, sort: device.sort }];
  });
  return [...resources, ...pod.claims.filter((c) => claims.includes(c.name)).flatMap(claimed)];
}

function claimed({ from, object, classes }: PodFacts['claims'][number]): readonly AskedDevice[] {
  if (classes === null) return [{ text: `claims devices by ${from} ${object}, which is not in the input`, sort: null }];
  return classes.map(({ name, driver }) => {
    const known = deviceClasses.get(name) ?? deviceClasses.get(driver ?? '');
    return { text: `claims device class ${name}${known === undefined ? ', which is not known' : ''}`, sort: known?.sort ?? null };
  });
}

/** Whether a quantity is nothing. */
export function isZero(quantity: string): boolean {
  return /^0+(?:\.0{0,9})?$/.test(quantity);
}
