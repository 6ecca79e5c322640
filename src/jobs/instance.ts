import { stableJson } from '../kernel/stable.ts';
import { type Labels, labelOf } from '../model/labels.ts';
import { fitsMadeUp, type MadeUpLabel } from '../model/made-up-label.ts';
import { type Container, type ContainerPort, knownLabels, type PodFacts, type Workload } from '../model/workload.ts';
import { instanceIdLabel, isMachine } from './virtual-machine.ts';

/**
 * Whether `pod` is made from `template` as far as verdicts and checks look: everything the template says, the pod says too. A pod may carry more, for
 * admission adds to pods (labels, side cars, tolerations, defaults), but what opens a path must be the same in both: the host network, the service account,
 * ports, secondary interfaces, devices and rights on the node. Images, and requests for CPU and memory, which admission rewrites, do not count.
 */
export function isInstance(pod: Workload, template: Workload): boolean {
  return (
    pod.hostNetwork === template.hostNetwork &&
    pod.serviceAccount === template.serviceAccount &&
    hasAll(pod.labels, labelsToHave(template)) &&
    (template.madeUp ?? []).every((label) => hasMadeUp(label, labelOf(pod.labels, label.key))) &&
    hasEvery(pod.ports.map(portText), template.ports.map(portText)) &&
    hasEvery(
      pod.interfaces.map((i) => i.network),
      template.interfaces.map((i) => i.network),
    ) &&
    hasNodes(pod, template) &&
    hasFacts(pod.pod, template.pod, startedByOperator.includes(template.kind))
  );
}

function hasMadeUp(label: MadeUpLabel, value: string | undefined): boolean {
  if (value === undefined) return label.optional === true;
  return label.value === value || fitsMadeUp(label, value);
}

/** Variables that operators write anew for each pod of a template. Source: volcano-sh/volcano pkg/controllers/job/plugins/distributed-framework/tensorflow. */
const perPodVariables: readonly string[] = ['TF_CONFIG'];

/** Variables that operators add to each pod, other ones from version to version. Source: kubernetes-sigs/lws pkg/utils/pod/pod_utils.go AddLWSVariables. */
const addedVariables = /^LWS_/;

/** KubeVirt adds what a machine needs of its node, and older versions write no id. */
function hasNodes({ pod }: Workload, template: Workload): boolean {
  return isMachine(template) ? hasAll(pod.nodeSelector, template.pod.nodeSelector) : stableJson(pod.nodeSelector) === stableJson(template.pod.nodeSelector);
}

function labelsToHave(template: Workload): Labels {
  return isMachine(template) ? withoutId(template.labels) : knownLabels(template);
}

function withoutId(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => key !== instanceIdLabel));
}

/** Kinds whose operator writes what containers run, in other words from version to version. Source: ray-project/kuberay ray-operator/controllers/ray/common/pod.go BuildPod. */
const startedByOperator: readonly string[] = ['RayCluster', 'RayJob', 'RayService'];

function hasFacts(pod: PodFacts, template: PodFacts, anyCommand: boolean): boolean {
  return (
    pod.hostPID === template.hostPID &&
    pod.hostIPC === template.hostIPC &&
    hasEvery(pod.hostPaths, template.hostPaths) &&
    hasEvery(pod.confinement.map(stable), template.confinement.map(stable)) &&
    hasEvery(pod.tolerations.map(stable), template.tolerations.map(stable)) &&
    hasAll(pod.sysctls, template.sysctls) &&
    pod.dnsPolicy === template.dnsPolicy &&
    agrees(pod.automountServiceAccountToken, template.automountServiceAccountToken) &&
    agrees(pod.runAsUser, template.runAsUser) &&
    agrees(pod.runAsNonRoot, template.runAsNonRoot) &&
    agrees(pod.seccompProfile, template.seccompProfile) &&
    hasContainers(pod.containers, template.containers, anyCommand)
  );
}

function hasContainers(pod: readonly Container[], template: readonly Container[], anyCommand: boolean): boolean {
  const byName = new Map(pod.map((c) => [c.name, c]));
  return template.every((wanted) => {
    const found = byName.get(wanted.name);
    return (
      found !== undefined &&
      found.sort === wanted.sort &&
      found.privileged === wanted.privileged &&
      (anyCommand || stableJson([found.command, found.args]) === stableJson([wanted.command, wanted.args])) &&
      Object.entries(wanted.env).every(
        ([name, value]) => addedVariables.test(name) || (Object.hasOwn(found.env, name) && (perPodVariables.includes(name) || found.env[name] === value)),
      ) &&
      hasAll(found.requests, extended(wanted.requests)) &&
      hasEvery(found.capabilities.add, wanted.capabilities.add) &&
      hasEvery(found.capabilities.drop, wanted.capabilities.drop) &&
      agrees(found.runAsUser, wanted.runAsUser) &&
      agrees(found.runAsNonRoot, wanted.runAsNonRoot) &&
      agrees(found.allowPrivilegeEscalation, wanted.allowPrivilegeEscalation) &&
      agrees(found.seccompProfile, wanted.seccompProfile)
    );
  });
}

/** Extended resources (devices): nobody but the author sets them. Source: kubernetes/kubernetes pkg/apis/core/v1/helper IsExtendedResourceName. */
function extended(requests: Container['requests']): Labels {
  return Object.fromEntries(Object.entries(requests).filter(([name]) => name.includes('/')));
}

function portText({ name, port, protocol, hostPort }: ContainerPort): string {
  return `${name ?? ''} ${port} ${protocol} ${hostPort ?? ''}`;
}

function stable(value: object): string {
  return stableJson(value);
}

/** What a template leaves open, admission may have filled in. */
function agrees<T>(pod: T | null, template: T | null): boolean {
  return template === null || pod === template;
}

function hasAll(map: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labelOf(map, key) === value);
}

function hasEvery(list: readonly string[], wanted: readonly string[]): boolean {
  if (wanted.length === 0) return true;
  const all = new Set(list);
  return wanted.every((item) => all.has(item));
}
