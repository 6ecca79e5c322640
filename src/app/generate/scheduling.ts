import { portRangeSysctl } from '../../frameworks/listeners.ts';
import { sortedBy } from '../../kernel/stable.ts';
import { serviceProfile } from '../../services/known.ts';
import { pinningVariables } from '../../spec/pinned-ports.ts';
import { usesRdma } from '../../spec/pod-security.ts';
import type { NodePool, TrainingZone, ZoneWorkload } from '../../spec/zone.ts';
import { fabricVariables } from './fabric/variables.ts';

type Plain = Readonly<Record<string, unknown>>;

/** What one workload's pod templates must contain for the zone to hold: a fragment, never an object of its own. */
export interface TemplateFragment {
  readonly workload: string;
  readonly body: Plain;
}

export const fragmentFile = 'workload-scheduling.patch.yaml';

/** One fragment a workload. */
export function templateFragments(zone: TrainingZone): readonly TemplateFragment[] {
  return zone.spec.workloads.map((workload) => ({ workload: workload.name, body: fragment(zone, workload) }));
}

function fragment(zone: TrainingZone, workload: ZoneWorkload): Plain {
  const { nodes } = zone.spec;
  const { identity } = workload;
  // Source: Azure/azure-workload-identity documentation: without this pod label the webhook leaves the pod alone.
  const labels = { ...workload.selector, ...(identity !== null && identity.azure !== null ? { 'azure.workload.identity/use': 'true' } : {}) };
  return {
    metadata: { labels: Object.fromEntries(sortedBy(Object.entries(labels), ([key]) => key)) },
    spec: {
      ...(identity === null ? {} : { serviceAccountName: identity.serviceAccount }),
      automountServiceAccountToken: false,
      ...(nodes === null ? {} : { affinity: affinity(nodes), ...tolerations(nodes) }),
      securityContext: podSecurityContext(workload),
      containers: [container(zone, workload)],
    },
  };
}

/** Required affinity for the training nodes. */
export function affinity(nodes: NodePool): Plain {
  const matchExpressions = sortedBy(Object.entries(nodes.labels), ([key]) => key).map(([key, value]) => ({ key, operator: 'In', values: [value] }));
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } } };
}

/** The toleration of their taint; nothing where they have none. */
export function tolerations({ taint }: NodePool): Plain {
  return taint === null ? {} : { tolerations: [{ key: taint.key, operator: 'Equal', value: taint.value, effect: taint.effect }] };
}

/** Source: Kubernetes documentation, Pod Security Standards (restricted) and safe sysctls (net.ipv4.ip_local_port_range). */
function podSecurityContext(workload: ZoneWorkload): Plain {
  const pinned = workload.collectives.ports;
  return {
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
    ...(pinned === null ? {} : { sysctls: [{ name: portRangeSysctl, value: `${pinned.low} ${pinned.high}` }] }),
  };
}

/** The name stands for the training container of the job; a patch applies to the container of that name. */
function container(zone: TrainingZone, workload: ZoneWorkload): Plain {
  const { ports } = workload.collectives;
  const variables = [
    ...workload.services.flatMap((service) => Object.entries(('profile' in service ? serviceProfile(service.profile)?.env : undefined) ?? {})),
    ...Object.entries(ports === null ? {} : pinningVariables(workload, ports)),
    ...Object.entries(fabricVariables(zone, workload)),
  ];
  const env = sortedBy(Object.entries(Object.fromEntries(variables)), ([name]) => name).map(([name, value]) => ({ name, value }));
  return {
    name: 'trainer',
    ...(env.length === 0 ? {} : { env }),
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'], ...(usesRdma(workload) ? { add: ['IPC_LOCK'] } : {}) } },
  };
}
