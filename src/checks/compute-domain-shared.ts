import { domainOf } from '../attachments/imex.ts';
import { kept } from '../kernel/memo.ts';
import type { Workload } from '../model/workload.ts';
import type { Check } from './check.ts';
import { documents, trainingNamespace } from './example-parts.ts';
import { namesOf, subjectsOf } from './subjects.ts';

const domain = (mode: string): string => `
apiVersion: resource.nvidia.com/v1beta1
kind: ComputeDomain
metadata: {name: llm, namespace: ai-training}
spec: {numNodes: 2, channel: {allocationMode: ${mode}, resourceClaimTemplate: {name: llm-channel}}}`;

const member = (name: string): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ai-training}
spec:
  resourceClaims: [{name: channel, resourceClaimTemplateName: llm-channel}]
  containers:
  - name: trainer
    image: registry.example.com/trainer:1
    resources: {limits: {nvidia.com/gpu: "4"}, claims: [{name: channel}]}`;

export const check: Check = {
  slug: 'compute-domain-shared',
  title: 'GPU memory over NVLink shared beyond one job',
  severity: 'medium',
  plane: 'fabric',
  why: 'Members of a ComputeDomain export GPU memory to each other over NVLink, on whatever node they run; no policy of any kind sees it. The domain is the border, so each job needs one of its own: two jobs in one domain are one. With `allocationMode: All` a pod gets every channel of its node instead of one. And a claim from another namespace than the domain’s is refused by the driver for good: its pods never start.',
  fix: 'Make a ComputeDomain for each job, in the namespace of the job, and leave `allocationMode` at Single.',
  sources: [
    'NVIDIA/k8s-dra-driver-gpu api/nvidia.com/resource/v1beta1 ComputeDomainChannelSpec: allocationMode',
    'NVIDIA/k8s-dra-driver-gpu cmd/compute-domain-kubelet-plugin: AssertComputeDomainNamespace',
    'NVIDIA IMEX Service guide: IMEX channels',
  ],
  example: {
    bad: documents(trainingNamespace, domain('All'), member('llm')),
    good: documents(trainingNamespace, domain('Single'), member('llm')),
  },
  *run({ snapshot }) {
    const members = new Map<string, Workload[]>();
    for (const workload of snapshot.workloads)
      for (const claim of workload.pod.claims) {
        const found = domainOf(snapshot, workload, claim);
        if (found !== undefined && workload.lifecycle !== 'finished') kept(members, `${found.domain.namespace}/${found.domain.name}`, () => []).push(workload);
      }
    for (const compute of snapshot.fabric.domains) {
      const name = `${compute.namespace}/${compute.name}`;
      const users = members.get(name) ?? [];
      const strangers = users.filter((w) => w.namespace !== compute.namespace);
      const owners = new Set(users.map((w) => `${w.namespace}/${w.kind}/${w.name}`));
      const shared = {
        confidence: 'certain' as const,
        primary: compute.origin,
        related: users.slice(0, 5).map((w) => ({ origin: w.origin, message: 'claims a channel of it' })),
        subjects: [name, ...subjectsOf(users)],
      };
      if (strangers.length > 0)
        yield {
          ...shared,
          severity: 'high',
          message: `${namesOf(strangers)} claims a channel of ComputeDomain ${name}, which is another namespace’s: the driver refuses it, so it never starts, and a driver that did not would share GPU memory.`,
          fix: 'Make a ComputeDomain in the namespace of the claim.',
        };
      else if (owners.size > 1 && users.some((w) => w.kind !== 'Pod'))
        yield {
          ...shared,
          severity: 'medium',
          message: `${namesOf(users)} are members of one ComputeDomain, ${name}: they reach each other’s GPU memory over NVLink.`,
          fix: 'Make a ComputeDomain for each job.',
        };
      if (compute.allChannels)
        yield {
          ...shared,
          severity: 'medium',
          message: `Members of ComputeDomain ${name} get every IMEX channel of their node (allocationMode All), not one.`,
          fix: 'Set spec.channel.allocationMode to Single.',
        };
    }
  },
};
