import { expect, test } from 'vitest';
import { asked, deny, dns, only, space } from '../../../cases/support/asked-job.ts';

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
