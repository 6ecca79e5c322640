import { describe, expect, test } from 'vitest';
import { among, asked, deny, dns, job, only, space, statuses } from '../../../cases/support/asked-job.ts';
import { wouldRun } from '../../model/preflight-report.ts';

describe('a job that names places', () => {
  const from = (name: string): string => `, {name: ${name}, valueFrom: {secretKeyRef: {name: s, key: k}}}`;
  const value = (name: string, text: string): string => `, {name: ${name}, value: "${text}"}`;
  test.each([
    ['a Service that begins with its name and that nobody shows', value('T', 'http://llm-mlflow:5000'), 'llm-mlflow:5000', 'is not in the input'],
    ['a bucket behind an endpoint that is not told', `${from('AWS_ENDPOINT_URL_S3')}${value('D', 's3://bkt/x')}`, 's3://bkt', 'endpoint of the bucket'],
    ['that endpoint', from('AWS_ENDPOINT_URL_S3'), '$AWS_ENDPOINT_URL_S3', 'comes from key k of Secret s, which is not read'],
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
    ['a URL from elsewhere', from('MLFLOW_TRACKING_URI'), '$MLFLOW_TRACKING_URI', 'comes from key k of Secret s'],
    ['what stands too far back', value('T', `${'x'.repeat(70_000)} http://h`), 'the rest of T of container pytorch', 'longer than what is read'],
    ['a Service without a port', value('DB_SERVER', 'pg.db.svc.cluster.local'), 'pg.db.svc.cluster.local', 'names no port'],
    ['a host with its port beside it', `${value('REDIS_HOST', 'redis.db.svc')}${value('REDIS_PORT', '6379')}`, 'redis.db.svc:6379', 'is not in the input'],
    ['a host and its port', value('MLFLOW_TRACKING_URI', 'mlflow.ops:5000'), 'mlflow.ops:5000', 'may be a name outside or a Service'],
    ['the second of some hosts', value('KAFKA_BROKERS', 'a:9092, b:9093'), 'b:9093', 'is not in the input'],
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
    ['a data base of libpq', value('PGHOST', 'pg.example.com'), 'pg.example.com:5432'],
    ['the same at another port', `${value('PGHOST', 'pg.example.com')}${value('PGPORT', '5433')}`, 'pg.example.com:5433'],
    ['the address behind its name', `${value('PGHOST', 'pg')}${value('PGHOSTADDR', '203.0.113.7')}`, '203.0.113.7:5432'],
    ['a cache at its usual port', value('REDIS_HOST', 'redis.example.com'), 'redis.example.com:6379'],
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
    const own = [
      'http://127.0.0.1:80',
      'http://x.localhost',
      'http://[::1]:1',
      'file:///data',
      'env://',
      'tcp://$MASTER_ADDR:29500',
      'train:1',
      'llm',
      '0.5:100',
    ];
    const bound = `${value('METRICS_BIND_ADDRESS', '10.0.0.1:8080')}${value('NO_PROXY', '.svc,kubernetes.default.svc')}${value('DB_HOST', 'somewhere')}`;
    const found = only(asked(job(`${own.map((text, i) => value(`V${i}`, text)).join('')}${bound}`), [space, deny, dns, among('{protocol: TCP}')]));
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
});
