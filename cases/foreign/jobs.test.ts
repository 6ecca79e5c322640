import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../../src/app/load.ts';
import { manifestsIn, sharedFolder } from './shared-data.ts';

/** Manifests of jobs that operators publish as examples: each is read without an error, and makes pods. */

/** Kinds that nothing reads yet. */
const pending: readonly string[] = ['ray.io/v1/RayJob'];

/** Kinds that make no pods by themselves. */
const without: readonly string[] = ['v1/ConfigMap'];

/** Runtimes make pods only for a job that names them. */
function jobOf(text: string): string {
  const runtime = /^kind: ClusterTrainingRuntime\nmetadata:\n {2}name: (\S+)$/m.exec(text)?.[1];
  return runtime === undefined
    ? ''
    : `apiVersion: trainer.kubeflow.org/v1alpha1\nkind: TrainJob\nmetadata: {name: trained}\nspec: {runtimeRef: {name: ${runtime}}, trainer: {image: "registry.example.com/x:1"}}\n`;
}

const folder = sharedFolder('jobs');

describe.skipIf(folder === undefined)('jobs of others (skipped where ../shared/data/jobs is absent)', () => {
  if (folder === undefined) return;
  const manifests = manifestsIn(folder);

  test('are there', () => {
    expect(manifests.length).toBeGreaterThan(15);
  });

  test.each(manifests.map((manifest) => [manifest.file, manifest] as const))('%s', (_file, manifest) => {
    const { snapshot, diagnostics } = loadSnapshot([manifest, { file: 'job-of.yaml', text: jobOf(manifest.text) }]);
    expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
    const unread = [...snapshot.unread.keys()].filter((kind) => !without.includes(kind));
    expect(unread.filter((kind) => !pending.includes(kind))).toEqual([]);
    if (unread.length === 0) expect(snapshot.workloads.reduce((sum, w) => sum + w.replicas, 0)).toBeGreaterThan(0);
  });
});
