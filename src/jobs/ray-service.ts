import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Told, Workload } from '../model/workload.ts';
import type { JobExpander } from './expander.ts';
import { warnOfPolicies } from './ray-cluster.ts';
import { rayClusterName } from './ray-made-up.ts';
import { expandRayNodes, rayClusterLabel, rayPorts } from './ray-nodes.ts';
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
    const workloads = expandRayNodes(nodes, { object, cluster: name, lifecycle: 'running', shared, madeUp, more, told: () => toldBy(spec) });
    warnOfServePort(spec, workloads);
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

/** What applications are deployed with: their code, and variables, on whichever node runs them. Source: ray-project/ray doc/source/serve/production-guide/config.md. */
function toldBy(spec: Reader): readonly Told[] {
  const { value, origin } = spec.field('serveConfigV2');
  return typeof value === 'string' && value !== '' ? [{ field: 'serveConfigV2', text: value, origin }] : [];
}

/** As much of a configuration as is looked at for a port, in UTF-16 code units. */
const longestConfig = 65_536;

/**
 * KubeRay does not read the port out of the configuration: its Service and its questions go to the port `serve` of the pods, 8000 where they have none.
 * Source: ray-project/kuberay ray-operator/controllers/ray/rayservice_controller.go updateHeadPodServeLabel; common/service.go.
 */
function warnOfServePort(spec: Reader, workloads: readonly Workload[]): void {
  const at = spec.field('serveConfigV2');
  const text = typeof at.value === 'string' ? at.value.slice(0, longestConfig) : '';
  const [, block = ''] = /(?:^|\n)http_options:([^\n]{0,999}(?:\n[ \t][^\n]{0,999}){0,99})/.exec(text) ?? [];
  const port = Number(/(?:^|[\s{,])port: {0,9}(\d{1,5})(?!\d)/.exec(block)?.[1] ?? rayPorts.serve);
  const served = workloads.flatMap((w) => w.ports.find((p) => p.name === 'serve')?.port ?? rayPorts.serve);
  const other = served.find((p) => p !== port);
  if (other === undefined) return;
  at.warning(
    'serve-port-differs',
    `http_options of serveConfigV2 has Ray Serve listen at port ${port}, and KubeRay sends requests to port ${other} of its pods.`,
    `Give the first container of each pod template a containerPort ${port} that is called serve.`,
  );
}

function clusterOf(object: RawObject, at: Reader): ReturnType<typeof rayClusterName> {
  return rayClusterName(object, at.field('status').field('activeServiceStatus').field('rayClusterName').value);
}
