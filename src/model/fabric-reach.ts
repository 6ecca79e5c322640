import type { Origin } from '../kernel/origin.ts';
import type { WorkloadId } from './workload.ts';

/** One step of a way through several planes: what is so, and where that stands. */
export interface FabricStep {
  readonly text: string;
  readonly origin: Origin | null;
}

/** How a workload comes to another host over the fabric, where no policy of a pod network is asked. */
export interface FabricWay {
  /** Null: no workload of the input, but any pod that is given a device there. */
  readonly workload: WorkloadId | null;
  readonly from: string;
  readonly to: string;
  /** Number of the partition. */
  readonly pkey: number;
  readonly when: 'now' | 'when the configuration is read';
  /** Workloads that run there, or may; of other namespaces than its own `strangers`. */
  readonly meets: readonly WorkloadId[];
  readonly strangers: readonly WorkloadId[];
  readonly steps: readonly FabricStep[];
}

/** Hosts that some training workloads, of which the same is true, reach over the fabric; those with workloads of other namespaces first. */
export interface FabricReach {
  readonly workloads: readonly WorkloadId[];
  readonly ways: readonly FabricWay[];
  /** What the answer lacks; it is never that nothing is reached. */
  readonly notKnown: readonly string[];
}
