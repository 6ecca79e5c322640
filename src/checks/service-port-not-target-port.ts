import { kept } from '../kernel/memo.ts';
import { within } from '../kernel/origin.ts';
import type { Service } from '../model/cluster.ts';
import { selects } from '../model/labels.ts';
import type { Workload } from '../model/workload.ts';
import type { TransportSet } from '../space/transport-set.ts';
import type { Check, CheckContext } from './check.ts';
import { defaultDeny, documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';
import { policyIndex } from './policy-index.ts';
import { listening, only, rulePorts } from './rule-ports.ts';
import { concernsTraining, enforcedPolicies } from './subjects.ts';

const store = `
apiVersion: v1
kind: Pod
metadata: {name: minio, namespace: ai-training, labels: {app: minio}}
spec: {containers: [{name: minio, image: "registry.example.com/minio:1", ports: [{name: s3, containerPort: 9000}]}]}`;
const service = `
apiVersion: v1
kind: Service
metadata: {name: minio, namespace: ai-training}
spec: {selector: {app: minio}, ports: [{port: 80, targetPort: s3}]}`;
const egress = (port: number): string =>
  networkPolicy(
    'storage',
    `  podSelector: {matchLabels: {app: trainer}}\n  policyTypes: [Egress]\n  egress:\n  - to: [{podSelector: {matchLabels: {app: minio}}}]\n    ports: [{protocol: TCP, port: ${port}}]`,
  );

export const check: Check = {
  slug: 'service-port-not-target-port',
  title: "A rule opens the Service's port, the pods listen on another",
  severity: 'high',
  plane: 'network',
  why: 'A Service is translated to one of its pods, and with it the port. A rule that names pods sees the port on which the pod listens (targetPort), not the port that the client dials. A rule for the latter opens nothing that is used.',
  fix: 'Write the target port in the rule, or the name of the container port.',
  sources: [
    'kubernetes.io network-policies: the port is the one on the selected pods',
    'cilium Documentation/network/kubernetes/policy.rst: after service translation',
  ],
  example: {
    bad: documents(trainingNamespace, trainer(), store, service, defaultDeny, egress(80)),
    good: documents(trainingNamespace, trainer(), store, service, defaultDeny, egress(9000)),
  },
  *run(context) {
    const index = policyIndex(context.snapshot);
    for (const policy of enforcedPolicies(context)) {
      for (const rule of policy.rules) {
        if (rule.action !== 'allow' || rule.ports === null) continue;
        const destinations = rule.direction === 'egress' ? index.peers(rule) : index.subjects(policy);
        const concerned = concernsTraining(context, policy) || index.peers(rule).some((w) => context.training.has(w.id));
        if (!concerned || rule.peers === null) continue;
        for (const pod of destinations) {
          const mixed = mixedUp(context, pod, rulePorts(rule, pod));
          if (mixed === undefined) continue;
          yield {
            severity: 'high',
            confidence: context.profile.egressAfterTranslation === 'yes' ? 'certain' : 'likely',
            message: `${policy.id} opens port ${mixed.port}, the port of Service ${pod.namespace}/${mixed.service}, but ${pod.namespace}/${pod.name} listens on ${mixed.target}.`,
            primary: within(rule.origin, policy.dialect === 'cilium' ? 'toPorts' : 'ports'),
            related: [
              { origin: mixed.origin, message: `translates ${mixed.port} to ${mixed.target}` },
              { origin: pod.origin, message: `listens on ${mixed.target}` },
            ],
            fix: `Write port ${mixed.target} in the rule.`,
            patch:
              policy.dialect === 'cilium'
                ? `- port: "${mixed.target}"\n  protocol: ${mixed.protocol}\n`
                : `- protocol: ${mixed.protocol}\n  port: ${mixed.target}\n`,
            subjects: [policy.namespace ?? policy.name],
          };
          break;
        }
      }
    }
  },
};

const services = new WeakMap<readonly Service[], ReadonlyMap<string, readonly Service[]>>();

/** Services by namespace. */
function grouped(all: readonly Service[]): ReadonlyMap<string, readonly Service[]> {
  const found = new Map<string, Service[]>();
  for (const service of all) kept(found, service.namespace, () => []).push(service);
  return found;
}

/** The Service port that the rule names in place of the target port: opened, not listened on, while the target port is listened on and not opened. */
function mixedUp({ snapshot }: CheckContext, pod: Workload, opened: TransportSet) {
  const listens = listening(pod);
  if (listens === null) return undefined;
  const there = kept(services, snapshot.services, () => grouped(snapshot.services));
  for (const service of there.get(pod.namespace) ?? []) {
    if (service.headless || service.selector === null || !selects(service.selector, pod.labels)) continue;
    for (const { port, protocol, targetPort } of service.ports) {
      const target = typeof targetPort === 'number' ? targetPort : pod.ports.find((p) => p.name === targetPort && p.protocol === protocol)?.port;
      if (target === undefined || target === port || !only(protocol, port).subsetOf(opened) || only(protocol, port).subsetOf(listens)) continue;
      if (only(protocol, target).subsetOf(listens) && !only(protocol, target).subsetOf(opened))
        return { service: service.name, port, protocol, target, origin: service.origin };
    }
  }
  return undefined;
}
