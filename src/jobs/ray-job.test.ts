import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import { decide } from '../engine/decide.ts';
import { profiles } from '../engine/profiles.ts';
import { reach } from '../engine/reach.ts';
import { seenBy } from '../engine/seen-by.ts';
import { passagesOf } from '../frameworks/job-frameworks.ts';
import { trainingJobs } from '../frameworks/training-jobs.ts';

const kubernetes = profileNamed('kubernetes');

function profileNamed(id: string) {
  const found = profiles.find((p) => p.id === id);
  if (found === undefined) throw new Error('the profile is there');
  return found;
}

const pods = (labels = ''): string => `template: {metadata: {labels: {${labels}}}, spec: {containers: [{name: ray, image: ray}]}}`;
const nodes = `
    headGroupSpec: {rayStartParams: {}, ${pods()}}
    workerGroupSpecs: [{groupName: gpu, replicas: 2, rayStartParams: {}, ${pods()}}]`;

function job(more = '', metadata = '', status = ''): string {
  return `
apiVersion: ray.io/v1
kind: RayJob
metadata: {name: mnist, namespace: ml${metadata}}
spec:
  entrypoint: python train.py
  rayClusterSpec: ${nodes}
${more}${status}`;
}

function policy(spec: string): string {
  return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: own, namespace: ml}\nspec: ${spec}`;
}

function read(...texts: readonly string[]) {
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'ray.yaml', text: texts.join('\n---\n') }]);
  return { snapshot, codes: diagnostics.map((d) => d.code) };
}

/** What the head may do to the workers, by both engines. */
function asked(from: string, to: string, ...texts: readonly string[]): readonly string[] {
  const { snapshot, profile } = seenBy(read(...texts).snapshot, kubernetes);
  const packet = { from: { kind: 'pod', workload: from, replica: 0 }, to: { kind: 'pod', workload: to, replica: 0 }, protocol: 'TCP', port: 6379 } as const;
  const flow = reach(snapshot, profile).between({ kind: 'workload', id: from }, { kind: 'workload', id: to });
  const fast = flow.allowed.has('TCP', 6379) ? 'allowed' : flow.unknown.has('TCP', 6379) ? 'unknown' : 'denied';
  return [decide(snapshot, profile, packet).decision, fast];
}

const [head, worker, submitter] = ['RayJob/ml/mnist/head', 'RayJob/ml/mnist/gpu', 'RayJob/ml/mnist/submitter'];

describe('a RayJob', () => {
  test('is one job: its cluster and the pod that submits it', () => {
    const { snapshot, codes } = read(job());
    expect(codes).toEqual([]);
    expect(snapshot.workloads.map((w) => [w.id, w.replicas])).toEqual([
      [worker, 2],
      [head, 1],
      [submitter, 1],
    ]);
    const jobs = trainingJobs(snapshot.workloads);
    expect(jobs.map((j) => [j.name, j.label, j.members.length])).toEqual([['mnist', null, 3]]);
    expect(jobs.flatMap((j) => passagesOf(j).map((p) => p.id))).toContain('ray/submit');
  });

  test.each([
    ['K8sJobMode', ['gpu', 'head', 'submitter']],
    ['HTTPMode', ['gpu', 'head']],
    ['SidecarMode', ['gpu', 'head']],
  ])('in %s', (mode, roles) => {
    expect(read(job(`  submissionMode: ${mode}\n`)).snapshot.workloads.map((w) => w.role)).toEqual(roles);
  });

  test.each([
    ['its name', '{podSelector: {matchLabels: {ray.io/cluster: mnist-bcdfg}}, policyTypes: [Ingress]}', 'unknown'],
    ['a name of older versions', '{podSelector: {matchLabels: {ray.io/cluster: mnist-raycluster-bcdfg}}, policyTypes: [Ingress]}', 'unknown'],
    [
      'all names but one',
      '{podSelector: {matchExpressions: [{key: ray.io/cluster, operator: NotIn, values: [mnist-bcdfg]}]}, policyTypes: [Ingress]}',
      'unknown',
    ],
    ['a name that no operator draws', '{podSelector: {matchLabels: {ray.io/cluster: mnist-extra}}, policyTypes: [Ingress]}', 'allowed'],
    ['any cluster', '{podSelector: {matchExpressions: [{key: ray.io/cluster, operator: Exists}]}, policyTypes: [Ingress]}', 'denied'],
    ['its role and its name', '{podSelector: {matchLabels: {ray.io/cluster: mnist-bcdfg, ray.io/node-type: head}}, policyTypes: [Ingress]}', 'allowed'],
    [
      'peers of its name',
      '{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {ray.io/cluster: mnist-bcdfg}}}]}]}',
      'unknown',
    ],
    [
      'peers of another',
      '{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {ray.io/cluster: other-bcdfg}}}]}]}',
      'denied',
    ],
    ['its identifier', '{podSelector: {matchLabels: {ray.io/identifier: mnist-bcdfg-worker}}, policyTypes: [Ingress]}', 'unknown'],
  ])('before it is made, under a policy about %s', (_what, spec, decision) => {
    expect(asked(head, worker, job(), policy(spec))).toEqual([decision, decision]);
  });

  test('whose name is known is held by that name, and by no other', () => {
    const live = job('', ', uid: j', 'status: {rayClusterName: mnist-bcdfg}\n');
    const named = (name: string): string => policy(`{podSelector: {matchLabels: {ray.io/cluster: ${name}}}, policyTypes: [Ingress]}`);
    expect(asked(head, worker, live, named('mnist-bcdfg'))).toEqual(['denied', 'denied']);
    expect(asked(head, worker, live, named('mnist-hjklm'))).toEqual(['allowed', 'allowed']);
    // What somebody wrote into a manifest is no status.
    expect(asked(head, worker, job('', '', 'status: {rayClusterName: mnist-hjklm}\n'), named('mnist-bcdfg'))).toEqual(['unknown', 'unknown']);
  });

  test('and the view of a cluster is the same when it is asked for again', () => {
    const first = seenBy(read(job(), policy('{podSelector: {matchLabels: {ray.io/cluster: mnist-bcdfg}}}')).snapshot, kubernetes);
    expect(first.snapshot.policies.map((p) => p.id)).toEqual(['NetworkPolicy ml/own', 'NetworkPolicy ml/own (perhaps)']);
    expect(seenBy(first.snapshot, first.profile).snapshot.policies).toEqual(first.snapshot.policies);
  });

  test.each([
    ['apiVersion: ray.io/v1\nkind: RayJob\nmetadata: {name: x}', 'missing-field'],
    ['apiVersion: ray.io/v1\nkind: RayJob\nmetadata: {name: x}\nspec: {entrypoint: x}', 'missing-field'],
    [job('  submissionMode: Mail\n'), 'unknown-value'],
    [job('  submitterPodTemplate: 7\n'), 'wrong-type'],
    [job('  clusterSelector: [x]\n'), 'wrong-type'],
    ['apiVersion: ray.io/v1\nkind: RayService\nmetadata: {name: x}\nspec: {rayClusterConfig: 7}', 'wrong-type'],
    ['apiVersion: ray.io/v1\nkind: RayService\nmetadata: {name: x}\nspec: {}', 'missing-field'],
  ])('with a fault is refused, never a crash', (text, code) => {
    expect(read(text).codes).toContain(code);
    expect(read(text).snapshot.workloads).toEqual([]);
  });

  test('says where its cluster would have policies that nobody can name yet', () => {
    expect(read(job().replace('headGroupSpec', 'networkPolicy: {mode: DenyAll}\n    headGroupSpec')).codes).toEqual(['policies-not-known']);
  });

  test('and its live pods are counted once, through the cluster that was made for it', () => {
    const owner = (kind: string, name: string, uid: string): string =>
      `ownerReferences: [{apiVersion: ray.io/v1, kind: ${kind}, name: ${name}, controller: true, uid: ${uid}}]`;
    const live = `
apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: mnist-bcdfg, namespace: ml, uid: r, ${owner('RayJob', 'mnist', 'j')}}
spec: ${nodes}`;
    const pod = (name: string, type: string, group: string, ip: string): string => `
apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: ml
  uid: ${name}
  labels: {ray.io/cluster: mnist-bcdfg, ray.io/node-type: ${type}, ray.io/group: ${group}, ray.io/is-ray-node: 'yes', ray.io/identifier: mnist-bcdfg-${type}, app.kubernetes.io/name: kuberay, app.kubernetes.io/created-by: kuberay-operator}
  ${owner('RayCluster', 'mnist-bcdfg', 'r')}
spec: {nodeName: node-1, containers: [{name: ray, image: ray, args: [ray start], ports: [{name: metrics, containerPort: 8080}]}]}
status: {phase: Running, podIP: ${ip}}
`;
    const there = [live, pod('h', 'head', 'headgroup', '10.0.0.1'), pod('a', 'worker', 'gpu', '10.0.0.2'), pod('b', 'worker', 'gpu', '10.0.0.3')];
    for (const status of ['status: {rayClusterName: mnist-bcdfg}\n', '']) {
      const { snapshot, codes } = read(job('  submissionMode: HTTPMode\n', ', uid: j', status), ...there);
      expect(codes).toEqual([]);
      expect(snapshot.workloads.map((w) => [w.id, w.replicas, w.ips.length])).toEqual([
        [worker, 2, 2],
        [head, 1, 1],
      ]);
    }
  });
});

describe('a RayService', () => {
  test('has a Service before its head and one before what serves', () => {
    const { snapshot, codes } = read(`apiVersion: ray.io/v1\nkind: RayService\nmetadata: {name: chat, namespace: ml}\nspec:\n  rayClusterConfig: ${nodes}`);
    expect(codes).toEqual([]);
    expect(snapshot.services.map((s) => [s.name, s.ports.map((p) => p.port)])).toEqual([
      ['chat-head-svc', [10001, 6379, 8265, 8000, 8080]],
      ['chat-serve-svc', [8000]],
    ]);
    expect(snapshot.workloads.map((w) => [w.role, w.labels['ray.io/serve']])).toEqual([
      ['gpu', 'true'],
      ['head', 'true'],
    ]);
  });
});

describe('the cluster that has no name yet', () => {
  const labelled = (head: string, worker: string): string => `apiVersion: ray.io/v1
kind: RayJob
metadata: {name: mnist, namespace: ml}
spec:
  rayClusterSpec:
    headGroupSpec: {rayStartParams: {}, ${pods(head)}}
    workerGroupSpecs: [{groupName: gpu, rayStartParams: {}, ${pods(worker)}}]`;

  test.each([
    ['run: mnist, part: head', 'part: worker, run: mnist', 'run=mnist'],
    ['part: head', 'part: worker', 'ray.io/is-ray-node=yes, which holds every Ray cluster of the namespace'],
    ['ray.io/x: z', 'ray.io/x: z', 'ray.io/is-ray-node=yes, which holds every Ray cluster of the namespace'],
  ])('is selected by what its templates have in common: %s and %s', (head, worker, selector) => {
    const { snapshot } = read(labelled(head, worker), policy('{podSelector: {matchLabels: {ray.io/cluster: mnist-bcdfg}}, policyTypes: [Egress]}'));
    const packet = { from: { kind: 'pod', workload: 'RayJob/ml/mnist/head', replica: 0 }, to: { kind: 'address', ip: '192.0.2.1' } } as const;
    const verdict = decide(seenBy(snapshot, kubernetes).snapshot, kubernetes, { ...packet, protocol: 'TCP', port: 443 });
    expect(JSON.stringify(verdict)).toContain(`a selector that works is ${selector}`);
    expect(verdict.decision).toBe('unknown');
  });
});
