import type { ExposedWorkload, ExposurePath } from '../model/exposure-report.ts';
import type { Finding } from '../model/finding.ts';
import type { Check } from './check.ts';
import { defaultDeny, documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';

const controller = `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: v1
kind: Namespace
metadata: {name: ingress-nginx}
---
apiVersion: v1
kind: Pod
metadata: {name: controller, namespace: ingress-nginx, labels: {app.kubernetes.io/name: ingress-nginx, app.kubernetes.io/component: controller}}
spec: {containers: [{name: controller, image: "registry.example.com/controller:1", ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: controller, namespace: ingress-nginx}
spec: {type: LoadBalancer, externalTrafficPolicy: Local, selector: {app.kubernetes.io/name: ingress-nginx}, ports: [{port: 80}]}`;
const board = `
apiVersion: v1
kind: Service
metadata: {name: board, namespace: ai-training}
spec: {selector: {app: trainer}, ports: [{port: 80, targetPort: 6006}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: board, namespace: ai-training}
spec: {ingressClassName: nginx, defaultBackend: {service: {name: board, port: {number: 80}}}}`;
const from = (namespace: string): string =>
  networkPolicy(
    'board',
    `  podSelector: {matchLabels: {app: trainer}}\n  policyTypes: [Ingress]\n  ingress:\n  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ${namespace}}}}]\n    ports: [{port: 6006}]`,
  );

export const check: Check = {
  slug: 'training-exposed',
  title: 'Training can be reached from outside',
  severity: 'high',
  plane: 'network',
  why: 'An Ingress, a route of a Gateway, a Route, or a Service of type LoadBalancer or NodePort leads from outside the cluster to a training pod, and policies let it through. Dashboards and debuggers of training jobs run code for whoever reaches them, and ask for no password by default. The policy that opens this names the controller, not its clients: whoever reaches the controller reaches the pod.',
  fix: 'Take the Ingress, the route or the Service away and use a port-forward, or put the dashboard into a pod of its own that reads logs from storage. If it has to stay, put authentication in front of it.',
  sources: [
    'kubernetes.io, NetworkPolicies: rules on pods see the pod that dials, a controller, and not its client',
    'kubernetes.io, Services: type LoadBalancer and NodePort, externalTrafficPolicy',
    'kubernetes-sigs/gateway-api apis/v1; openshift/api route/v1',
  ],
  example: {
    bad: documents(trainingNamespace, trainer(), board, controller, defaultDeny, from('ingress-nginx')),
    good: documents(trainingNamespace, trainer(), board, controller, defaultDeny, from('ai-training')),
  },
  *run({ exposed }) {
    const byEntry = new Map<string, { readonly path: ExposurePath; readonly workloads: ExposedWorkload[] }>();
    for (const workload of exposed()) {
      if (!workload.training) continue;
      for (const path of workload.paths) {
        if (path.verdict === 'denied' || path.ownNodeOnly) continue;
        const key = `${path.entry.id} ${path.verdict}`;
        const known = byEntry.get(key);
        if (known === undefined) byEntry.set(key, { path, workloads: [workload] });
        else if (!known.workloads.includes(workload)) known.workloads.push(workload);
      }
    }
    for (const { path, workloads } of byEntry.values()) yield findingOf(path, workloads);
  },
};

function findingOf(path: ExposurePath, workloads: readonly ExposedWorkload[]): Omit<Finding, 'check'> {
  const certain = path.verdict === 'allowed';
  const [first] = workloads;
  const whom = workloads.length > 1 ? `${first?.title} and ${workloads.length - 1} more` : (first?.title ?? '');
  const [gap] = path.gaps;
  const doubt = certain || gap === undefined ? '' : ` Not known: ${gap.text}.`;
  return {
    severity: certain ? 'high' : 'medium',
    confidence: certain ? 'certain' : 'possible',
    message: `${path.entry.id} leads from outside through ${path.controller} to ${whom} on ${path.ports}, and policies ${certain ? 'let it through' : 'may let it through'}.${doubt}`,
    primary: path.entry.origin,
    related: path.hops.flatMap((hop) =>
      hop.origin === null || hop.origin.document.file === '' ? [] : [{ origin: hop.origin, message: `${hop.from} to ${hop.to}: ${hop.because}` }],
    ),
    fix: 'Take the entry away and use a port-forward, or narrow the rule that lets the controller in.',
    subjects: workloads.map((w) => `${w.namespace}/${w.title.slice(w.namespace.length + 1).replace(/\[.*$/, '')}`),
  };
}
