import { describe, expect, test } from 'vitest';
import { claimsIn, statusIn } from '../../../cases/support/claims.ts';

const zone = { nodes: { labels: { pool: 'gpu' }, taint: 'role=training:NoSchedule' } };
const node =
  'apiVersion: v1\nkind: Node\nmetadata: {name: gpu-1, labels: {pool: gpu}}\nspec: {taints: [{key: role, value: training, effect: NoSchedule}]}\nstatus: {addresses: [{type: InternalIP, address: 192.168.1.9}]}\n';
const claim = 'hygiene/node-pool-exclusive';
const object = (apiVersion: string, kind: string, body: string, namespace: string | null = 'prod'): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x${namespace === null ? '' : `, namespace: ${namespace}`}}\n${body}\n`;
const template = (tolerations: string): string => `{metadata: {labels: {a: b}}, spec: {${tolerations}containers: [{name: c, image: i}]}}`;
const all = 'tolerations: [{operator: Exists}]';
const rollout = (tolerations: string, namespace = 'prod'): string =>
  object('argoproj.io/v1alpha1', 'Rollout', `spec: {selector: {matchLabels: {a: b}}, template: ${template(tolerations)}}`, namespace);

describe('kinds that nothing reads may make pods', () => {
  test.each<readonly [string, readonly string[], 'holds' | 'fails' | 'undecided']>([
    ['none', [], 'holds'],
    ['a template that tolerates nothing', [rollout('')], 'holds'],
    ['a template that tolerates another taint', [rollout('tolerations: [{key: sku, operator: Exists}], ')], 'holds'],
    ['a template that tolerates everything', [rollout(`${all}, `)], 'fails'],
    ['a template that tolerates everything and asks for another node', [rollout(`${all}, nodeSelector: {pool: cpu}, `)], 'holds'],
    ['of the zone itself', [rollout(`${all}, `, 'ml')], 'holds'],
    ['of node software', [rollout(`${all}, `, 'kube-system')], 'holds'],
    [
      'a service of Knative, whose containers need no names',
      [object('serving.knative.dev/v1', 'Service', `spec: {template: {spec: {${all}, containers: [{image: i}]}}}`)],
      'fails',
    ],
    ['a Job inside of something', [object('example.com/v1', 'Night', `spec: {stages: [{job: {spec: {template: ${template(`${all}, `)}}}}]}`)], 'fails'],
    ['a pod spec that is called otherwise', [object('example.com/v1', 'Engine', `spec: {podSpec: {${all}, containers: [{name: c, image: i}]}}`)], 'fails'],
    [
      'tolerations beside a container',
      [object('argoproj.io/v1alpha1', 'Workflow', `spec: {entrypoint: m, ${all}, templates: [{name: m, container: {image: i}}]}`)],
      'undecided',
    ],
    ['tolerations of a database', [object('postgresql.cnpg.io/v1', 'Cluster', `spec: {instances: 3, affinity: {${all}}}`)], 'undecided'],
    ['tolerations for another taint', [object('postgresql.cnpg.io/v1', 'Cluster', 'spec: {affinity: {tolerations: [{key: sku, operator: Exists}]}}')], 'holds'],
    ['tolerations under a longer name', [object('example.com/v1', 'Engine', 'spec: {driverTolerations: [{key: role, operator: Exists}]}')], 'undecided'],
    ['tolerations of a thing of the whole cluster', [object('example.com/v1', 'Agent', `spec: {${all}}`, null)], 'undecided'],
    [
      'tolerations of a thing of the whole cluster that has made what it makes',
      [
        object('example.com/v1', 'Agent', `spec: {${all}}`, null),
        `apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: a, namespace: kube-system, ownerReferences: [{apiVersion: example.com/v1, kind: Agent, name: x, uid: u, controller: true}]}\nspec: {selector: {matchLabels: {a: b}}, template: ${template(`${all}, `)}}\n`,
      ],
      'holds',
    ],
    ['neither template nor tolerations', [object('cert-manager.io/v1', 'Certificate', 'spec: {secretName: s, dnsNames: [a.b]}')], 'holds'],
    ['a template that nothing uses', [object('v1', 'PodTemplate', `template: ${template(`${all}, `)}`)], 'undecided'],
    ['what a revision remembers', [object('apps/v1', 'ControllerRevision', `revision: 1\ndata: {spec: {template: ${template(`${all}, `)}}}`)], 'holds'],
  ])('%s', (_, objects, wanted) => {
    expect(statusIn({ zone, objects: [node, ...objects] }, claim)).toBe(wanted);
  });

  test('each is told with its place', () => {
    const made = claimsIn({ zone, objects: [node, rollout(`${all}, `)] }).get(claim);
    expect(made?.landings?.[0]).toMatchObject({ pod: 'prod/x[Rollout]', node: 'node gpu-1' });
    expect(made?.landings?.[0]?.through[0]?.origin?.path).toEqual(['spec', 'template', 'spec', 'tolerations', 0]);
    const told = claimsIn({ zone, objects: [node, object('postgresql.cnpg.io/v1', 'Cluster', `spec: {affinity: {${all}}}`)] }).get(claim);
    expect(told?.reasons).toEqual([
      'not read: Cluster prod/x (postgresql.cnpg.io/v1), whose pods may tolerate the taint of the pool (spec.affinity.tolerations): give them as Pods',
    ]);
  });
});

test('a LimitRange gives a job what makes a queue put a flavor on it', () => {
  const queue = [
    object('kueue.x-k8s.io/v1beta1', 'ResourceFlavor', 'spec: {nodeLabels: {pool: gpu}, tolerations: [{key: role, operator: Exists}]}', null),
    object(
      'kueue.x-k8s.io/v1beta1',
      'ClusterQueue',
      'spec: {namespaceSelector: {}, resourceGroups: [{coveredResources: [cpu], flavors: [{name: x, resources: [{name: cpu, nominalQuota: 9}]}]}]}',
      null,
    ),
    object('kueue.x-k8s.io/v1beta1', 'LocalQueue', 'spec: {clusterQueue: x}'),
    `apiVersion: batch/v1\nkind: Job\nmetadata: {name: j, namespace: prod, labels: {kueue.x-k8s.io/queue-name: x}}\nspec: {suspend: true, template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}\n`,
  ];
  const range = (limits: string, namespace = 'prod'): string => object('v1', 'LimitRange', `spec: {limits: [${limits}]}`, namespace);
  const given = (...more: readonly string[]): string | undefined => statusIn({ zone, objects: [node, ...queue, ...more] }, claim);
  expect(given()).toBe('holds');
  expect(given(range('{type: Container, defaultRequest: {cpu: "1"}}'))).toBe('fails');
  expect(given(range('{type: Container, max: {cpu: "1"}}'))).toBe('fails');
  expect(given(range('{type: Container, default: {memory: 1Gi}}'))).toBe('holds');
  expect(given(range('{type: Pod, max: {cpu: "1"}}'))).toBe('holds');
  expect(given(range('{type: Container, default: {cpu: "1"}}', 'other'))).toBe('holds');
});
