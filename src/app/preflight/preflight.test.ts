import { describe, expect, test } from 'vitest';
import { profileOf } from '../../engine/profiles.ts';
import { type JobPreflight, type PreflightReport, wouldRun } from '../../model/preflight-report.ts';
import { readZones } from '../../spec/parse.ts';
import { loadSnapshot } from '../load.ts';
import { finishedIn, preflight } from './preflight.ts';

const space = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: ml}\n';
const deny = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: ml}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
`;
const dns = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: dns, namespace: ml}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
  - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]
    ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
`;
const among = (ports: string): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: among, namespace: ml}
spec:
  podSelector: {matchLabels: {training.kubeflow.org/job-name: llm}}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{podSelector: {matchLabels: {training.kubeflow.org/job-name: llm}}}], ports: [${ports}]}]
  egress: [{to: [{podSelector: {matchLabels: {training.kubeflow.org/job-name: llm}}}], ports: [${ports}]}]
`;
const container = (env: string): string =>
  `{containers: [{name: pytorch, image: "train:1", command: [torchrun, train.py], env: [{name: NCCL_DEBUG, value: INFO}${env}]}]}`;
const job = (env = '', namespace = 'ml'): string => `
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: {name: llm, namespace: ${namespace}}
spec:
  pytorchReplicaSpecs:
    Master: {template: {spec: ${container(env)}}}
    Worker: {replicas: 3, template: {spec: ${container(env)}}}
`;

function asked(jobText: string, cluster: readonly string[], profileId = 'kubernetes', zone?: string): PreflightReport {
  const { snapshot, diagnostics } = loadSnapshot([
    { file: 'cluster.yaml', text: cluster.join('\n---\n') },
    { file: 'job.yaml', text: jobText },
  ]);
  expect(diagnostics).toEqual([]);
  const profile = profileOf(profileId);
  if (!profile.ok) throw new Error('no profile');
  const { zones } = readZones(zone === undefined ? [] : [{ file: 'zone.yaml', text: zone }]);
  return preflight(snapshot, profile.value, { files: new Set(['job.yaml']), zones });
}

function only(report: PreflightReport): JobPreflight {
  const [found, ...others] = report.jobs;
  if (found === undefined || others.length > 0) throw new Error(`${report.jobs.length} jobs`);
  return found;
}

const statuses = ({ paths }: JobPreflight): Record<string, string> => Object.fromEntries(paths.map((p) => [p.id, p.status]));

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

  const from = (name: string): string => `, {name: ${name}, valueFrom: {secretKeyRef: {name: s, key: k}}}`;
  const value = (name: string, text: string): string => `, {name: ${name}, value: "${text}"}`;
  test.each([
    ['a Service that begins with its name and that nobody shows', value('T', 'http://llm-mlflow:5000'), 'llm-mlflow:5000', 'is not in the input'],
    ['a bucket behind an endpoint that is not told', `${from('AWS_ENDPOINT_URL_S3')}${value('D', 's3://bkt/x')}`, 's3://bkt', 'endpoint of the bucket'],
    ['that endpoint', from('AWS_ENDPOINT_URL_S3'), '$AWS_ENDPOINT_URL_S3', 'comes from elsewhere'],
    ['a file system', value('D', 'hdfs://namenode.data.svc/corpus'), 'namenode.data.svc:8020', 'is not in the input'],
    ['a bucket of Hadoop', value('D', 's3a://bkt/x'), 's3://bkt', 'region'],
    ['a scheme that nobody knows', value('D', 'oss://bkt/x'), 'oss://bkt', 'names no port'],
    [
      'a host that the manifest puts together',
      `${value('H', 'mlflow.mlops.svc')}${value('T', 'http://$(H):5000')}`,
      'mlflow.mlops.svc:5000',
      'is not in the input',
    ],
    ['a host that is put together elsewhere', value('T', 'http://$(H):5000'), 'http://$(H):5000', 'put together'],
    ['a URL from elsewhere', from('MLFLOW_TRACKING_URI'), '$MLFLOW_TRACKING_URI', 'comes from elsewhere'],
    ['what stands too far back', value('T', `${'x'.repeat(70_000)} http://h`), 'the rest of T of container pytorch', 'longer than what is read'],
    ['two labels', value('T', 'http://mlflow.mlops:5000'), 'mlflow.mlops:5000', 'may be a name outside or a Service'],
  ])('is not known to reach %s', (_, env, id, reason) => {
    const found = only(asked(job(env), [space, deny, dns, among('{protocol: TCP}')], 'cilium@1.19'));
    const path = found.paths.find((p) => p.id === `named/${id}`);
    expect(path?.status).toBe('unknown');
    expect(path?.reasons.join()).toContain(reason);
    expect(wouldRun(found)).toBe(false);
  });

  test.each([
    ['an account of Azure', value('D', 'abfss://c@acct.dfs.core.windows.net/x'), 'acct.dfs.core.windows.net:443'],
    ['the hub', value('D', 'hf://org/x'), 'huggingface.co:443'],
    ['a file server', value('D', 'nfs://filer.corp.example.com/x'), 'filer.corp.example.com:2049'],
    ['what looks like loopback', value('T', 'http://127.example.com:5000/'), '127.example.com:5000'],
    ['a repository', value('R', 'git+https://git.example.com/x'), 'git.example.com:443'],
    ['the second of a list', value('K', 'kafka://a.example.com,b.example.com:9094'), 'b.example.com:9094'],
    ['what stands far back', value('T', `${'x'.repeat(20_000)} http://h.example.com`), 'h.example.com:80'],
  ])('is asked for %s', (_, env, id) => {
    const found = only(asked(job(env), [space, deny, dns, among('{protocol: TCP}')], 'cilium@1.19'));
    expect(statuses(found)[`named/${id}`]).toBe('blocked');
  });

  test('that names nothing outside itself is asked for nothing more', () => {
    const own = ['http://127.0.0.1:80', 'http://x.localhost', 'http://[::1]:1', 'file:///data', 'env://', 'tcp://$MASTER_ADDR:29500'];
    const found = only(asked(job(own.map((text, i) => value(`V${i}`, text)).join('')), [space, deny, dns, among('{protocol: TCP}')]));
    expect(Object.keys(statuses(found))).toEqual(['nccl/collectives', 'pytorch/store', 'dns']);
  });

  test('that names very many places is told that not all are asked for', () => {
    const many = Array.from({ length: 103 }, (__, i) => value(`A${i}`, `https://h${i}.example.com`)).join('');
    const found = only(asked(job(many), [space]));
    expect(found.paths.find((p) => p.id === 'named/more')?.reasons).toEqual(['the job names 3 more destinations, which are not asked about: 100 are']);
  });

  test('is asked for what its init containers and sidecars name', () => {
    const init =
      'initContainers: [{name: fetch, image: c, command: [curl, "https://a.example.com/x"]}, {name: side, image: c, restartPolicy: Always, env: [{name: U, value: "http://b.example.com"}]}]';
    const found = only(asked(job().replaceAll('{containers:', `{${init}, containers:`), [space, deny, dns, among('{protocol: TCP}')], 'cilium@1.19'));
    const named = found.paths.filter((p) => p.id.startsWith('named/')).map((p) => [p.id, p.status, p.because]);
    expect(named).toEqual([
      ['named/a.example.com:443', 'blocked', 'named in the command of init container fetch'],
      ['named/b.example.com:80', 'blocked', 'named in U of sidecar side'],
    ]);
  });

  const service = (spec: string, replicas = 1): string => `
apiVersion: v1
kind: Service
metadata: {name: tracker, namespace: ml}
spec: {selector: {app: tracker}, ${spec}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: tracker, namespace: ml}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: tracker}}
  template: {metadata: {labels: {app: tracker}}, spec: {containers: [{name: m, image: x, ports: [{name: web, containerPort: 8080}]}]}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: tracker, namespace: ml}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  egress: [{to: [{podSelector: {}}], ports: [{protocol: TCP, port: 8080}]}]
  ingress: [{from: [{podSelector: {}}], ports: [{protocol: TCP, port: 8080}]}]
`;
  test.each([
    ['leads to the port behind it', service('ports: [{port: 80, targetPort: web}]'), 'open', ''],
    ['translates nothing where it is headless', service('clusterIP: None, ports: [{port: 80, targetPort: 8080}]'), 'blocked', ''],
    [
      'has no endpoints on a port that no pod names',
      service('ports: [{port: 80, targetPort: httpx}]'),
      'unknown',
      'none of its pods has a TCP port named httpx',
    ],
    ['has no endpoints without pods', service('ports: [{port: 80, targetPort: 8080}]', 0), 'unknown', '0 replicas'],
  ])('that names a Service: it %s', (_, behind, status, reason) => {
    const found = only(asked(job(value('T', 'http://tracker')), [space, deny, dns, among('{protocol: TCP}'), behind]));
    const path = found.paths.find((p) => p.id === 'named/tracker:80');
    expect(path?.status).toBe(status);
    expect(path?.reasons.join()).toContain(reason);
  });

  const resolver = (where: string, label: string, ports: string): string => `
apiVersion: v1
kind: Pod
metadata: {name: resolver, namespace: ${where}, labels: {${label}}}
spec: {containers: [{name: dns, image: x, ports: [${ports}]}]}
`;
  const inside = among('{protocol: TCP}, {protocol: UDP}').replaceAll('matchLabels: {training.kubeflow.org/job-name: llm}', '');
  const serviceOfDns = (where: string, label: string): string => `
apiVersion: v1
kind: Service
metadata: {name: dns-default, namespace: ${where}}
spec: {selector: {${label}}, ports: [{name: dns, port: 53, targetPort: dns, protocol: UDP}, {name: dns-tcp, port: 53, targetPort: dns-tcp, protocol: TCP}]}
`;
  const shift = 'dns.operator.openshift.io/daemonset-dns: default';
  const named = '{name: dns, containerPort: 5353, protocol: UDP}, {name: dns-tcp, containerPort: 5353}';
  test.each([
    ['pods of its own namespace are not the DNS by a label', [resolver('ml', 'k8s-app: kube-dns', '')], 'blocked', 'TCP 53; UDP 53'],
    [
      'they are behind a Service on port 53',
      [resolver('ml', 'k8s-app: kube-dns', named), serviceOfDns('ml', 'k8s-app: kube-dns')],
      'open',
      'TCP 5353; UDP 5353',
    ],
    ['that of OpenShift listens elsewhere', [resolver('openshift-dns', shift, '')], 'blocked', 'TCP 5353; UDP 5353'],
    ['a Service says where it listens', [resolver('openshift-dns', shift, named), serviceOfDns('openshift-dns', shift)], 'blocked', 'TCP 5353; UDP 5353'],
    [
      'a Service that leads nowhere is no DNS',
      [resolver('kube-system', 'k8s-app: kube-dns', ''), serviceOfDns('kube-system', 'k8s-app: kube-dns')],
      'unknown',
      '',
    ],
  ])('that asks the DNS of the cluster: %s', (_, more, status, ports) => {
    const opened = dns
      .replace('name: dns', 'name: dns-53')
      .replace(/to: .*$/m, 'to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: openshift-dns}}}]');
    const path = only(asked(job(), [space, deny, inside, opened, ...more])).paths.find((p) => p.id === 'dns');
    expect([path?.status, path?.ports]).toEqual([status, ports]);
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
