import { expect, test } from 'vitest';
import { asked, deny, dns, only, space } from '../../../cases/support/asked-job.ts';
import { loadSnapshot } from '../load.ts';

const node = (name: string): string => `rayStartParams: {}, template: {spec: {containers: [{name: ${name}, image: "rayproject/ray:2.46.0"}]}}`;
const job = (more = ''): string => `
apiVersion: ray.io/v1
kind: RayJob
metadata: {name: rj, namespace: ml}
spec:
  entrypoint: python -c "import requests; requests.get('https://api.example.com')"
  submissionMode: SidecarMode
${more}  runtimeEnvYAML: |
    working_dir: "https://github.com/acme/t/archive/main.zip"
    py_modules: ["s3://bkt/m.zip"]
    env_vars: {MLFLOW_TRACKING_URI: "http://mlflow.ops:5000", "DB_HOST": "pg.db.svc:5432"}
  rayClusterSpec:
    gcsFaultToleranceOptions: {redisAddress: "redis.db:6379"}
    headGroupSpec: {${node('h')}}
    workerGroupSpecs: [{groupName: g, replicas: 2, ${node('w')}}]
`;

test('a RayJob is asked for what its entrypoint, its runtime environment and its fault tolerance name', () => {
  const { paths } = only(asked(job(), [space, deny, dns], 'cilium@1.19'));
  const from = Object.fromEntries(paths.filter((p) => p.id.startsWith('named/')).map((p) => [p.id.slice(6), `${p.from}: ${p.status}`]));
  expect(from).toEqual({
    'redis.db:6379': 'head: unknown',
    'api.example.com:443': 'head: blocked',
    'github.com:443': 'every pod: blocked',
    's3://bkt': 'every pod: unknown',
    'mlflow.ops:5000': 'every pod: unknown',
    'pg.db.svc:5432': 'every pod: unknown',
  });
});

test('an entrypoint that asks for resources may run on any node', () => {
  const { paths } = only(asked(job('  entrypointNumGpus: 1\n'), [space, deny, dns], 'cilium@1.19'));
  expect(paths.find((p) => p.id === 'named/api.example.com:443')).toMatchObject({ from: 'every pod', because: 'named in entrypoint of RayJob rj' });
});

const service = (config: string, ports = ''): string => `
apiVersion: ray.io/v1
kind: RayService
metadata: {name: rs, namespace: ml}
spec:
  serveConfigV2: ${JSON.stringify(config)}
  rayClusterConfig:
    headGroupSpec: {rayStartParams: {}, template: {spec: {containers: [{name: h, image: "rayproject/ray:2.46.0"${ports}}]}}}
    workerGroupSpecs: [{groupName: g, replicas: 1, ${node('w')}}]
`;

test('a RayService is asked for what its applications name, and its operator for the port at which it serves', () => {
  const config =
    'http_options: {port: 9000}\napplications:\n- runtime_env: {working_dir: "https://code.example.com/a.zip", env_vars: {DB_HOST: "pg.db.svc:5432"}}\n';
  const operator =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: kuberay, namespace: operators, labels: {app.kubernetes.io/component: kuberay-operator}}\nspec: {containers: [{name: c, image: k}]}';
  const text = service(config, ', ports: [{name: serve, containerPort: 9000}]').replace('name: w,', 'name: w, ports: [{name: serve, containerPort: 9000}],');
  const { paths } = only(asked(text, [space, deny, dns, operator], 'cilium@1.19'));
  const told = paths.map((p) => `${p.id} ${p.from} ${p.ports} ${p.status}`);
  expect(told).toContain('named/code.example.com:443 every pod TCP 443 blocked');
  expect(told).toContain('named/pg.db.svc:5432 every pod  unknown');
  expect(told).toContain('ray/serve operators/kuberay[Pod] TCP 9000 blocked');
});

test.each([
  ['http_options:\n  host: 0.0.0.0\n  port: 9000\n', 9000],
  ['proxy_location: EveryNode\nhttp_options: {host: 0.0.0.0, port: 9000}\ngrpc_options: {port: 9100}\n', 9000],
  ['http_options:\n  host: 0.0.0.0\napplications:\n- args: {port: 9000}\n', null],
  ['applications: []\n', null],
  [`http_options:${'\n '.repeat(40_000)}`, null],
  [`${'http_options: {port: '.repeat(5000)}`, null],
])('a port of Ray Serve that KubeRay does not know is told: %#', (config, port) => {
  const { diagnostics } = loadSnapshot([{ file: 'job.yaml', text: service(config) }]);
  expect(diagnostics.map((d) => d.message)).toEqual(
    port === null ? [] : [expect.stringContaining(`listen at port ${port}, and KubeRay sends requests to port 8000`)],
  );
});

test('the port of Ray clients is asked for where something dials it, and agents of the dashboard where ports are pinned', () => {
  const cluster = (params: string): string =>
    `
apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: rc, namespace: ml}
spec:
  headGroupSpec: {${node('h')}}
  workerGroupSpecs: [{groupName: g, replicas: 2, ${node('w')}}]
`.replaceAll('rayStartParams: {}', `rayStartParams: {${params}}`);
  const pinned = 'node-manager-port: "7000", object-manager-port: "7001"';
  const ids = (text: string) => only(asked(text, [space, deny, dns])).paths.map((p) => `${p.id} ${p.ports} ${p.required}`);
  expect(ids(cluster(pinned))).toContain('ray/agents TCP 32768-60999 false');
  expect(ids(cluster(`${pinned}, dashboard-agent-grpc-port: "7002"`))).toContain('ray/agents TCP 7002 false');
  expect(ids(cluster('')).filter((id) => /agents|10001 /.test(id))).toEqual([]);
  const client =
    'apiVersion: batch/v1\nkind: Job\nmetadata: {name: c, namespace: ml}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: x, env: [{name: RAY_ADDRESS, value: "ray://rc-head-svc:10001"}]}]}}}';
  const { paths } = only(asked(client, [space, deny, dns, cluster('')]));
  expect(paths.map((p) => `${p.id} ${p.ports} ${p.status}`)).toContain('named/rc-head-svc:10001 TCP 10001 blocked');
});
