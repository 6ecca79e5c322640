import { describe, expect, test } from 'vitest';
import { claimsIn, networkPolicy, statusIn, type World } from '../../../cases/support/claims.ts';

type Row = readonly [string, World, 'holds' | 'fails' | 'undecided'];

function table(claim: string, rows: readonly Row[]): void {
  test.each(rows)('%s', (_, world, wanted) => {
    expect(statusIn(world, `hygiene/${claim}`)).toBe(wanted);
  });
}

const quota = (hard: string, more = '', namespace = 'ml'): string =>
  `apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q, namespace: ${namespace}}\nspec: {hard: ${hard}${more}}\n`;
const account = (annotations: string, name = 'trainer', namespace = 'ml'): string =>
  `apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ${name}, namespace: ${namespace}, annotations: ${annotations}}\n`;
const node = (name: string, labels: string, taints: string): string =>
  `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}, labels: ${labels}}\nspec: {taints: ${taints}}\nstatus: {addresses: [{type: InternalIP, address: 192.168.1.9}]}\n`;
const pod = (spec: string, name = 'x', namespace = 'ml', labels = '{app: train}'): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}, labels: ${labels}}\nspec: {containers: [{name: c, image: x}]${spec}}\n`;

describe('default deny', () => {
  table('default-deny', [
    ['both ways, of all pods', {}, 'holds'],
    ['one way only', { omit: ['policy deny'], objects: [networkPolicy('x', '{podSelector: {}, policyTypes: [Ingress]}')] }, 'fails'],
    [
      'of some pods only',
      { omit: ['policy deny'], objects: [networkPolicy('x', '{podSelector: {matchLabels: {app: train}}, policyTypes: [Ingress, Egress]}')] },
      'fails',
    ],
    ['a hostNetwork pod is under none', { pods: { 'ml/train': { hostNetwork: true } } }, 'fails'],
  ]);
});

describe('Pod Security', () => {
  const labelled = (level: string): World => ({ namespaces: { ml: { 'pod-security.kubernetes.io/enforce': level } } });
  table('pod-security', [
    ['the level of the zone', labelled('baseline'), 'holds'],
    ['a stricter one', labelled('restricted'), 'holds'],
    ['a weaker one', labelled('privileged'), 'fails'],
    ['none', { namespaces: { ml: {} } }, 'fails'],
    ['no Namespace object', { omit: ['ml'] }, 'undecided'],
  ]);
});

describe('quota', () => {
  const limited = (objects: readonly string[], wanted: object = { pods: 50 }): World => ({
    zone: { namespace: { name: 'ml', podSecurity: 'baseline', quota: wanted } },
    objects,
  });
  table('quota', [
    ['as the zone has it', limited([quota('{pods: "50"}')]), 'holds'],
    ['a tighter one', limited([quota('{pods: "49"}')]), 'holds'],
    ['a looser one', limited([quota('{pods: "51"}')]), 'fails'],
    ['one that is no plain number', limited([quota('{pods: "1k"}')]), 'fails'],
    ['a tight one beside a loose one', limited([quota('{pods: "500"}'), quota('{pods: "50"}').replace('name: q', 'name: r')]), 'holds'],
    ['of another resource', limited([quota('{services: "5"}')]), 'fails'],
    ['none', limited([]), 'fails'],
    ['in another namespace', limited([quota('{pods: "50"}', '', 'storage')]), 'fails'],
    ['of some pods only', limited([quota('{pods: "50"}', ', scopes: [Terminating]')]), 'fails'],
    ['GPUs, as requests', limited([quota('{requests.nvidia.com/gpu: "8"}')], { gpus: 8 }), 'holds'],
    ['GPUs, as anything else', limited([quota('{nvidia.com/gpu: "8"}')], { gpus: 8 }), 'fails'],
    ['GPUs but not pods', limited([quota('{requests.nvidia.com/gpu: "8"}')], { gpus: 8, pods: 50 }), 'fails'],
  ]);
});

const pool = { nodes: { labels: { pool: 'gpu' }, taint: 'role=training:NoSchedule' } };
const tainted = '[{key: role, value: training, effect: NoSchedule}]';
const gpu = node('gpu-1', '{pool: gpu}', tainted);
const cpu = node('cpu-1', '{pool: cpu}', '[]');

const maker = (taints: string, labels = '{pool: gpu}'): string =>
  `apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: gpu}\nspec: {template: {metadata: {labels: ${labels}}, spec: {taints: ${taints}, requirements: [], nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: gpu}}}}\n`;

describe('the taint of the pool', () => {
  const nodes = (...objects: readonly string[]): World => ({ zone: pool, objects });
  table('node-pool-tainted', [
    ['on its node', nodes(gpu, cpu), 'holds'],
    ['on one node of two', nodes(gpu, node('gpu-2', '{pool: gpu}', '[]')), 'fails'],
    ['another value', nodes(node('gpu-1', '{pool: gpu}', '[{key: role, value: other, effect: NoSchedule}]')), 'fails'],
    ['another effect', nodes(node('gpu-1', '{pool: gpu}', '[{key: role, value: training, effect: PreferNoSchedule}]')), 'fails'],
    ['another key', nodes(node('gpu-1', '{pool: gpu}', '[{key: other, value: training, effect: NoSchedule}]')), 'fails'],
    ['what makes nodes makes them with it', nodes(gpu, maker('[{key: role, value: training, effect: NoSchedule}]')), 'holds'],
    ['what makes nodes makes them without it', nodes(gpu, maker('[]')), 'fails'],
    ['what makes nodes of another pool makes them without it', nodes(gpu, maker('[]', '{pool: cpu}')), 'holds'],
    ['no node of the pool in the input', nodes(cpu), 'undecided'],
    ['no node in the input', nodes(), 'undecided'],
  ]);
});

describe('others on the pool', () => {
  const other = (spec: string, namespace = 'prod', zone: NonNullable<World['zone']> = pool): World => ({
    zone,
    objects: [gpu, cpu, pod(spec, 'x', namespace, '{}')],
  });
  const tolerating = (toleration: string): World => other(`, tolerations: [{${toleration}}]`);
  table('node-pool-exclusive', [
    ['kept off by the taint', other(''), 'holds'],
    ['tolerate it by value', tolerating('key: role, operator: Equal, value: training, effect: NoSchedule'), 'fails'],
    ['tolerate it by key', tolerating('key: role, operator: Exists'), 'fails'],
    ['tolerate everything', tolerating('operator: Exists'), 'fails'],
    ['tolerate another value', tolerating('key: role, operator: Equal, value: other, effect: NoSchedule'), 'holds'],
    ['tolerate another key', tolerating('key: other, operator: Exists'), 'holds'],
    ['tolerate another effect of it', tolerating('key: role, operator: Exists, effect: NoExecute'), 'holds'],
    ['tolerate it and choose other nodes', other(', tolerations: [{operator: Exists}], nodeSelector: {pool: cpu}'), 'holds'],
    ['tolerate it and choose these nodes', other(', tolerations: [{operator: Exists}], nodeSelector: {pool: gpu}'), 'fails'],
    [
      'tolerate it and are bound to other nodes',
      other(
        ', tolerations: [{operator: Exists}], affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: pool, operator: In, values: [cpu]}]}]}}}',
      ),
      'holds',
    ],
    [
      'tolerate it and are bound to other nodes or these',
      other(
        ', tolerations: [{operator: Exists}], affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: pool, operator: In, values: [cpu]}]}, {matchExpressions: [{key: pool, operator: In, values: [gpu]}]}]}}}',
      ),
      'fails',
    ],
    ['tolerate it and ask for nodes of the pool that are not there yet', other(', tolerations: [{operator: Exists}], nodeSelector: {rack: "7"}'), 'fails'],
    ['placed by another scheduler, which may not mind taints', other(', schedulerName: volcano'), 'undecided'],
    ['placed there by name', other(', nodeName: gpu-1'), 'fails'],
    ['placed elsewhere by name', other(', nodeName: cpu-1, tolerations: [{operator: Exists}]'), 'holds'],
    ['of a namespace that shares the pool', other(', tolerations: [{operator: Exists}]', 'kube-system'), 'holds'],
    [
      'of a namespace that does not share it any more',
      other(', tolerations: [{operator: Exists}]', 'kube-system', { nodes: { ...pool.nodes, sharedWith: [] } }),
      'fails',
    ],
    ['of the zone itself', other(', tolerations: [{operator: Exists}]', 'ml'), 'holds'],
    [
      'a taint that only asks nicely keeps nobody off',
      {
        zone: { nodes: { ...pool.nodes, taint: 'role=training:PreferNoSchedule' } },
        objects: [node('gpu-1', '{pool: gpu}', '[{key: role, value: training, effect: PreferNoSchedule}]')],
      },
      'fails',
    ],
    ['a node without the taint lets everybody in', { zone: pool, objects: [node('gpu-1', '{pool: gpu}', '[]')] }, 'fails'],
    ['no node of the pool in the input', { zone: pool, objects: [cpu] }, 'undecided'],
  ]);

  test('a pod that has finished is on no node any more', () => {
    const world: World = { zone: pool, objects: [gpu], pods: { 'prod/done': { phase: 'Succeeded', node: 'gpu-1', ips: ['10.1.0.9'] } } };
    expect(statusIn(world, 'hygiene/node-pool-exclusive')).toBe('holds');
  });

  test('what shows it: a template, a node, and the lines that let it', () => {
    const [landing, more] =
      claimsIn({ zone: pool, objects: [gpu, pod(', tolerations: [{operator: Exists}]', 'x', 'prod', '{}')] }).get('hygiene/node-pool-exclusive')?.landings ??
      [];
    expect(more).toBeUndefined();
    expect(landing).toMatchObject({
      pod: 'prod/x[Pod]',
      node: 'node gpu-1',
      through: [
        { text: 'it tolerates every taint, and so role=training:NoSchedule', origin: { path: ['spec', 'tolerations', 0] } },
        { text: 'it asks for no node of its own', origin: { path: ['spec'] } },
      ],
    });
  });

  test('a pool that need not be exclusive has no such claim', () => {
    expect(claimsIn({ zone: { nodes: { ...pool.nodes, exclusive: false } }, objects: [gpu] }).has('hygiene/node-pool-exclusive')).toBe(false);
  });
});

describe('the place of training', () => {
  const tolerated = ', tolerations: [{key: role, operator: Exists}]';
  const placed = (spec: string): World => ({ zone: pool, omit: ['ml/train'], objects: [gpu, pod(spec)] });
  const bound = (...terms: readonly string[]): World =>
    placed(
      `${tolerated}, affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [${terms.map((t) => `{matchExpressions: [${t}]}`).join(', ')}]}}}`,
    );
  const inPool = '{key: pool, operator: In, values: [gpu]}';
  table('placement/train', [
    ['by node selector', placed(`${tolerated}, nodeSelector: {pool: gpu}`), 'holds'],
    ['by another value', placed(`${tolerated}, nodeSelector: {pool: cpu}`), 'fails'],
    ['by nothing', placed(tolerated), 'fails'],
    ['without the toleration', placed(', nodeSelector: {pool: gpu}'), 'fails'],
    ['with a toleration of another effect', placed(', nodeSelector: {pool: gpu}, tolerations: [{key: role, operator: Exists, effect: NoExecute}]'), 'fails'],
    ['by affinity', bound(inPool), 'holds'],
    ['by affinity, in every term', bound(`${inPool}, {key: zone, operator: Exists}`, inPool), 'holds'],
    ['by affinity, in one term of two', bound(inPool, '{key: pool, operator: In, values: [cpu]}'), 'fails'],
    ['by affinity to several values', bound('{key: pool, operator: In, values: [gpu, cpu]}'), 'fails'],
    ['by affinity away from another value', bound('{key: pool, operator: NotIn, values: [gpu]}'), 'fails'],
    ['by affinity to another key', bound('{key: other, operator: In, values: [gpu]}'), 'fails'],
    [
      'by affinity to several values, of which it shuts out the others',
      bound('{key: pool, operator: In, values: [gpu, cpu]}, {key: pool, operator: NotIn, values: [cpu]}'),
      'holds',
    ],
    ['by what a RuntimeClass asks for, which is not in the input', placed(`${tolerated}, runtimeClassName: gpu`), 'undecided'],
    ['no workload in the input', { zone: pool, omit: ['ml/train'], objects: [gpu] }, 'undecided'],
  ]);
});

describe('identity', () => {
  const irsa = { serviceAccount: 'trainer', irsa: { role: 'arn:aws:iam::123456789012:role/reader', cidrs: ['203.0.113.0/24'] } };
  const given = (identity: object, ...objects: readonly string[]): World => ({
    workload: { identity },
    zone: { platform: { cni: 'kubernetes', cloud: 'aws', region: 'us-east-1', account: '123456789012' } },
    pods: { 'ml/train': { replicas: 2, serviceAccount: 'trainer' } },
    objects,
  });
  const bound = (arn: string): string => account(`{eks.amazonaws.com/role-arn: "${arn}"}`);
  const plain = { serviceAccount: 'trainer' };
  table('identity/train', [
    ['its account', given(plain, account('{}')), 'holds'],
    ['another account', { ...given(plain, account('{}')), pods: { 'ml/train': { replicas: 2, serviceAccount: 'default' } } }, 'fails'],
    ['its account is not in the input', given(plain), 'undecided'],
    ['its account is in another namespace', given(plain, account('{}', 'trainer', 'storage')), 'undecided'],
    ['another account is in the input', given(plain, account('{}', 'other')), 'undecided'],
    ['a stranger with its account', given(plain, account('{}'), pod(', serviceAccountName: trainer', 'x', 'ml', '{}')), 'fails'],
    ['a stranger with the account of that name elsewhere', given(plain, account('{}'), pod(', serviceAccountName: trainer', 'x', 'storage', '{}')), 'holds'],
    ['a stranger with another account', given(plain, account('{}'), pod(', serviceAccountName: other', 'x', 'ml', '{}')), 'holds'],
    ['its role', given(irsa, bound('arn:aws:iam::123456789012:role/reader')), 'holds'],
    ['another role', given(irsa, bound('arn:aws:iam::123456789012:role/writer')), 'fails'],
    ['the role of that name in another account', given(irsa, bound('arn:aws:iam::999999999999:role/reader')), 'fails'],
    ['no role', given(irsa, account('{}')), 'fails'],
    ['its role by name', given({ ...irsa, irsa: { ...irsa.irsa, role: 'reader' } }, bound('arn:aws:iam::123456789012:role/reader')), 'holds'],
    [
      'another role that ends like it',
      given({ ...irsa, irsa: { ...irsa.irsa, role: 'reader' } }, bound('arn:aws:iam::123456789012:role/other-reader')),
      'fails',
    ],
    [
      'the role of that name of another owner',
      given({ ...irsa, irsa: { ...irsa.irsa, role: 'reader' } }, bound('arn:aws:iam::999999999999:role/reader')),
      'fails',
    ],
  ]);
});
