import type { Reader } from '../kernel/reader.ts';
import { type Labels, labelOf } from '../model/labels.ts';
import { annotationsOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';
import { texts } from './container.ts';
import { madePolicy, madeService } from './made-object.ts';
import { headService, rayClusterLabel, rayGroupLabel, rayIdentifier, rayNodeTypeLabel, rayPorts } from './ray-nodes.ts';

/** Modes of spec.networkPolicy, and the directions that each shuts. Source: ray-project/kuberay ray-operator/apis/ray/v1/raycluster_types.go. */
export const rayPolicyModes = ['DenyAll', 'DenyAllIngress', 'DenyAllEgress'] as const;

/** By which its policies choose the pod that submits a RayJob. Source: networkpolicy_controller.go buildRayJobPeer. */
export function raySubmitterLabels(job: string): Labels {
  return { 'ray.io/originated-from-cr-name': job, 'ray.io/originated-from-crd': 'RayJob' };
}

interface ServicePort {
  readonly name: string;
  readonly port: number;
}

/**
 * Services and NetworkPolicies that KubeRay makes for a cluster. `submitter` chooses the pod that submits the job, where one does from outside.
 * Sources: ray-project/kuberay ray-operator/controllers/ray/common/service.go; networkpolicy_controller.go.
 */
export function rayObjects(owner: RawObject, spec: Reader, cluster: string, submitter: Labels | null = null): readonly RawObject[] {
  const workers = spec.field('workerGroupSpecs').each();
  const made = [headServiceOf(owner, spec, headService(spec, cluster), cluster)];
  if (labelOf(annotationsOf(owner), 'ray.io/enable-serve-service') === 'true')
    made.push(...serveServiceOf(owner, spec, `${cluster}-serve-svc`, { [rayClusterLabel]: cluster }));
  if (workers.some((group) => Number(group.field('numOfHosts').value) > 1)) {
    const selector = { [rayClusterLabel]: cluster, [rayNodeTypeLabel]: 'worker' };
    made.push(madeService(owner, `${cluster}-headless`, { clusterIP: 'None', selector, publishNotReadyAddresses: true }));
  }
  return [...made, ...policiesOf(owner, spec, cluster, submitter)];
}

/** The Service before the head. It is headless unless the author says what sort it is. Source: common/service.go BuildServiceForHeadPod. */
export function headServiceOf(owner: RawObject, spec: Reader, name: string, cluster: string): RawObject {
  // Before the cluster has a name, nothing says which pods stand behind it.
  const known = !cluster.includes('?');
  const head = spec.field('headGroupSpec');
  const application = head.field('template').field('metadata').field('labels').field('app.kubernetes.io/name').value;
  const selector = texts([
    [rayClusterLabel, cluster],
    [rayNodeTypeLabel, 'head'],
    ['ray.io/identifier', rayIdentifier(cluster, 'head')],
    ['app.kubernetes.io/name', typeof application === 'string' ? application : 'kuberay'],
    ['app.kubernetes.io/created-by', 'kuberay-operator'],
  ]);
  const labels = known ? selector : {};
  const type = head.field('serviceType').value;
  const sort = typeof type === 'string' && type !== '' ? { type } : {};
  const own = head.field('headService').field('spec');
  if (head.field('headService').present)
    return madeService(
      owner,
      name,
      { ...sort, ...membersOf(own), selector: known ? selector : null, ports: [...valuesOf(own.field('ports')), ...portsOf(spec)] },
      labels,
    );
  const headless = sort.type === undefined || sort.type === 'ClusterIP' ? { clusterIP: 'None', publishNotReadyAddresses: true } : {};
  return madeService(owner, name, { ...sort, ...headless, selector: known ? selector : null, ports: portsOf(spec) }, labels);
}

/** The Service before the pods that serve; there is none without a port to serve at. Source: common/service.go BuildServeService. */
export function serveServiceOf(owner: RawObject, spec: Reader, name: string, selector: Labels | null): readonly RawObject[] {
  const ports = portsOf(spec).filter((p) => p.name === 'serve' || p.name.startsWith('serve-'));
  if (ports.length === 0) return [];
  const type = spec.field('headGroupSpec').field('serviceType').value;
  return [madeService(owner, name, { ...(typeof type === 'string' && type !== '' ? { type } : {}), selector, ports })];
}

/** Ports of the head's first container, else those of a plain Ray head; that for metrics always. Source: common/service.go getServicePorts. */
function portsOf(spec: Reader): readonly ServicePort[] {
  const [first] = spec.field('headGroupSpec').field('template').field('spec').field('containers').each();
  const declared = (first?.field('ports').each() ?? []).flatMap((at): readonly ServicePort[] => {
    const { name, port } = { name: at.field('name').value, port: at.field('containerPort').value };
    return typeof port === 'number' ? [{ name: typeof name === 'string' && name !== '' ? name : `${port}-port`, port }] : [];
  });
  const { client, gcs, dashboard, metrics, serve } = rayPorts;
  const plain: readonly ServicePort[] = [
    { name: 'client', port: client },
    { name: 'gcs-server', port: gcs },
    { name: 'dashboard', port: dashboard },
    { name: 'serve', port: serve },
  ];
  const ports = declared.length === 0 ? plain : declared;
  return ports.some((p) => p.name === 'metrics') ? ports : [...ports, { name: 'metrics', port: metrics }];
}

/** Source: networkpolicy_controller.go buildHeadNetworkPolicy, buildWorkerGroupNetworkPolicy. */
function policiesOf(owner: RawObject, spec: Reader, cluster: string, submitter: Labels | null): readonly RawObject[] {
  const asked = spec.field('networkPolicy');
  if (asked.absent) return [];
  const mode = rayPolicyModes.find((m) => m === asked.field('mode').value) ?? 'DenyAll';
  const peers = [{ podSelector: { matchLabels: { [rayClusterLabel]: cluster } } }];
  const dashboard = portOf(spec.field('headGroupSpec').field('rayStartParams').field('dashboard-port').value);
  const submission = submitter === null ? [] : [{ from: [{ podSelector: { matchLabels: submitter } }], ports: [{ protocol: 'TCP', port: dashboard }] }];
  const policy = (name: string, group: string, matchLabels: Labels, own: Reader, ingress: readonly object[]): RawObject => {
    const labels = {
      [rayClusterLabel]: cluster,
      [rayGroupLabel]: group,
      'app.kubernetes.io/name': 'kuberay',
      'app.kubernetes.io/created-by': 'kuberay-operator',
    };
    const [inward, outward] = [mode !== 'DenyAllEgress', mode !== 'DenyAllIngress'];
    const body = {
      podSelector: { matchLabels },
      policyTypes: [...(inward ? ['Ingress'] : []), ...(outward ? ['Egress'] : [])],
      ...(inward ? { ingress: [{ from: peers }, ...ingress, ...valuesOf(own.field('ingressRules'))] } : {}),
      ...(outward ? { egress: [{ to: peers }, ...valuesOf(own.field('egressRules'))] } : {}),
    };
    return madePolicy(owner, name, body, labels);
  };
  const heads = policy(`${cluster}-head`, 'headgroup', { [rayClusterLabel]: cluster, [rayNodeTypeLabel]: 'head' }, asked.field('head'), submission);
  const workers = spec
    .field('workerGroupSpecs')
    .each()
    .flatMap((at) => {
      const group = at.field('groupName').value;
      if (typeof group !== 'string') return [];
      const own = asked
        .field('workerGroups')
        .each()
        .find((w) => w.field('groupName').value === group);
      const chosen = { [rayClusterLabel]: cluster, [rayNodeTypeLabel]: 'worker', [rayGroupLabel]: group };
      return [policy(`${cluster}-workers-${group}`, group, chosen, own ?? asked.field('worker'), [])];
    });
  return [heads, ...workers];
}

function portOf(text: unknown): number {
  return typeof text === 'string' && /^\d{1,5}$/.test(text) ? Number(text) : rayPorts.dashboard;
}

function valuesOf(at: Reader): readonly unknown[] {
  return at.each().map((item) => item.value);
}

function membersOf(at: Reader): Readonly<Record<string, unknown>> {
  return Object.fromEntries(at.keys().map((key) => [key, at.field(key).value]));
}
