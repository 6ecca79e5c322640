import { describe, expect, test } from 'vitest';
import { among, asked, deny, dns, only, space, statuses } from '../../../cases/support/asked-job.ts';
import { wouldRun } from '../../model/preflight-report.ts';

const job = (sources: string): string => `
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: {name: llm, namespace: ml}
spec:
  pytorchReplicaSpecs:
    Worker:
      replicas: 2
      template:
        spec:
          containers:
          - {name: pytorch, image: "acme:1", command: [torchrun, --rdzv-backend=static, t.py], envFrom: [${sources}], env: [{name: KEPT, value: "http://kept.example.com"}]}`;
const config = (data: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: train, namespace: ml}\ndata: {${data}}`;
const map = '{configMapRef: {name: train}}';
const store = 'pytorch/store';

describe('variables that come from elsewhere', () => {
  const narrow = [space, deny, dns, among('{protocol: TCP, port: 23456}')];

  test('are those of a ConfigMap of the input', () => {
    const found = only(asked(job(map), [...narrow, config('PET_MASTER_PORT: "29999"')]));
    expect(statuses(found)).toMatchObject({ [store]: 'blocked' });
    expect(found.paths.find((p) => p.id === store)?.ports).toBe('TCP 29999');
  });

  test('have the prefix of their source, give way to later sources and to what the container says itself', () => {
    const prefixed = only(asked(job('{prefix: PET_, configMapRef: {name: train}}'), [...narrow, config('MASTER_PORT: "29999"')]));
    expect(prefixed.paths.find((p) => p.id === store)?.ports).toBe('TCP 29999');
    const own = only(asked(job(map), [...narrow, config('KEPT: "http://lost.example.com", MORE: "http://more.example.com"')]));
    expect(Object.keys(statuses(own)).filter((id) => id.startsWith('named/'))).toEqual(['named/kept.example.com:80', 'named/more.example.com:80']);
  });

  test.each([
    [map, 'ConfigMap train, which is not in the input, may set PET_MASTER_PORT', 'named/from-configmap-train'],
    ['{secretRef: {name: train}}', 'Secret train, which is not read, may set PET_MASTER_PORT', 'named/from-secret-train'],
  ])('leave a port unknown where they cannot be read: %s', (source, why, named) => {
    const found = only(asked(job(source), narrow));
    expect(statuses(found)).toMatchObject({ [store]: 'unknown', [named]: 'unknown' });
    expect(found.paths.find((p) => p.id === store)?.reasons).toEqual([why.replace('PET_MASTER_PORT', 'MASTER_PORT')]);
  });

  test('stop nothing where every port is open, or what they might set is set', () => {
    const open = only(
      asked(job('{secretRef: {name: train}}').replace(', env: [{name: KEPT, value: "http://kept.example.com"}]', ''), [
        space,
        deny,
        dns,
        among('{protocol: TCP}'),
      ]),
    );
    expect(statuses(open)).toMatchObject({ [store]: 'open' });
    expect(wouldRun(open)).toBe(true);
    const set = only(asked(job('{secretRef: {name: train}}').replace('{name: KEPT', '{name: PET_MASTER_PORT, value: "23456"}, {name: KEPT'), narrow));
    expect(statuses(set)).toMatchObject({ [store]: 'open' });
  });
});

describe('a variable that takes one key of an object', () => {
  const narrow = [space, deny, dns, among('{protocol: TCP, port: 23456}')];
  const taking = (variable: string, ref: string): string => job('').replace('env: [', `env: [{name: ${variable}, valueFrom: {${ref}}}, `);
  const key = (more = ''): string => `configMapKeyRef: {name: train, key: k${more}}`;
  const secret = 'secretKeyRef: {name: train, key: k}';
  const named = (found: ReturnType<typeof only>) => found.paths.filter((p) => p.id.startsWith('named/') && p.id !== 'named/kept.example.com:80');

  test('has what the ConfigMap of the input says', () => {
    const found = only(asked(taking('TRACKER_ADDR', key()), [...narrow, config('k: "t.example.com:5000"')]));
    expect(named(found).map((p) => [p.id, p.status])).toEqual([['named/t.example.com:5000', 'blocked']]);
    const port = only(asked(taking('PET_MASTER_PORT', key()), [...narrow, config('k: "29999"')]));
    expect(port.paths.find((p) => p.id === store)?.ports).toBe('TCP 29999');
  });

  test.each([
    ['DB_HOST', key(), [], 'comes from key k of ConfigMap train, which is not in the input'],
    ['DB_HOST', key(', optional: true'), [], 'comes from key k of ConfigMap train, which is not in the input'],
    ['DB_HOST', key(), [config('other: x')], 'comes from key k of ConfigMap train, which has no such key: its container does not start'],
    ['DB_HOST', secret, [], 'comes from key k of Secret train, which is not read'],
    ['MASTER_ADDR', key(), [], 'comes from key k of ConfigMap train, which is not in the input'],
    ['API_URL', 'resourceFieldRef: {resource: limits.cpu}', [], 'comes from elsewhere (valueFrom)'],
  ])('is a place that nobody knows where it cannot be read: %s from %s', (variable, ref, more, why) => {
    const found = only(asked(taking(variable, ref), [...narrow, ...more]));
    expect(named(found).map((p) => [p.id, p.status])).toEqual([[`named/$${variable}`, 'unknown']]);
    expect(named(found)[0]?.reasons.join()).toContain(why);
  });

  test('is not set where the key is optional and the ConfigMap of the input does not have it, and is the pod itself from its own fields', () => {
    expect(named(only(asked(taking('DB_HOST', key(', optional: true')), [...narrow, config('other: x')])))).toEqual([]);
    expect(named(only(asked(taking('NODE_HOST', 'fieldRef: {fieldPath: status.hostIP}'), narrow)))).toEqual([]);
    expect(named(only(asked(taking('MODEL_NAME', key()), narrow)))).toEqual([]);
  });
});
