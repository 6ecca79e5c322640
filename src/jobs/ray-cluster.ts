import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { type Labels, labelOf } from '../model/labels.ts';
import type { MadeUpLabel } from '../model/made-up-label.ts';
import { controllerOf, labelsOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { JobExpander } from './expander.ts';
import { generatedLabel, isGenerated } from './generated-name.ts';
import { expandRayNodes, rayClusterLabel, rayIdentifier } from './ray-nodes.ts';
import { rayObjects, rayPolicyModes, raySubmitterLabels } from './ray-objects.ts';

/**
 * RayCluster of KubeRay: a head, and groups of workers.
 * Source: ray-project/kuberay ray-operator/apis/ray/v1/raycluster_types.go; controllers/ray/raycluster_controller.go.
 */
export const expander: JobExpander = {
  kinds: [{ group: 'ray.io', kind: 'RayCluster' }],
  training: { label: rayClusterLabel, source: 'ray-project/kuberay ray-operator/apis/ray/v1' },
  expand(object, { shared }) {
    const diagnostics: Diagnostic[] = [];
    const at = new Reader(object.body, object.origin, diagnostics);
    at.required('spec');
    const workloads = expandRayNodes(at.field('spec'), {
      object,
      cluster: object.name,
      lifecycle: 'running',
      shared,
      madeUp: (type) => madeUpOf(object, type),
    });
    warnOfPolicies(at.field('spec').field('networkPolicy'), object.name);
    return finish(diagnostics, () => workloads);
  },
  makes(object) {
    if (isGenerated(object)) return [];
    return rayObjects(object, new Reader(object.body, object.origin, []).field('spec'), object.name, submitterOf(object));
  },
};

function madeUpOf(cluster: RawObject, type: 'head' | 'worker'): readonly MadeUpLabel[] {
  return [...generatedLabel(cluster, rayClusterLabel), ...generatedLabel(cluster, 'ray.io/identifier', (name) => rayIdentifier(name, type))];
}

/** Labels of the pod that submits the RayJob which this cluster was made for. Source: controllers/ray/networkpolicy_controller.go buildRayJobPeer. */
function submitterOf(cluster: RawObject): Labels | null {
  const owner = controllerOf(cluster);
  if (owner === null || owner.kind !== 'RayJob' || labelOf(labelsOf(cluster), 'ray.io/job-submission-mode') !== 'K8sJobMode') return null;
  return raySubmitterLabels(owner.name);
}

/** The policies are alpha: an operator makes none until it is told to. Source: ray-project/kuberay ray-operator/pkg/features/features.go. */
export function warnOfPolicies(at: Reader, cluster: string): void {
  if (!at.expect('an object')) return;
  at.field('mode').oneOf(rayPolicyModes);
  if (/[*?]/.test(cluster)) {
    at.warning(
      'policies-not-known',
      'KubeRay 1.7 and later make policies for this cluster, with the feature gate RayClusterNetworkPolicy; nobody knows its name yet, so they are not in the picture.',
      'Give the policies that you need yourself, by a label of your own in the pod templates.',
    );
    return;
  }
  at.warning(
    'needs-feature-gate',
    'KubeRay 1.7 and later make these policies only with the feature gate RayClusterNetworkPolicy; they count here as if it were on.',
    'Without the gate, leave networkPolicy out: it protects nothing.',
  );
}
