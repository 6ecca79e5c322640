import { sortedBy } from '../../kernel/stable.ts';
import { usesRdma } from '../../spec/pod-security.ts';
import type { NodePool, TrainingZone, ZoneTaint } from '../../spec/zone.ts';
import { allOf, celList, celText, everyContainer, labelValue } from './cel.ts';

/** What a rule closes, so that claims can rest on it. */
export type RuleId =
  | 'host-namespaces'
  | 'host-paths'
  | 'host-ports'
  | 'privilege'
  | 'capabilities'
  | 'pool'
  | 'node-name'
  | 'labels-stay'
  | 'job-owner'
  | 'images'
  | 'own-networks'
  | 'taint'
  | 'node-name-elsewhere'
  | 'networks';

/** One thing that admission refuses: in CEL, over the pod and the request, true where the pod may pass. */
export interface AdmissionRule {
  readonly id: RuleId;
  readonly expression: string;
  readonly message: string;
}

/** Rules for pods of the zone's namespace, and for those of all namespaces but `except`. */
export interface AdmissionRules {
  readonly training: readonly AdmissionRule[];
  readonly elsewhere: readonly AdmissionRule[];
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
    elsewhere: [...(nodes === null || !nodes.exclusive ? [] : poolRules(zone, nodes)), networks(zone)],
    except: [...new Set([namespace.name, ...sharedWith])],
  };
}

function trainingRules(zone: TrainingZone): readonly AdmissionRule[] {
  const { namespace, nodes, workloads, admission, fabric } = zone.spec;
  const where = `training pods of ${namespace.name}`;
  const rdma = workloads.some(usesRdma);
  const jobLabels = [...new Set(workloads.filter((w) => w.peers === 'same-job').map((w) => w.jobLabel))];
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
    ...jobLabels.map((key): AdmissionRule => {
      const value = `object.metadata.labels[${celText(key)}]`;
      return {
        id: 'job-owner',
        expression: created(
          `!has(object.metadata.labels) || !(${celText(key)} in object.metadata.labels) || (has(object.metadata.ownerReferences) && object.metadata.ownerReferences.exists(o, has(o.controller) && o.controller && (o.name == ${value} || o.name.startsWith(${value} + '-'))))`,
        ),
        message: `only what belongs to a job may carry its label ${key}`,
      };
    }),
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

/** Annotations by which a pod names networks. Source: k8snetworkplumbingwg multi-net-spec, network attachment selection; multus-cni pkg/k8sclient (v1.multus-cni.io/default-network). */
const networkAnnotations = ['k8s.v1.cni.cncf.io/networks', 'v1.multus-cni.io/default-network'];

/**
 * Training pods take networks of their own namespace alone, whose partition or VLAN is the zone's: ib-kubernetes joins a pod to whatever partition the network
 * names, whoever's it is. Names with commas may say the namespace; in JSON every one that is said must be the zone's. Go reads keys in any case, also with
 * letters that fold to those of ASCII, and escapes: such values are refused. Source: encoding/json Unmarshal; Mellanox/ib-kubernetes pkg/daemon/daemon.go.
 */
function ownNetworks({ metadata, spec }: TrainingZone): AdmissionRule {
  const { name } = spec.namespace;
  const matches = (text: string, pattern: RegExp): string => `${text}.matches(${celText(pattern.source)})`;
  const one = `(${name}/)?[a-z0-9.-]+(@[A-Za-z0-9._-]+)?`;
  const json = (value: string): string =>
    allOf([
      matches(value, /^\s*\[/),
      matches(value, /^[\s\x20-\x7e]*$/),
      `!${value}.contains(${celText('\\')})`,
      `(${celText(`:"${name}"`)} + ${value}.lowerAscii()).split(${celText('"namespace"')}).all(p, ${matches('p', new RegExp(`^\\s*:\\s*"${name}"`))})`,
    ]);
  return {
    id: 'own-networks',
    expression: annotated(networkAnnotations, (value) => `${matches(value, new RegExp(`^\\s*${one}(\\s*,\\s*${one})*\\s*$`))} || (${json(value)})`),
    message: `training pods of ${name} take networks of that namespace alone: one of another may be of a partition or a VLAN that is not that of zone ${metadata.name}`,
  };
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
        ]),
  ];
}

/**
 * Networks of the zone are for its own pods. Multus reads the annotations when it attaches, which may be long after the pod was created, and annotations may
 * change at any time. Names in JSON may be spelt with escapes: a value with a backslash is refused. Source: k8snetworkplumbingwg multi-net-spec, network
 * attachment selection; multus-cni pkg/k8sclient (v1.multus-cni.io/default-network).
 */
function networks(zone: TrainingZone): AdmissionRule {
  const name = zone.spec.namespace.name;
  const foreign = `(^|[^a-z0-9-])${name}([^a-z0-9-]|$)`;
  return {
    id: 'networks',
    expression: annotated(networkAnnotations, (value) => `!${value}.contains(${celText('\\')}) && !${value}.matches(${celText(foreign)})`),
    message: `networks of namespace ${name} are for pods of that namespace`,
  };
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

/**
 * Of a pod that is being created: what is asked about is in its spec, of which an update changes images, and adds tolerations, and what a gated pod asks of its
 * node, and no more. Source: kubernetes/kubernetes pkg/apis/core/validation ValidatePodUpdate; seen of an API server in lab/kube.
 */
function created(condition: string): string {
  return `request.operation != 'CREATE' || (${condition})`;
}

/** Of each of some annotations, but for a value that the pod had before the update. */
function annotated(keys: readonly string[], condition: (value: string) => string): string {
  const kept =
    "(request.operation == 'UPDATE' && has(oldObject.metadata.annotations) && k in oldObject.metadata.annotations && oldObject.metadata.annotations[k] == object.metadata.annotations[k])";
  return `!has(object.metadata.annotations) || ${celList(keys)}.all(k, !(k in object.metadata.annotations) || ${kept} || (${condition('object.metadata.annotations[k]')}))`;
}

/** Of every pod, but for one that broke the rule before the update. */
function newly(condition: (pod: string) => string): string {
  return `(${condition('object')}) || (request.operation == 'UPDATE' && !(${condition('oldObject')}))`;
}
