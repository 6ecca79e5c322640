import { labelOf } from '../model/labels.ts';
import type { Toleration, Workload } from '../model/workload.ts';
import { texts } from './container.ts';

/** The scheduler of slurm-bridge, as its chart names it. Source: SlinkyProject/slurm-bridge docs/workload.md. */
const scheduler = 'slurm-bridge-scheduler';

/** Taint of the nodes that Slurm gives out through the bridge; its value is the scheduler's name. Source: SlinkyProject/slurm-bridge internal/utils TaintNodeBridged. */
export const bridgedTaint = 'slinky.slurm.net/managed-node';

/** Label with the number of the Slurm job. Source: SlinkyProject/slurm-bridge docs/workload.md, Scheduler-managed Pod metadata. */
const jobLabel = 'scheduler.slinky.slurm.net/slurm-jobid';

/**
 * Pods that ask for the scheduler of slurm-bridge: its admission lets them onto bridged nodes, and the scheduler writes the number of their Slurm job on
 * them, which nobody knows before. Source: SlinkyProject/slurm-bridge docs/admission.md, docs/workload.md.
 */
export function withBridge(workload: Workload): Workload {
  if (workload.pod.schedulerName !== scheduler) return workload;
  const tolerated: Toleration = { key: bridgedTaint, operator: 'Equal', value: scheduler, effect: 'NoExecute' };
  const pod = { ...workload.pod, tolerations: [...workload.pod.tolerations, tolerated] };
  if (labelOf(workload.labels, jobLabel) !== undefined) return { ...workload, pod };
  const why = `the number of the Slurm job of ${workload.namespace}/${workload.name}, which slurm-bridge writes on its pods`;
  const patterns = Array.from({ length: 10 }, (_, i) => '?'.repeat(i + 1));
  return {
    ...workload,
    pod,
    labels: texts([...Object.entries(workload.labels), [jobLabel, '?']]),
    madeUp: [...(workload.madeUp ?? []), { key: jobLabel, value: '?', patterns, digits: true, optional: true, why }],
  };
}
