import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseZone } from '../spec/parse.ts';
import { emptyAnswers } from './init/answers.ts';
import { detectAnswers, initQuestions, proposeZone } from './init.ts';
import { loadSnapshot } from './load.ts';

const folder = new URL('../../examples/shared-cluster/', import.meta.url);
const manifests = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml') && name !== 'zone.yaml')
  .map((file) => ({ file, text: readFileSync(new URL(file, folder), 'utf8') }));

describe('init', () => {
  test('proposes a zone that parses when nothing is known', () => {
    const result = parseZone(proposeZone({}), 'zone.yaml');
    expect(result.diagnostics).toEqual([]);
    expect(result.ok && result.value.zone.spec.workloads[0]?.selector).toEqual({ 'workload-type': 'distributed-training' });
  });

  test('detects the zone of the shared cluster from its manifests', () => {
    const detected = detectAnswers(loadSnapshot(manifests).snapshot);
    expect(detected).toMatchObject({
      cloud: 'aws',
      region: 'us-east-1',
      namespace: 'ai-training',
      workload: 'llm-pretrain',
      selector: 'workload-type=distributed-training',
      framework: 'pytorch',
      nodeLabels: 'node-role=gpu-training',
      taint: 'workload-type=training:NoSchedule',
      gpus: '64',
      serviceAccount: 'training-job',
      role: 'arn:aws:iam::123456789012:role/training-data-reader',
      data: 's3://my-training-data, s3://my-checkpoints/runs/ write-resume, pods://storage/app=minio:9000',
    });
    expect(detected.protected).toBe('databases, fabric-tests, monitoring, notebooks, production');
    const result = parseZone(proposeZone({}, detected), 'zone.yaml');
    expect(result.diagnostics).toEqual([]);
    expect(result.ok && result.value.zone.spec.workloads[0]?.data.map((one) => [one.name, one.access])).toEqual([
      ['my-training-data', 'read'],
      ['my-checkpoints', 'write-resume'],
      ['storage', 'read'],
    ]);
  });

  test('proposes no store that training does not mention', () => {
    const silent = manifests.map(({ file, text }) => ({ file, text: text.replaceAll('http://minio.storage.svc', 'http://cache.elsewhere.svc') }));
    const detected = detectAnswers(loadSnapshot(silent).snapshot);
    expect(detected.data).toBe('s3://my-training-data, s3://my-checkpoints/runs/ write-resume');
    expect(detected.protected).toContain('storage');
  });

  test('an answer wins over what was detected, and that over the default', () => {
    const detected = { ...emptyAnswers, namespace: 'seen', cni: 'cilium' };
    const result = parseZone(proposeZone({ namespace: 'said' }, detected), 'zone.yaml');
    expect(result.ok && [result.value.zone.spec.namespace.name, result.value.zone.spec.platform.cni, result.value.zone.spec.platform.cloud]).toEqual([
      'said',
      'cilium',
      'none',
    ]);
    expect(initQuestions(detected).find((question) => question.id === 'namespace')?.default).toBe('seen');
  });

  test.each([
    ['gs://speech/runs/ rotate', { gcs: { bucket: 'speech', prefix: 'runs/' }, access: 'rotate' }],
    ['azure://simmeshes/meshes', { azureBlob: { account: 'simmeshes', container: 'meshes', prefix: null }, access: 'read' }],
    ['pods://rook-ceph/app=rook-ceph-rgw&zone=a:8080', { objectStore: { namespace: 'rook-ceph', selector: { app: 'rook-ceph-rgw', zone: 'a' }, port: 8080 } }],
    ['s3://corpus write-once', { s3: { bucket: 'corpus', region: 'us-east-1' }, access: 'write-once' }],
  ])('takes the data set %s', (data, expected) => {
    const result = parseZone(proposeZone({ data }), 'zone.yaml');
    expect(result.diagnostics).toEqual([]);
    expect(result.ok && result.value.zone.spec.workloads[0]?.data[0]).toMatchObject(expected);
  });

  test('whatever is typed gives YAML, and a wrong answer is reported at its place in it', () => {
    const anything = fc.record(
      Object.fromEntries(
        Object.keys(emptyAnswers).map((key) => [key, fc.oneof(fc.string(), fc.constantFrom('no', '5', 'a: b', '- x', '"', "'", '#', 'a\nb', '{', 's3://x'))]),
      ),
    );
    fc.assert(
      fc.property(anything, (answers) => {
        const codes = parseZone(proposeZone(answers), 'zone.yaml').diagnostics.map((one) => one.code);
        expect(codes.filter((code) => code === 'yaml-syntax' || code === 'unknown-field' || code === 'missing-field' || code === 'no-zone')).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
