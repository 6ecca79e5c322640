import type { Site } from '../../../alerts/alert.ts';
import type { ZoneIntents } from '../../../spec/intents.ts';
import type { ZoneMonitoring } from '../../../spec/monitoring.ts';
import { usesRdma } from '../../../spec/pod-security.ts';
import type { TrainingZone } from '../../../spec/zone.ts';
import { filtersDns } from '../dns-filter.ts';

/** Name of the CronJob that tries what must be denied. */
export const canaryName = 'ringfence-canary';

/** What alerts are told of a zone. */
export function siteOf(zone: TrainingZone, monitoring: ZoneMonitoring, intents: ZoneIntents): Site {
  const { platform, namespace, workloads, fabric } = zone.spec;
  return {
    zone: zone.metadata.name,
    namespace: namespace.name,
    cni: platform.cni.split('@')[0] ?? '',
    defaultDeny: 'default-deny',
    dnsFiltered: intents.workloads.some((w) => filtersDns(platform.cni, w.needs)),
    rdma: workloads.some(usesRdma),
    rdmaResources: [
      ...new Set(
        [
          namespace.quota?.resource ?? 'nvidia.com/gpu',
          ...(workloads.some((w) => w.collectives.transport === 'efa') ? ['vpc.amazonaws.com/efa'] : []),
          ...(fabric?.infiniband?.resource == null ? [] : [fabric.infiniband.resource]),
        ].map(asStateMetrics),
      ),
    ],
    jobs: monitoring.jobs,
    canary: monitoring.canary === null ? null : { name: canaryName, minutes: monitoring.canary.minutes },
  };
}

/** Source: kubernetes/kube-state-metrics internal/store/utils.go, SanitizeLabelName. */
function asStateMetrics(resource: string): string {
  return resource.replaceAll(/[^a-zA-Z0-9_]/g, '_');
}
