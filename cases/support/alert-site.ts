import type { Site } from '../../src/alerts/alert.ts';
import { wantedMetrics } from '../../src/alerts/wanted.ts';
import type { MetricSettings } from '../../src/model/alerting.ts';
import { readHubbleMetric } from '../../src/prometheus/hubble-options.ts';

/** A site about which every alert is but those of another CNI. */
export function alertSite(cni: string): Site {
  return {
    zone: 'llm-pretraining',
    namespace: 'ai-training',
    cni,
    defaultDeny: 'default-deny',
    dnsFiltered: true,
    rdma: true,
    rdmaResources: ['nvidia_com_gpu', 'rdma_hca_shared_devices_a'],
    jobs: { hubble: 'hubble-metrics', stateMetrics: 'kube-state-metrics' },
    canary: { name: 'ringfence-canary', minutes: 5 },
  };
}

/** Everything is exported as the pack asks for it. */
export const fullSettings: MetricSettings = {
  hubble: new Map(wantedMetrics.map((text) => readHubbleMetric(text)).map((metric) => [metric.name, metric])),
  ciliumAgent: true,
  stateLabels: new Map(),
  eksEventLogs: true,
  ringfence: ['flows', 'external-bytes', 'feeds', 'fabric'],
};
