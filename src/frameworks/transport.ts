import { within } from '../kernel/origin.ts';
import type { TrainingJob } from '../model/training-job.ts';
import type { Sign } from './framework.ts';
import { settingsIn } from './settings.ts';
import { asksFor, configuredBy } from './signs.ts';

/** What carries the data of collectives. Set-up goes over TCP with each of them. */
type Carrier = 'InfiniBand' | 'RoCE' | 'InfiniBand or RoCE' | 'EFA' | 'GPUDirect-TCPX';

/** A carrier beside TCP that a job shows signs of. */
interface Carried {
  readonly carrier: Carrier;
  readonly signs: readonly Sign[];
}

/** Annotations by which GKE gives pods the interfaces of GPUDirect. Source: GoogleCloudPlatform/container-engine-accelerators gpudirect-tcpx, gpudirect-tcpxo. */
const gkeDevices = 'devices.gke.io/container.';

/**
 * What carries the data of a job beside TCP; nothing where all of it is TCP, as far as the job shows.
 * Sources: Mellanox/k8s-rdma-shared-dev-plugin README; Mellanox/network-operator example; aws/eks-charts aws-efa-k8s-device-plugin;
 * GoogleCloudPlatform/container-engine-accelerators; NVIDIA/nccl docs (NCCL_IB_DISABLE, NCCL_IB_GID_INDEX, NCCL_NET).
 */
export function carriersOf(job: TrainingJob): readonly Carried[] {
  const efa = [...asksFor(job, ['vpc.amazonaws.com/efa']), ...saying(job, 'FI_PROVIDER', 'efa')];
  const tcpx = [...annotated(job), ...configuredBy(job, ['NCCL_GPUDIRECTTCPX_', 'NCCL_FASTRAK_'])];
  const found: readonly Carried[] = [
    { carrier: verbsOf(job), signs: withoutVerbs(job) ? [] : asksFor(job, ['rdma/', 'nvidia.com/hostdev']) },
    { carrier: 'EFA', signs: efa },
    { carrier: 'GPUDirect-TCPX', signs: tcpx },
  ];
  return found.filter(({ signs }) => signs.length > 0);
}

/** Which fabric the verbs of a job are for: a GID index or traffic class is RoCE's; a resource may be named after its fabric. */
function verbsOf(job: TrainingJob): Carrier {
  if (configuredBy(job, ['NCCL_IB_GID_INDEX', 'NCCL_IB_TC', 'NCCL_IB_ROCE_VERSION_NUM']).length > 0) return 'RoCE';
  const names = job.members.flatMap((m) => m.pod.containers.flatMap((c) => Object.keys(c.requests))).filter((name) => name.startsWith('rdma/'));
  const words = names.flatMap((name) => name.toLowerCase().split(/[/_.-]+/));
  if (words.includes('roce')) return 'RoCE';
  return words.includes('ib') || words.includes('infiniband') ? 'InfiniBand' : 'InfiniBand or RoCE';
}

/** Whether the job says that its collectives leave verbs alone. */
function withoutVerbs(job: TrainingJob): boolean {
  return saying(job, 'NCCL_IB_DISABLE', '1').length > 0 || saying(job, 'NCCL_NET', 'Socket').length > 0;
}

function saying(job: TrainingJob, name: string, value: string): readonly Sign[] {
  return settingsIn(job, { variables: [name] }).some((s) => s.text === value) ? configuredBy(job, [name]) : [];
}

function annotated(job: TrainingJob): readonly Sign[] {
  return job.members.flatMap((m) => {
    const key = Object.keys(m.annotations).find((k) => k === 'networking.gke.io/interfaces' || k.startsWith(gkeDevices));
    return key === undefined ? [] : [{ text: `annotation ${key}`, origin: within(m.origin, 'metadata') }];
  });
}
