import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { canLand, type Landing } from './can-land.ts';
import { otherNodesToCome, poolNodeToCome } from './nodes.ts';

const gpu = node('gpu-1', '{pool: gpu, zone: a}', '[{key: role, value: training, effect: NoSchedule}]');

function node(name: string, labels: string, taints: string, more = ''): string {
  return `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}, labels: ${labels}}\nspec: {taints: ${taints}${more}}\n`;
}

function template(spec: string, kind = 'Deployment', namespace = 'prod', labels = '{}'): string {
  const pod = `{containers: [{name: c, image: i}]${spec}}`;
  if (kind === 'Pod') return `apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: ${namespace}, labels: ${labels}}\nspec: ${pod}\n`;
  return `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: x, namespace: ${namespace}}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: ${pod}}}\n`;
}

function terms(...all: readonly string[]): string {
  return `, affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [${all.join(', ')}]}}}`;
}

const where = (expression: string): string => `{matchExpressions: [${expression}]}`;

function snapshotOf(...objects: readonly string[]): Snapshot {
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'x.yaml', text: objects.join('---\n') }]);
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  return snapshot;
}

function land(object: string, nodes: readonly string[] = [gpu], more: readonly string[] = []): Landing {
  const snapshot = snapshotOf(object, ...nodes, ...more);
  const [workload] = snapshot.workloads;
  const [first] = snapshot.nodes.filter((n) => n.origin !== null);
  if (workload === undefined || first === undefined) throw new Error('nothing to ask');
  return canLand(snapshot, workload, { kind: 'known', node: first });
}

type Row = readonly [string, string, Landing['is']];

const tolerating = (toleration: string): string => `, tolerations: [{${toleration}}]`;
const all = tolerating('operator: Exists');

describe('taints', () => {
  test.each<Row>([
    ['none tolerated', '', 'no'],
    ['by value', tolerating('key: role, operator: Equal, value: training, effect: NoSchedule'), 'yes'],
    ['Equal is meant where no operator stands', tolerating('key: role, value: training'), 'yes'],
    ['another value', tolerating('key: role, value: other'), 'no'],
    ['no value is the empty one', tolerating('key: role'), 'no'],
    ['whatever value', tolerating('key: role, operator: Exists'), 'yes'],
    ['another effect', tolerating('key: role, operator: Exists, effect: NoExecute'), 'no'],
    ['another key', tolerating('key: other, operator: Exists'), 'no'],
    ['every taint', all, 'yes'],
    ['every taint of one effect', tolerating('operator: Exists, effect: NoSchedule'), 'yes'],
    ['every taint of another effect', tolerating('operator: Exists, effect: NoExecute'), 'no'],
    ['for some seconds', tolerating('key: role, operator: Exists, effect: NoSchedule, tolerationSeconds: 5'), 'yes'],
    ['a number, of a value that is none', tolerating('key: role, operator: Gt, value: "5"'), 'no'],
  ])('%s', (_, spec, wanted) => {
    expect(land(template(spec)).is).toBe(wanted);
  });

  const taints = (text: string): string => node('n1', '{}', text);
  test.each<readonly [string, string, string, Landing['is']]>([
    ['a taint that only asks nicely', '', '[{key: role, value: a, effect: PreferNoSchedule}]', 'yes'],
    ['one that evicts', '', '[{key: role, value: a, effect: NoExecute}]', 'no'],
    ['one of two tolerated', tolerating('key: a, operator: Exists'), '[{key: a, effect: NoSchedule}, {key: b, effect: NoSchedule}]', 'no'],
    ['a number over', tolerating('key: sla, operator: Gt, value: "5"'), '[{key: sla, value: "6", effect: NoSchedule}]', 'yes'],
    ['a number not over', tolerating('key: sla, operator: Gt, value: "6"'), '[{key: sla, value: "6", effect: NoSchedule}]', 'no'],
    ['a number under', tolerating('key: sla, operator: Lt, value: "7"'), '[{key: sla, value: "6", effect: NoSchedule}]', 'yes'],
  ])('%s', (_, spec, given, wanted) => {
    expect(land(template(spec), [taints(given)]).is).toBe(wanted);
  });
});

describe('what a pod asks of its node', () => {
  const one = (expression: string): string => all + terms(where(expression));
  test.each<Row>([
    ['its label', `${all}, nodeSelector: {pool: gpu}`, 'yes'],
    ['another value', `${all}, nodeSelector: {pool: cpu}`, 'no'],
    ['a label that it lacks', `${all}, nodeSelector: {gone: x}`, 'no'],
    ['its name as a label, which the manifest left out', `${all}, nodeSelector: {kubernetes.io/hostname: gpu-1}`, 'yes'],
    ['In', one('{key: pool, operator: In, values: [cpu, gpu]}'), 'yes'],
    ['NotIn', one('{key: pool, operator: NotIn, values: [gpu]}'), 'no'],
    ['NotIn, of a label that it lacks', one('{key: gone, operator: NotIn, values: [gpu]}'), 'yes'],
    ['Exists', one('{key: pool, operator: Exists}'), 'yes'],
    ['DoesNotExist', one('{key: pool, operator: DoesNotExist}'), 'no'],
    ['Gt, of no number', one('{key: pool, operator: Gt, values: ["1"]}'), 'no'],
    ['all of a term', all + terms(where('{key: pool, operator: Exists}, {key: zone, operator: In, values: [b]}')), 'no'],
    ['one of the terms', all + terms(where('{key: zone, operator: In, values: [b]}'), where('{key: zone, operator: In, values: [a]}')), 'yes'],
    ['a term without requirements matches nothing', all + terms('{}'), 'no'],
    ['selector and term', `${all}, nodeSelector: {pool: gpu}${terms(where('{key: zone, operator: In, values: [b]}'))}`, 'no'],
    ['by name', all + terms('{matchFields: [{key: metadata.name, operator: In, values: [gpu-1]}]}'), 'yes'],
    ['by another name', all + terms('{matchFields: [{key: metadata.name, operator: In, values: [cpu-1]}]}'), 'no'],
    ['any but this name', all + terms('{matchFields: [{key: metadata.name, operator: NotIn, values: [gpu-1]}]}'), 'no'],
    [
      'a preference keeps nobody off',
      `${all}, affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 100, preference: ${where('{key: pool, operator: In, values: [cpu]}')}}]}}`,
      'yes',
    ],
  ])('%s', (_, spec, wanted) => {
    expect(land(template(spec)).is).toBe(wanted);
  });

  test('numbers are compared as numbers', () => {
    const of = (operator: string, value: string): string =>
      land(template(terms(where(`{key: gen, operator: ${operator}, values: ["${value}"]}`))), [node('n1', '{gen: "10"}', '[]')]).is;
    expect([of('Gt', '9'), of('Gt', '10'), of('Lt', '9'), of('Lt', '11')]).toEqual(['yes', 'no', 'no', 'yes']);
  });
});

describe('the name of a node', () => {
  test.each<Row>([
    ['its own, whatever it tolerates', ', nodeName: gpu-1', 'yes'],
    ['another', `, nodeName: cpu-1${all}`, 'no'],
    ['its own, against what it asks for', ', nodeName: gpu-1, nodeSelector: {pool: cpu}', 'no'],
  ])('%s', (_, spec, wanted) => {
    expect(land(template(spec, 'Pod')).is).toBe(wanted);
    expect(land(template(spec)).is).toBe(wanted);
  });

  test('a taint that evicts counts with the kubelet too', () => {
    const evicting = node('gpu-1', '{}', '[{key: role, effect: NoExecute}]');
    expect(land(template(', nodeName: gpu-1', 'Pod'), [evicting]).is).toBe('no');
    expect(land(template(`, nodeName: gpu-1${all}`, 'Pod'), [evicting]).is).toBe('yes');
  });
});

describe('controllers and admission', () => {
  test('the pods of a DaemonSet are let on cordoned nodes, others are not', () => {
    const cordoned = node('n1', '{}', '[]', ', unschedulable: true');
    expect(land(template('', 'DaemonSet'), [cordoned]).is).toBe('yes');
    expect(land(template('', 'Deployment'), [cordoned]).is).toBe('no');
    expect(land(template('', 'DaemonSet')).is).toBe('no');
  });

  const runtime =
    'apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: gpu}\nhandler: nvidia\nscheduling: {nodeSelector: {pool: gpu}, tolerations: [{key: role, operator: Exists}]}\n';
  test('a RuntimeClass lets its pods on, and keeps them on', () => {
    const spec = ', runtimeClassName: gpu';
    expect(land(template(spec), [gpu], [runtime])).toMatchObject({
      is: 'yes',
      through: [{ text: 'RuntimeClass gpu lets it tolerate the taint role, and so role=training:NoSchedule' }, {}],
    });
    expect(land(template(spec), [node('n1', '{}', '[]')], [runtime]).is).toBe('no');
    expect(land(template(spec), [gpu])).toEqual({ is: 'unknown', why: ['what RuntimeClass gpu puts on its pods: it is not in the input'] });
    expect(land(template(`${spec}, nodeSelector: {pool: cpu}`), [gpu]).is).toBe('no');
  });

  test('an annotation of the namespace counts where its plug-in runs, which nobody sees', () => {
    const namespace = (annotations: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: prod, annotations: ${annotations}}\n`;
    const open = node('n1', '{}', '[]');
    expect(land(template(''), [open], [namespace('{scheduler.alpha.kubernetes.io/node-selector: pool=cpu}')]).is).toBe('unknown');
    expect(land(template(all), [gpu], [namespace('{scheduler.alpha.kubernetes.io/node-selector: pool=gpu}')]).is).toBe('yes');
    const given = `{scheduler.alpha.kubernetes.io/defaultTolerations: '[{"key":"role","operator":"Exists"}]'}`;
    expect(land(template(''), [gpu], [namespace(given)]).is).toBe('unknown');
    expect(land(template(''), [node('n1', '{}', '[{key: other, effect: NoSchedule}]')], [namespace(given)]).is).toBe('no');
  });

  test('a taint named like a device is perhaps tolerated for those who ask for it', () => {
    const asks = (device: string): string =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: prod}\nspec: {containers: [{name: c, image: i, resources: {limits: {${device}: 1}}}]}\n`;
    const tainted = node('n1', '{}', '[{key: nvidia.com/gpu, effect: NoSchedule}]');
    expect(land(asks('nvidia.com/gpu'), [tainted]).is).toBe('unknown');
    expect(land(asks('rdma/hca'), [tainted]).is).toBe('no');
    expect(land(asks('nvidia.com/gpu'), [node('n1', '{}', '[{key: nvidia.com/gpu, effect: NoExecute}]')]).is).toBe('no');
  });

  test('of another scheduler only its kubelet is sure', () => {
    const other = ', schedulerName: volcano';
    expect(land(template(other))).toEqual({ is: 'unknown', why: ['whether scheduler volcano, which places it, minds taints'] });
    expect(land(template(`${other}, nodeSelector: {pool: cpu}`)).is).toBe('no');
    expect(land(template(other), [node('n1', '{}', '[{key: role, effect: NoExecute}]')]).is).toBe('no');
    expect(land(template(', schedulerName: default-scheduler')).is).toBe('no');
  });

  const queue = (flavors: string): readonly string[] => [
    'apiVersion: kueue.x-k8s.io/v1beta1\nkind: LocalQueue\nmetadata: {name: q, namespace: prod}\nspec: {clusterQueue: c}\n',
    `apiVersion: kueue.x-k8s.io/v1beta1\nkind: ClusterQueue\nmetadata: {name: c}\nspec: {resourceGroups: [{coveredResources: [cpu, pods], flavors: ${flavors}}]}\n`,
    'apiVersion: kueue.x-k8s.io/v1beta1\nkind: ResourceFlavor\nmetadata: {name: gpu}\nspec: {nodeLabels: {pool: gpu}, tolerations: [{key: role, operator: Exists}]}\n',
    'apiVersion: kueue.x-k8s.io/v1beta1\nkind: ResourceFlavor\nmetadata: {name: cpu}\nspec: {nodeLabels: {pool: cpu}}\n',
  ];
  const job = (spec = ''): string =>
    `apiVersion: batch/v1\nkind: Job\nmetadata: {name: x, namespace: prod, labels: {kueue.x-k8s.io/queue-name: q}}\nspec: {suspend: true, template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]${spec}}}}\n`;
  test('a flavor of Kueue lets its jobs on; one of several may be given', () => {
    expect(land(job(), [gpu], queue('[{name: gpu}]')).is).toBe('yes');
    expect(land(job(), [gpu], queue('[{name: cpu}]')).is).toBe('no');
    expect(land(job(), [gpu], queue('[{name: cpu}, {name: gpu}]')).is).toBe('yes');
    expect(land(job(', nodeSelector: {pool: cpu}'), [gpu], queue('[{name: cpu}, {name: gpu}]')).is).toBe('no');
    expect(land(job(), [gpu], queue('[{name: gone}]')).is).toBe('unknown');
    expect(land(job(', nodeSelector: {pool: cpu}'), [gpu], queue('[{name: gone}]')).is).toBe('no');
  });
});

describe('nodes to come', () => {
  const pool = { pool: 'gpu', zone: 'a' };
  const taint = { key: 'role', value: 'training', effect: 'NoSchedule' };
  const ask = (spec: string, kind = 'Deployment', nodes: readonly string[] = []): readonly string[] => {
    const snapshot = snapshotOf(template(spec, kind), ...nodes);
    const [workload] = snapshot.workloads;
    if (workload === undefined) throw new Error('nothing to ask');
    const others = otherNodesToCome(pool).map((n) => canLand(snapshot, workload, n).is);
    return [canLand(snapshot, workload, poolNodeToCome(pool, taint)).is, ...others];
  };
  test.each<readonly [string, string, readonly string[]]>([
    ['asks for nothing', '', ['no', 'yes', 'yes']],
    ['tolerates', all, ['yes', 'yes', 'yes']],
    ['asks for all labels', `${all}, nodeSelector: {pool: gpu, zone: a}`, ['yes', 'no', 'no']],
    ['asks for one label of two', `${all}, nodeSelector: {pool: gpu}`, ['yes', 'no', 'yes']],
    ['asks for another value', `${all}, nodeSelector: {pool: cpu}`, ['no', 'yes', 'yes']],
    ['asks for a label that such a node may have', `${all}, nodeSelector: {rack: "7"}`, ['yes', 'yes', 'yes']],
    ['a term with several values', all + terms(where('{key: pool, operator: In, values: [gpu, cpu]}')), ['yes', 'yes', 'yes']],
    [
      'two requirements that leave one value',
      all + terms(where('{key: pool, operator: In, values: [gpu, cpu]}, {key: pool, operator: NotIn, values: [cpu]}, {key: zone, operator: In, values: [a]}')),
      ['yes', 'no', 'no'],
    ],
    [
      'a term that contradicts itself counts for nothing',
      all +
        terms(
          where('{key: pool, operator: In, values: [gpu]}, {key: zone, operator: In, values: [a]}'),
          where('{key: pool, operator: In, values: [cpu]}, {key: pool, operator: NotIn, values: [cpu]}'),
        ),
      ['yes', 'no', 'no'],
    ],
    ['a number that there is', all + terms(where('{key: gen, operator: Gt, values: ["3"]}, {key: gen, operator: Lt, values: ["5"]}')), ['yes', 'yes', 'yes']],
    ['a number that there is not', all + terms(where('{key: gen, operator: Gt, values: ["3"]}, {key: gen, operator: Lt, values: ["4"]}')), ['no', 'no', 'no']],
    [
      'a number that is shut out',
      all + terms(where('{key: gen, operator: Gt, values: ["3"]}, {key: gen, operator: Lt, values: ["5"]}, {key: gen, operator: NotIn, values: ["4"]}')),
      ['no', 'no', 'no'],
    ],
    ['a name that a node may have', all + terms('{matchFields: [{key: metadata.name, operator: In, values: [n9]}]}'), ['yes', 'yes', 'yes']],
  ])('%s', (_, spec, wanted) => {
    expect(ask(spec)).toEqual(wanted);
  });

  test('a pod that names its node is on no new one; where that node is not in the input, nobody knows', () => {
    expect(ask(', nodeName: gpu-1', 'Pod', [gpu])).toEqual(['no', 'no', 'no']);
    expect(ask(', nodeName: gpu-1', 'Pod')).toEqual(['unknown', 'unknown', 'unknown']);
  });
});
