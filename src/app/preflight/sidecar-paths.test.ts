import { expect, test } from 'vitest';
import { among, asked, deny, dns, job, only, space, statuses } from '../../../cases/support/asked-job.ts';

test('the sidecar of Cloud Storage FUSE needs storage and the metadata server', () => {
  const mounting = job()
    .replaceAll('{template: {spec:', "{template: {metadata: {annotations: {gke-gcsfuse/volumes: 'true'}}, spec:")
    .replace('replicas: 3, template: {spec:', "replicas: 3, template: {metadata: {annotations: {gke-gcsfuse/volumes: 'true'}}, spec:");
  const { paths } = only(asked(mounting, [space, deny, dns, among('{protocol: TCP}')], 'cilium@1.19'));
  expect(paths.filter((p) => p.id.startsWith('sidecar/')).map((p) => [p.from, p.to, p.status])).toEqual([
    ['every pod', 'storage.googleapis.com', 'blocked'],
    ['every pod', 'the GKE metadata server', 'blocked'],
  ]);
  expect(Object.keys(statuses(only(asked(job(), [space])))).filter((id) => id.startsWith('sidecar/'))).toEqual([]);
});
