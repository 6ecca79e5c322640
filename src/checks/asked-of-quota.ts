import { quantityOf } from '../model/quantity.ts';
import type { TrainingJob } from '../model/training-job.ts';
import type { Workload } from '../model/workload.ts';

/** What all pods of a job count for one entry of a quota; null for entries that are about something else. Source: kubernetes.io, Resource Quotas. */
export function askedOf(job: Pick<TrainingJob, 'members'>, entry: string): bigint | null {
  const live = job.members.filter((m) => m.lifecycle !== 'finished');
  if (entry === 'pods' || entry === 'count/pods') return live.reduce((sum, m) => sum + BigInt(m.atOnce ?? m.replicas) * 1000n, 0n);
  const [kind, name] = entry.startsWith('requests.')
    ? (['requests', entry.slice(9)] as const)
    : entry.startsWith('limits.')
      ? (['limits', entry.slice(7)] as const)
      : entry === 'cpu' || entry === 'memory' || entry === 'ephemeral-storage'
        ? (['requests', entry] as const)
        : ([null, ''] as const);
  if (kind === null) return null;
  return live.reduce((sum, m) => sum + BigInt(m.atOnce ?? m.replicas) * ofPod(m, kind, name), 0n);
}

/** What one pod counts of a resource: the containers that run together, or the largest that runs before them. */
export function ofPod({ pod }: Pick<Workload, 'pod'>, kind: 'requests' | 'limits', name: string): bigint {
  let together = 0n;
  let largest = 0n;
  for (const container of pod.containers) {
    const text = Object.hasOwn(container[kind], name) ? container[kind][name] : undefined;
    const value = text === undefined ? 0n : (quantityOf(text) ?? 0n);
    if (container.sort === 'init') largest = value > largest ? value : largest;
    else together += value;
  }
  return together > largest ? together : largest;
}
