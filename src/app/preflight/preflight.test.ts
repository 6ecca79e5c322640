import { describe, expect, test } from 'vitest';
import { among, asked, deny, dns, job, only, space, statuses } from '../../../cases/support/asked-job.ts';
import { wouldRun } from '../../model/preflight-report.ts';
import { loadSnapshot } from '../load.ts';
import { finishedIn } from './preflight.ts';

describe('a job under policies', () => {
  test('runs where all that it needs is open', () => {
    const found = only(asked(job(), [space, deny, dns, among('{protocol: TCP}')]));
    expect(statuses(found)).toEqual({ 'nccl/collectives': 'open', 'pytorch/store': 'open', dns: 'open' });
    expect(found.patch).toBeNull();
    expect(wouldRun(found)).toBe(true);
  });

  test('hangs where only the port of the store is open, and an ephemeral port shows it', () => {
    const found = only(asked(job(), [space, deny, dns, among('{protocol: TCP, port: 29500}, {protocol: TCP, port: 23456}')]));
    expect(statuses(found)).toEqual({ 'nccl/collectives': 'blocked', 'pytorch/store': 'open', dns: 'open' });
    expect(wouldRun(found)).toBe(false);
    const [witness] = found.paths[0]?.witnesses ?? [];
    expect(witness?.packet.port).toBe(43_211);
    expect(witness?.verdict.decision).toBe('denied');
  });

  test('is opened by policies that open nothing else', () => {
    const found = only(asked(job(), [space, deny]));
    expect(statuses(found)).toEqual({ 'nccl/collectives': 'blocked', 'pytorch/store': 'blocked', dns: 'blocked' });
    expect(found.patch?.opens).toEqual(['nccl/collectives', 'pytorch/store', 'dns']);
    expect(found.patch?.also).toEqual([]);
    const policies = (found.patch?.edits ?? []).map((e) => e.manifest ?? '');
    expect(policies).toHaveLength(2);
    const after = only(asked(job(), [space, deny, ...policies]));
    expect(wouldRun(after)).toBe(true);
  });

  test('is told what its variables name', () => {
    const tracker = `
apiVersion: v1
kind: Service
metadata: {name: mlflow, namespace: tracking}
spec: {selector: {app: mlflow}, ports: [{port: 80, targetPort: 5000}]}
---
apiVersion: v1
kind: Pod
metadata: {name: mlflow, namespace: tracking, labels: {app: mlflow}}
spec: {containers: [{name: c, image: mlflow}]}
`;
    const named = job(
      ', {name: MLFLOW_TRACKING_URI, value: "http://mlflow.tracking.svc"}, {name: HUB, value: "https://hub.example.com/x"}, {name: DB, value: "redis://lost.tracking.svc"}',
    );
    const found = only(asked(named, [space, deny, dns, among('{protocol: TCP}'), tracker], 'cilium@1.19'));
    expect(statuses(found)).toMatchObject({
      'named/mlflow.tracking.svc:80': 'blocked',
      'named/hub.example.com:443': 'blocked',
      'named/lost.tracking.svc:6379': 'unknown',
    });
    const mlflow = found.paths.find((p) => p.id === 'named/mlflow.tracking.svc:80');
    expect(mlflow?.ports).toBe('TCP 5000');
    expect(found.patch?.opens).toEqual(['named/mlflow.tracking.svc:80', 'named/hub.example.com:443']);
    const after = only(
      asked(named, [space, deny, dns, among('{protocol: TCP}'), tracker, ...(found.patch?.edits ?? []).map((e) => e.manifest ?? '')], 'cilium@1.19'),
    );
    expect(statuses(after)).toMatchObject({ 'named/mlflow.tracking.svc:80': 'open', 'named/hub.example.com:443': 'open' });
  });

  test('that names a pod of a headless Service means that pod', () => {
    const store = `
apiVersion: v1
kind: Service
metadata: {name: store, namespace: data}
spec: {clusterIP: None, selector: {app: store}, ports: [{port: 7000}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store, namespace: data}
spec: {replicas: 2, serviceName: store, selector: {matchLabels: {app: store}}, template: {metadata: {labels: {app: store}}, spec: {containers: [{name: c, image: s}]}}}
`;
    const url = (name: string, host: string): string => `, {name: ${name}, value: "http://${host}:7000"}`;
    const named = job(['store-0.store.data', 'store-1.store.data.svc.cluster.local', 'store.example'].map((host, i) => url(`S${i}`, host)).join(''));
    const found = only(asked(named, [space, deny, dns, among('{protocol: TCP}'), store], 'cilium@1.19'));
    const ends = found.paths.filter((p) => p.id.startsWith('named/')).map((p) => `${p.id} ${p.witnesses[0]?.packet.to.kind}`);
    expect(ends).toEqual(['named/store-0.store.data:7000 pod', 'named/store-1.store.data.svc.cluster.local:7000 pod', 'named/store.example:7000 name']);
  });

  test('that its operator follows from another namespace gets a policy that lets the operator in, and none about the operator', () => {
    const ray = `
apiVersion: ray.io/v1
kind: RayJob
metadata: {name: tune, namespace: ml}
spec:
  entrypoint: python tune.py
  submissionMode: HTTPMode
  rayClusterSpec:
    headGroupSpec: {rayStartParams: {}, template: {metadata: {labels: {app: ray}}, spec: {containers: [{name: head, image: "ray:2"}]}}}
`;
    const operator = `
apiVersion: v1
kind: Pod
metadata: {name: kuberay, namespace: operators, labels: {app.kubernetes.io/component: kuberay-operator}}
spec: {containers: [{name: c, image: kuberay}]}
`;
    expect(statuses(only(asked(ray, [space, deny, dns])))['ray/operator']).toBe('unknown');
    expect(statuses(only(asked(ray, [space])))['ray/operator']).toBeUndefined();
    const found = only(asked(ray, [space, deny, dns, operator]));
    expect(statuses(found)['ray/operator']).toBe('blocked');
    expect(found.patch?.opens).toContain('ray/operator');
    expect(found.patch?.edits.map((e) => e.manifest ?? '').join()).not.toContain('namespace: operators');
    expect(statuses(only(asked(ray, [space, deny, dns, operator, ...(found.patch?.edits ?? []).map((e) => e.manifest ?? '')])))['ray/operator']).toBe('open');
  });

  test('that is finished is told, since it is not asked about', () => {
    const load = (text: string) => loadSnapshot([{ file: 'job.yaml', text }]).snapshot;
    const files = new Set(['job.yaml']);
    const over = `${job().replace('name: llm', 'uid: 6f1c, resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z", name: llm')}status: {conditions: [{type: Succeeded, status: "True"}]}\n`;
    expect(finishedIn(load(over), files).map((j) => j.name)).toEqual(['llm']);
    expect(finishedIn(load(job()), files)).toEqual([]);
  });

  const script = '{restartPolicy: Never, containers: [{name: t, image: "acme/llm:2", command: [bash, /run.sh]}]}';
  const onGpus = script.replace('[bash, /run.sh]', '[bash, /run.sh], resources: {limits: {nvidia.com/gpu: 8}}');
  const head = (apiVersion: string, kind: string, spec: string) =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: llm, namespace: ml}\nspec: ${spec}`;
  const batch = (more: string, pod: string) => head('batch/v1', 'Job', `{${more}parallelism: 4, template: {spec: ${pod}}}`);

  test.each<[string, string, string | undefined]>([
    [
      'of a JobSet',
      head('jobset.x-k8s.io/v1alpha2', 'JobSet', `{replicatedJobs: [{name: w, template: {spec: {parallelism: 4, template: {spec: ${script}}}}}]}`),
      'unknown',
    ],
    [
      'of a LeaderWorkerSet',
      head(
        'leaderworkerset.x-k8s.io/v1',
        'LeaderWorkerSet',
        `{leaderWorkerTemplate: {size: 4, workerTemplate: {spec: ${script.replace('restartPolicy: Never, ', '')}}}}`,
      ),
      'unknown',
    ],
    ['of an Indexed Job', batch('completionMode: Indexed, completions: 4, ', script), 'unknown'],
    ['with GPUs', batch('', onGpus), 'unknown'],
    ['of a plain Job', batch('', script), undefined],
    ['with GPUs, but only one', batch('', onGpus).replace('parallelism: 4', 'parallelism: 1'), undefined],
    ['that stand alone', batch('', onGpus.replace('bash, /run.sh', 'torchrun, --standalone, t.py')), undefined],
  ])('whose pods run nobody knows what cannot be told where they cannot reach each other: pods %s', (_, text, status) => {
    const shut = only(asked(text, [space, deny, dns]));
    expect(statuses(shut)['unrecognised/among']).toBe(status);
    expect(wouldRun(shut)).toBe(status === undefined);
    expect(shut.paths.find((p) => p.id === 'unrecognised/among')?.reasons[0]?.includes('not known whether')).toBe(status && true);
    const open = only(asked(text, [space]));
    expect(statuses(open)['unrecognised/among']).toBe(status && 'open');
    expect(wouldRun(open)).toBe(true);
  });

  test('in the wrong namespace is told so', () => {
    const found = only(asked(job('', 'other'), [space, deny, among('{protocol: TCP}')]));
    expect(found.problems.map((p) => p.message)).toEqual([
      'other/llm[PyTorchJob] is in namespace other, where no policy selects its labels; policies of ml do.',
    ]);
  });

  test('whose labels a policy nearly asks for is told so, unless the policy chooses others', () => {
    const labelled = job().replaceAll('{template: {spec', '{template: {metadata: {labels: {app: trainr}}, spec');
    const policy = deny.replace('name: deny', 'name: trainers').replace('podSelector: {}', 'podSelector: {matchLabels: {app: trainer}}');
    const others = 'apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ml, labels: {app: trainer}}\nspec: {containers: [{name: c, image: x}]}';
    const found = only(asked(labelled, [space, policy]));
    expect(found.problems.map((p) => [p.severity, p.message])).toEqual([
      ['medium', 'NetworkPolicy ml/trainers selects no pod of the input, and nearly those of ml/llm[PyTorchJob]: ml/llm has app=trainr.'],
    ]);
    expect(wouldRun(found)).toBe(true);
    expect(only(asked(labelled, [space, policy, others])).problems).toEqual([]);
  });

  test('that a rule denies gets advice, since no policy that is added helps', () => {
    const admin = `
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: never}
spec:
  tier: Admin
  priority: 1
  subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: ml}}}
  egress: [{name: shut, action: Deny, to: [{namespaces: {}}]}]
`;
    const found = only(asked(job(), [space, admin], 'kube-network-policies'));
    expect(statuses(found)).toEqual({ 'nccl/collectives': 'blocked', 'pytorch/store': 'blocked', dns: 'blocked' });
    expect(found.patch).toBeNull();
    expect(found.paths[0]?.advice?.proposals[0]?.edits[0]?.text).toContain('never');
  });

  const zone = `
apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: z}
spec:
  platform: {cni: cilium@1.19, cloud: aws, region: us-east-1}
  namespace: {name: ml}
  workloads:
  - name: pretrain
    selector: {workload: pretrain}
    data: [{name: corpus, s3: {bucket: my-corpus}, access: read}]
`;
  const labelled = job()
    .replaceAll('{template: {spec', '{template: {metadata: {labels: {workload: pretrain}}, spec')
    .replaceAll('replicas: 3, template: {spec', 'replicas: 3, template: {metadata: {labels: {workload: pretrain}}, spec');

  test('is asked for what its zone says that it needs', () => {
    const found = only(asked(labelled, [space, deny, dns, among('{protocol: TCP}')], 'cilium@1.19', zone));
    expect(found.problems).toEqual([]);
    expect(statuses(found)['zone/data/corpus/z/pretrain']).toBe('blocked');
    expect(found.patch?.opens).toEqual(['zone/data/corpus/z/pretrain']);
  });

  test('is asked for the needs of each workload of its zone, of one name or not', () => {
    const two = zone
      .replace(/ {2}- name: pretrain[\s\S]*$/, '')
      .concat(
        '  - {name: driver, selector: {training.kubeflow.org/replica-type: master}, services: [{name: tracker, pods: {namespace: mlops, selector: {app: a}}, port: 5000}]}\n',
        '  - {name: work, selector: {training.kubeflow.org/replica-type: worker}, services: [{name: tracker, pods: {namespace: ml, selector: {app: b}}, port: 5000}]}\n',
      );
    const trackers = [
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: mlops, labels: {app: a}}\nspec: {containers: [{name: c, image: x}]}',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: b, namespace: ml, labels: {app: b}}\nspec: {containers: [{name: c, image: x}]}',
      among('{protocol: TCP}').replace('name: among', 'name: open').replaceAll('matchLabels: {training.kubeflow.org/job-name: llm}', ''),
    ];
    const found = only(asked(job(), [space, deny, dns, ...trackers], 'cilium@1.19', two));
    expect(statuses(found)).toMatchObject({ 'zone/service/tracker/z/driver': 'blocked', 'zone/service/tracker/z/work': 'open' });
  });

  test('that its zone does not select is told which label is missing', () => {
    const found = only(asked(labelled.replaceAll('workload: pretrain', 'workload: pretrian'), [space], 'cilium@1.19', zone));
    expect(found.problems.map((p) => [p.check, p.message])).toEqual([
      ['job-not-selected', 'No workload of zone z selects the pods of ml/llm[PyTorchJob], role master: it has workload=pretrian.'],
      ['job-not-selected', 'No workload of zone z selects the pods of ml/llm[PyTorchJob], role worker: it has workload=pretrian.'],
    ]);
  });
});
