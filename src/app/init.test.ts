import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cnis } from '../spec/cni.ts';
import { parseZone } from '../spec/parse.ts';
import type { ZoneSpec } from '../spec/zone.ts';
import { emptyAnswers } from './init/answers.ts';
import { detectAnswers, initQuestions, proposeZone } from './init.ts';
import { loadSnapshot } from './load.ts';

const folder = new URL('../../examples/shared-cluster/', import.meta.url);
const manifests = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml') && name !== 'zone.yaml')
  .map((file) => ({ file, text: readFileSync(new URL(file, folder), 'utf8') }));

describe('init', () => {
  test('offers every CNI that a zone may name, and each gives a zone', () => {
    const choices = initQuestions().find((q) => q.id === 'cni')?.choices ?? [];
    expect(choices).toEqual(cnis);
    for (const cni of choices) {
      const result = parseZone(proposeZone({ cni }), 'zone.yaml');
      expect(result.diagnostics, cni).toEqual([]);
      expect(result.ok && result.value.zone.spec.platform.cni).toBe(cni);
    }
  });

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

  /** The zone proposed for manifests, as text and parsed. */
  function proposed(text: string): { readonly text: string; readonly spec: ZoneSpec } {
    const zone = proposeZone({}, detectAnswers(loadSnapshot([{ file: 'm.yaml', text }]).snapshot));
    const result = parseZone(zone, 'zone.yaml');
    expect(result.diagnostics).toEqual([]);
    return { text: zone, spec: result.ok ? result.value.zone.spec : expect.fail('no zone') };
  }

  const training = (labels = '{team: speech}', spec = ''): string => `
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: {name: asr-7, namespace: ml}
spec: {pytorchReplicaSpecs: {Worker: {template: {metadata: {labels: ${labels}}, spec: {serviceAccountName: trainer, containers: [{name: c, image: i}]${spec}}}}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: other, namespace: other, uid: u}
spec: {template: {spec: {containers: [{name: c}]}}}
`;
  const node = (name: string, cidr: string): string => `---\napiVersion: v1\nkind: Node\nmetadata: {name: ${name}}\nspec: {${cidr}}\n`;

  test('the pod ranges only when every node tells its own', () => {
    const nodes = node('a', 'podCIDRs: [10.4.0.0/24]') + node('b', 'podCIDRs: [10.4.1.0/24, "fd00:4::/64"]');
    expect(proposed(training() + nodes).spec.platform.ranges.pods).toEqual(['10.4.0.0/23', 'fd00:4::/64']);
    const some = proposed(training() + nodes + node('c', ''));
    expect(some.spec.platform.ranges.pods).toEqual([]);
    expect(some.text).toContain('# CIDRs of this cluster; empty: not known. Some nodes tell theirs: 10.4.0.0/23, fd00:4::/64');
    const unseen = `---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: x}\nspec: {nodeName: d, containers: [{name: c}]}\n`;
    expect(proposed(training() + nodes + unseen).spec.platform.ranges.pods).toEqual([]);
  });

  test.each<[string, Record<string, string>]>([
    ['{team: speech, job-name: x, pod-template-hash: h, batch.kubernetes.io/job-name: x, "example.com/tier": a}', { team: 'speech', 'example.com/tier': 'a' }],
    ['{app.kubernetes.io/name: asr, app.kubernetes.io/version: "7", helm.sh/chart: asr-7}', { 'app.kubernetes.io/name': 'asr' }],
    ['{workload-type: speech, run: "7"}', { 'workload-type': 'speech' }],
    ['{}', { 'training.kubeflow.org/job-name': 'asr-7' }],
  ])('selects by labels that people chose: %s', (labels, selector) => {
    const { spec, text } = proposed(training(labels));
    expect(spec.workloads[0]?.selector).toEqual(selector);
    expect(text.includes('# this job only')).toBe(labels === '{}');
  });

  const account = (annotation: string): string =>
    `---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: trainer, namespace: ml, annotations: {${annotation}}}\n`;
  const clientId = '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed';
  test('finds the identity of each cloud', () => {
    const google = proposed(training() + account('iam.gke.io/gcp-service-account: t@p.iam.gserviceaccount.com'));
    expect(google.spec.platform.cloud).toBe('gcp');
    expect(google.spec.workloads[0]?.identity).toMatchObject({ serviceAccount: 'trainer', gke: { serviceAccount: 't@p.iam.gserviceaccount.com' } });
    const azure = `azure.workload.identity/client-id: ${clientId}`;
    const marked = proposed(training('{team: speech, azure.workload.identity/use: "true"}') + account(azure));
    expect(marked.spec.platform.cloud).toBe('azure');
    expect(marked.spec.workloads[0]?.identity).toMatchObject({ serviceAccount: 'trainer', azure: { clientId } });
    // Without the label on the pods the webhook gives them nothing.
    expect(proposed(training() + account(azure)).spec.workloads[0]?.identity?.azure).toBeNull();
    expect(
      proposed(training('{azure.workload.identity/use: "true"}') + account('azure.workload.identity/client-id: none')).spec.workloads[0]?.identity?.azure,
    ).toBeNull();
  });

  test.each([
    [
      'its DaemonSet',
      'apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: cilium, namespace: kube-system}\nspec: {template: {spec: {containers: [{name: c}]}}}',
    ],
    ['its pods', 'apiVersion: v1\nkind: Pod\nmetadata: {name: cilium-x, namespace: kube-system, labels: {k8s-app: cilium}}\nspec: {containers: [{name: c}]}'],
    ['a CiliumNode', 'apiVersion: cilium.io/v2\nkind: CiliumNode\nmetadata: {name: n1}'],
  ])('knows Cilium by %s', (_name, text) => {
    expect(proposed(`${training()}---\n${text}\n`).spec.platform.cni).toBe('cilium');
    expect(proposed(training()).spec.platform.cni).toBe('kubernetes');
  });

  const restricted = ', securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}';
  const namespace = (level: string): string =>
    `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: ml, labels: {pod-security.kubernetes.io/enforce: ${level}}}\n`;
  test('proposes the strictest Pod Security level that admits what runs', () => {
    const strict = training('{a: b}', restricted).replace(
      'image: i',
      'image: i, securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}',
    );
    expect(proposed(strict).spec.namespace.podSecurity).toBe('restricted');
    expect(proposed(strict + namespace('baseline')).spec.namespace.podSecurity).toBe('restricted');
    const plain = proposed(training());
    expect(plain.spec.namespace.podSecurity).toBe('baseline');
    expect(plain.text).toContain('restricted refuses: ');
    const host = proposed(training('{a: b}', ', hostPID: true'));
    expect(host.spec.namespace.podSecurity).toBe('privileged');
    expect(host.text).toContain('baseline refuses: hostPID must not be set');
  });
  test('never lowers the level that the namespace enforces', () => {
    const kept = proposed(training('{a: b}', ', hostPID: true') + namespace('restricted'));
    expect(kept.spec.namespace.podSecurity).toBe('restricted');
    const rdma = training('{a: b}').replace('image: i', 'image: i, resources: {limits: {rdma/hca: 1}}') + namespace('baseline');
    expect(proposed(rdma).spec.namespace.podSecurity).toBeNull();
    expect(proposed(rdma).text).toContain('without RDMA: baseline, the namespace enforces baseline now; ');
    expect(kept.text).toContain('the namespace enforces it already, and it refuses what runs here: hostPID must not be set');
  });
});
