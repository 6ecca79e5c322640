import { within } from '../../kernel/origin.ts';
import type { Finding } from '../../model/finding.ts';
import { type Labels, labelOf } from '../../model/labels.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import { type Workload, workloadTitle } from '../../model/workload.ts';

/** Slug of pods that a service mesh takes into itself. */
export const meshSlug = 'pods-in-mesh';

/** A mesh that takes in pods, by what says so. `needs` is what its part in the pod must reach, which no path of the job asks for. */
interface Mesh {
  readonly sign: string;
  readonly needs: string;
  readonly off: string;
}

/**
 * Pods whose packets a service mesh takes from them. Its proxy has a control plane to reach, and between pods it speaks a protocol of its own: collectives at
 * ports that nothing declares do not pass as they are, and policies see other ports. What a mesh is set up for is in no manifest of the job, so that nobody can tell.
 */
export function meshFindings(job: TrainingJob, { namespaces }: Snapshot): readonly Finding[] {
  return job.members.flatMap((member): readonly Finding[] => {
    const space = namespaces.get(member.namespace);
    const mesh = member.hostNetwork ? null : meshOf(member, space?.labels ?? {}, space?.annotations ?? {});
    if (mesh === null) return [];
    return [
      {
        check: meshSlug,
        severity: 'medium',
        confidence: 'likely',
        undecided: true,
        message: `${workloadTitle(member)} is in a service mesh where one is installed (${mesh.sign}): ${mesh.needs}, which no path here asks for, and NCCL and its like fail through a mesh.`,
        primary: within(member.podOrigin),
        related: space === undefined || space.origin === null ? [] : [{ origin: space.origin, message: `namespace ${member.namespace}` }],
        fix: `Keep training pods out of the mesh: ${mesh.off}.`,
        subjects: [`${member.namespace}/${member.name}`],
      },
    ];
  });
}

const istio = {
  needs: "its sidecar has to reach istiod at TCP 15012 before the pod is ready, and takes the pod's TCP",
  off: "label sidecar.istio.io/inject: 'false' in the pod template",
} as const;
const ambient = {
  needs: 'ztunnel on the node carries its TCP to other pods at TCP 15008',
  off: 'label istio.io/dataplane-mode: none in the pod template',
} as const;
const linkerd = {
  needs: "its proxy has to reach Linkerd's control plane (TCP 8080, 8086 and 8090), and takes the pod's TCP",
  off: 'annotation linkerd.io/inject: disabled in the pod template',
} as const;

/**
 * Sources: istio/istio manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml (selectors: a namespace that says istio-injection is asked by
 * that, then by its revision, else the pod), pkg/kube/inject/inject.go injectRequired (host network, the pod's own word); istio.io, Ambient: Add workloads to the
 * mesh; Application Requirements: ports; linkerd.io, Automatic Proxy Injection.
 */
function meshOf({ labels, annotations, pod }: Workload, spaceLabels: Labels, spaceAnnotations: Labels): Mesh | null {
  if (pod.containers.some((c) => c.name === 'istio-proxy')) return { ...istio, sign: 'container istio-proxy' };
  if (pod.containers.some((c) => c.name === 'linkerd-proxy')) return { ...linkerd, sign: 'container linkerd-proxy' };
  const own = labelOf(labels, 'sidecar.istio.io/inject') ?? labelOf(annotations, 'sidecar.istio.io/inject');
  const injection = labelOf(spaceLabels, 'istio-injection');
  const revision = labelOf(spaceLabels, 'istio.io/rev');
  if (own !== 'false' && injection !== 'disabled') {
    if (injection === 'enabled') return { ...istio, sign: 'its namespace has istio-injection: enabled' };
    if (revision !== undefined) return { ...istio, sign: `its namespace has istio.io/rev: ${revision}` };
    if (own === 'true') return { ...istio, sign: 'it has sidecar.istio.io/inject: true' };
    if (labelOf(labels, 'istio.io/rev') !== undefined) return { ...istio, sign: 'it has the label istio.io/rev' };
  }
  const mode = labelOf(labels, 'istio.io/dataplane-mode') ?? labelOf(spaceLabels, 'istio.io/dataplane-mode');
  if (mode === 'ambient') return { ...ambient, sign: 'istio.io/dataplane-mode: ambient' };
  const inject = labelOf(annotations, 'linkerd.io/inject') ?? labelOf(spaceAnnotations, 'linkerd.io/inject');
  return inject === 'enabled' || inject === 'ingress' ? { ...linkerd, sign: `linkerd.io/inject: ${inject}` } : null;
}
