import type { Recording, Series } from './alert.ts';
import { quoted } from './text.ts';

/** Bytes that left a namespace for a class of destinations, in an hour. What is asked of it week by week is asked of this series, not of the counter. */
export const hourly: Recording = {
  record: 'source_namespace_destination_class:egress_bytes:increase1h',
  slow: true,
  expr: ({ namespace }) => `sum by (source_namespace, destination_class) (increase(ringfence_external_bytes_total{source_namespace=${quoted(namespace)}}[1h]))`,
};

/** The values of a counter that rises by so much a sample, so many samples long, for each stretch. */
export function counter(...stretches: readonly (readonly [rise: number, samples: number])[]): string {
  let at = 0;
  const parts = stretches.map(([rise, samples]) => {
    const text = `${at}+${rise}x${samples - 1}`;
    at += rise * samples;
    return text;
  });
  return parts.join(' ');
}

/** Bytes of one workload to a class, in a test. */
export function egress(namespace: string, values: string, workload = 'pretrain', to = 'unknown'): Series {
  return { series: `ringfence_external_bytes_total{source_namespace="${namespace}",source_workload="${workload}",destination_class="${to}"}`, values };
}

/** What is recorded under the name for a namespace: for another zone in the same Prometheus, or for weeks of which every sample would be too many; in a test. */
export function recordedBy(record: string, namespace: string, values: string): Series {
  return { series: `${record}{source_namespace="${namespace}",destination_class="unknown"}`, values };
}
