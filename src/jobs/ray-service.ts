import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { JobExpander } from './expander.ts';
import { warnOfPolicies } from './ray-cluster.ts';
import { rayClusterName } from './ray-made-up.ts';
import { expandRayNodes, rayClusterLabel } from './ray-nodes.ts';
import { headServiceOf, rayObjects, serveServiceOf } from './ray-objects.ts';

/**
 * RayService of KubeRay: the cluster of `rayClusterConfig`, a Service before its head, and one before the pods that serve. The head serves too, as long as
 * it is healthy and `excludeHeadPodFromServeSvc` does not keep it out. A second cluster, which an upgrade makes, is not in the picture.
 * Source: ray-project/kuberay ray-operator/controllers/ray/rayservice_controller.go; common/service.go.
 */
export const expander: JobExpander = {
  kinds: [{ group: 'ray.io', kind: 'RayService' }],
  expand(object, { shared }) {
    const diagnostics: Diagnostic[] = [];
    const at = new Reader(object.body, object.origin, diagnostics);
    const spec = at.field('spec');
    if (at.required('spec') && spec.expect('an object')) spec.required('rayClusterConfig');
    const nodes = spec.field('rayClusterConfig');
    const { name, madeUp } = clusterOf(object, at);
    const headServes = spec.field('excludeHeadPodFromServeSvc').boolean() !== true;
    const more = (type: 'head' | 'worker') => ({ 'ray.io/serve': type === 'worker' || headServes ? 'true' : 'false' });
    const workloads = expandRayNodes(nodes, { object, cluster: name, lifecycle: 'running', shared, madeUp, more });
    warnOfPolicies(nodes.field('networkPolicy'), name);
    return finish(diagnostics, () => workloads);
  },
  makes(object, around) {
    const at = new Reader(object.body, object.origin, []);
    const nodes = at.field('spec').field('rayClusterConfig');
    if (nodes.absent || object.name.includes('*')) return [];
    const { name, madeUp } = clusterOf(object, at);
    const own = [
      headServiceOf(object, nodes, `${object.name}-head-svc`, name),
      ...serveServiceOf(object, nodes, `${object.name}-serve-svc`, name.includes('?') ? null : { [rayClusterLabel]: name, 'ray.io/serve': 'true' }),
    ];
    if (madeUp('head').length > 0 || around.find('ray.io', 'RayCluster', object.namespace, name) !== undefined) return own;
    return [...own, ...rayObjects(object, nodes, name)];
  },
};

function clusterOf(object: RawObject, at: Reader): ReturnType<typeof rayClusterName> {
  return rayClusterName(object, at.field('status').field('activeServiceStatus').field('rayClusterName').value);
}
