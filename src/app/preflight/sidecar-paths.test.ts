import { expect, test } from 'vitest';
import { among, asked, deny, dns, job, only, space, statuses } from '../../../cases/support/asked-job.ts';

const mounting = (volume: string): string =>
  job()
    .replaceAll('template: {spec:', "template: {metadata: {annotations: {gke-gcsfuse/volumes: 'true'}}, spec:")
    .replaceAll('{containers:', `{volumes: [${volume}], containers:`);
const inline = '{name: v, csi: {driver: gcsfuse.csi.storage.gke.io, volumeAttributes: {bucketName: b}}}';
const sidecar = (text: string) =>
  only(asked(text, [space, deny, dns, among('{protocol: TCP}')], 'cilium@1.19')).paths.filter((p) => p.id.startsWith('sidecar/'));

test('the sidecar of Cloud Storage FUSE needs storage and the metadata server', () => {
  expect(sidecar(mounting(inline)).map((p) => [p.from, p.to, p.ports, p.status])).toEqual([
    ['every pod', 'storage.googleapis.com', 'TCP 443', 'blocked'],
    ['every pod', 'the GKE metadata server', 'TCP 987-988', 'blocked'],
  ]);
  expect(Object.keys(statuses(only(asked(job(), [space])))).filter((id) => id.startsWith('sidecar/'))).toEqual([]);
});

test('the annotation without a volume of Cloud Storage asks for nothing, and a claim may be one', () => {
  expect(sidecar(mounting('{name: v, emptyDir: {}}'))).toEqual([]);
  expect(sidecar(mounting('{name: v, csi: {driver: other.example.com}}'))).toEqual([]);
  expect(sidecar(mounting('{name: v, persistentVolumeClaim: {claimName: c}}')).map((p) => [p.status, p.required])).toEqual([
    ['unknown', false],
    ['unknown', false],
  ]);
});

test('a service account of Google asks the metadata server at the same ports', () => {
  const account =
    'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: ml, annotations: {iam.gke.io/gcp-service-account: a@b.iam.gserviceaccount.com}}';
  const at = (profile: string) => only(asked(job(), [space, deny, dns, account], profile)).paths.find((p) => p.id === 'credentials/gke')?.ports;
  expect([at('cilium@1.19'), at('gke')]).toEqual(['TCP 987-988', 'TCP 80']);
});
