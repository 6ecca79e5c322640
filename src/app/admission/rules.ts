import { sortedBy } from '../../kernel/stable.ts';
import { usesRdma } from '../../spec/pod-security.ts';
import type { NodePool, TrainingZone, ZoneTaint } from '../../spec/zone.ts';
import { allOf, celText, everyContainer, labelValue } from './cel.ts';
import { created, newly } from './conditions.ts';
import { jobOwner, jobParts } from './job-owner.ts';
import { fabricKeys, foreignNetworks, gkeInterfaces, ownNetworks } from './networks.ts';
import type { AdmissionRule } from './rule.ts';

/**
 * Rules for pods of the zone's namespace, and for those of all namespaces but `except`; for Jobs and StatefulSets of the zone's namespace, whose controllers
 * write whatever labels they say on pods; and for networks of every other namespace.
 */
export interface AdmissionRules {
  readonly training: readonly AdmissionRule[];
  readonly elsewhere: readonly AdmissionRule[];
  readonly jobs: readonly AdmissionRule[];
  readonly networks: readonly AdmissionRule[];
  readonly except: readonly string[];
}

/**
 * What admission must refuse for the zone to hold of pods that do not exist yet. Much of a pod never changes after it was created, and pods that were there
 * before must still be let go: of an update only what it newly breaks counts.
 */
export function admissionRules(zone: TrainingZone): AdmissionRules {
  const { nodes, namespace } = zone.spec;
  const sharedWith = nodes === null ? [] : nodes.sharedWith;
  return {
    training: trainingRules(zone),
    elsewhere: [...(nodes === null || !nodes.exclusive ? [] : poolRules(zone, nodes)), foreignNetworks(zone), ...gkeInterfaces(zone)],
    jobs: jobLabelsOf(zone).flatMap((key) => jobParts(namespace.name, key)),
    networks: fabricKeys(zone),
    except: [...new Set([namespace.name, ...sharedWith])],
  };
}

/** Labels by which pods of a job are told from those of another. */
export function jobLabelsOf({ spec: { workloads } }: TrainingZone): readonly string[] {
  return [...new Set(workloads.filter((w) => w.peers === 'same-job').map((w) => w.jobLabel))];
}

function trainingRules(zone: TrainingZone): readonly AdmissionRule[] {
  const { namespace, nodes, workloads, admission, fabric } = zone.spec;
  const where = `training pods of ${namespace.name}`;
  const rdma = workloads.some(usesRdma);
  const jobLabels = jobLabelsOf(zone);
  const selecting = sortedBy(new Set([...workloads.flatMap((w) => Object.keys(w.selector)), ...jobLabels]), (key) => key);
  return [
    {
      id: 'host-namespaces',
      expression: created(allOf(['hostNetwork', 'hostPID', 'hostIPC'].map((field) => `!has(object.spec.${field}) || !object.spec.${field}`))),
      message: `${where} may not share the network, the processes or the memory of their node: no NetworkPolicy applies there`,
    },
    {
      id: 'host-paths',
      expression: created('!has(object.spec.volumes) || object.spec.volumes.all(v, !has(v.hostPath))'),
      message: `${where} may not mount paths of their node; devices come from a device plugin`,
    },
    {
      id: 'host-ports',
      expression: created(everyContainer('object', '!has(c.ports) || c.ports.all(p, !has(p.hostPort) || p.hostPort == 0)')),
      message: `${where} may not open ports of their node`,
    },
    {
      id: 'privilege',
      expression: newly((pod) => everyContainer(pod, '!has(c.securityContext) || !has(c.securityContext.privileged) || !c.securityContext.privileged')),
      message: `no container of ${where} may be privileged`,
    },
    // Elsewhere Pod Security says it. Source: Kubernetes documentation, Pod Security Standards: baseline and restricted forbid IPC_LOCK.
    ...(rdma
      ? [
          {
            id: 'capabilities' as const,
            expression: newly((pod) =>
              everyContainer(
                pod,
                "!has(c.securityContext) || !has(c.securityContext.capabilities) || !has(c.securityContext.capabilities.add) || c.securityContext.capabilities.add.all(x, x == 'IPC_LOCK')",
              ),
            ),
            message: `containers of ${where} may add IPC_LOCK, which pins memory for RDMA, and no other capability`,
          },
        ]
      : []),
    ...(nodes === null
      ? []
      : [
          {
            id: 'pool' as const,
            expression: created(pinned(nodes)),
            message: `${where} must ask for the training nodes: ${labelsText(nodes)} in nodeSelector or in each term of required node affinity`,
          },
          {
            id: 'node-name' as const,
            expression: created("!has(object.spec.nodeName) || object.spec.nodeName == ''"),
            message: `${where} are placed by the scheduler: nodeName passes its taints by`,
          },
        ]),
    {
      id: 'labels-stay',
      expression: `request.operation != 'UPDATE' || (${allOf(selecting.map((key) => `${labelValue('object', key)} == ${labelValue('oldObject', key)}`))})`,
      message: `labels that policies choose pods by (${selecting.join(', ')}) do not change while ${where} live`,
    },
    ...jobLabels.map((key) => jobOwner(namespace.name, key)),
    ...(fabric?.infiniband == null && fabric?.roce == null ? [] : [ownNetworks(zone)]),
    ...(admission.images === 'by-digest'
      ? [
          {
            id: 'images' as const,
            expression: newly((pod) => everyContainer(pod, "has(c.image) && c.image.matches('@sha256:[a-f0-9]{64}$')")),
            message: `images of ${where} are named by digest (…@sha256:…): a tag may be another image tomorrow`,
          },
        ]
      : []),
  ];
}

function poolRules(zone: TrainingZone, { taint }: NodePool): readonly AdmissionRule[] {
  if (taint === null || taint.effect === 'PreferNoSchedule') return [];
  const nodes = `the nodes of zone ${zone.metadata.name}`;
  return [
    {
      id: 'taint',
      expression: newly((pod) => `!has(${pod}.spec.tolerations) || ${pod}.spec.tolerations.all(t, !(${toleratedBy(taint)}))`),
      message: `pods outside training may not tolerate the taint ${taint.key}=${taint.value}:${taint.effect} of ${nodes}, nor every taint; node software belongs in a namespace of nodes.sharedWith`,
    },
    // Of a taint that evicts the kubelet takes care: it refuses pods that do not tolerate it. Source: kubernetes/kubernetes pkg/kubelet/lifecycle/predicate.go.
    ...(taint.effect === 'NoExecute'
      ? []
      : [
          {
            id: 'node-name-elsewhere' as const,
            // Pods of a node's own manifests name it; their mirrors are written by the node itself. Source: kubernetes.io, Static Pods.
            expression: created(
              "!has(object.spec.nodeName) || object.spec.nodeName == '' || (has(object.metadata.annotations) && 'kubernetes.io/config.mirror' in object.metadata.annotations && has(request.userInfo.groups) && request.userInfo.groups.exists(g, g == 'system:nodes'))",
            ),
            message: `pods are placed by the scheduler: nodeName would pass by the taint of ${nodes}`,
          },
          {
            id: 'scheduler-elsewhere' as const,
            expression: created("!has(object.spec.schedulerName) || object.spec.schedulerName in ['', 'default-scheduler']"),
            message: `pods outside training are placed by default-scheduler: nobody knows whether another minds the taint of ${nodes}; one that does belongs in a namespace of nodes.sharedWith with its pods, or give the taint the effect NoExecute`,
          },
        ]),
  ];
}

/** Gt and Lt count as tolerating, whatever they compare. Source: kubernetes/api core/v1 Toleration.ToleratesTaint. */
function toleratedBy({ key, value, effect }: ZoneTaint): string {
  return `(!has(t.effect) || t.effect == '' || t.effect == ${celText(effect)}) && (!has(t.key) || t.key == '' || (t.key == ${celText(key)} && ((has(t.operator) && t.operator != '' && t.operator != 'Equal') || (has(t.value) ? t.value : '') == ${celText(value)})))`;
}

function pinned({ labels }: NodePool): string {
  const required = 'object.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution';
  const given = `has(object.spec.affinity) && has(object.spec.affinity.nodeAffinity) && has(${required})`;
  return allOf(
    sortedBy(Object.entries(labels), ([key]) => key).map(([key, value]) => {
      const selected = `(has(object.spec.nodeSelector) && ${celText(key)} in object.spec.nodeSelector && object.spec.nodeSelector[${celText(key)}] == ${celText(value)})`;
      const term = `has(t.matchExpressions) && t.matchExpressions.exists(e, e.key == ${celText(key)} && e.operator == 'In' && has(e.values) && e.values.all(v, v == ${celText(value)}))`;
      return `${selected} || (${given} && ${required}.nodeSelectorTerms.all(t, ${term}))`;
    }),
  );
}

function labelsText({ labels }: NodePool): string {
  return sortedBy(Object.entries(labels), ([key]) => key)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}
